//go:build unix

package main

import (
	"os"
	"syscall"
)

// passedOn are the signals that a command of carillon exec gets, other than those
// that the terminal alone sends.
var passedOn = []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2}
