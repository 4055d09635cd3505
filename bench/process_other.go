//go:build !linux

package main

import (
	"errors"
	"syscall"
	"time"
)

const (
	self   = 0
	thread = -1
)

var errPlatform = errors.New("the benchmark reads the CPU time of other processes as Linux has it")

func cpuTime(...int) (time.Duration, error) { return 0, errPlatform }

func endWithParent() *syscall.SysProcAttr { return nil }

func anonymousMemory(int) (int64, error) { return 0, errPlatform }

func pin(int, ...int) (func(), error) { return nil, errPlatform }
