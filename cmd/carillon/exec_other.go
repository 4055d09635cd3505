//go:build !linux

package main

import "syscall"

func childAttributes() *syscall.SysProcAttr { return nil }

// inForeground cannot tell: the command gets a signal twice rather than never.
func inForeground() bool { return false }
