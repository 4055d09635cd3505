//go:build unix

package main

import (
	"os"
	"syscall"
)

// unheeded are the signals that would end a server, and must not: Go's runtime
// takes those after the first for faults.
var unheeded = []os.Signal{syscall.SIGPIPE, syscall.SIGABRT, syscall.SIGSYS, syscall.SIGTRAP}
