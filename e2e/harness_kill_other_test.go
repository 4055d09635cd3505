//go:build !linux

package e2e

import (
	"os/exec"
	"syscall"
)

func endWithParent() *syscall.SysProcAttr { return nil }

func inOwnGroup(*exec.Cmd) {}

func killGroup(int) {}
