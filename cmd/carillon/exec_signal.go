package main

import (
	"os"
	"os/signal"
	"syscall"
)

// takeSignals receives the signals that are to be passed on, in place of whoever
// else has waited for them.
func takeSignals() chan os.Signal {
	signals := make(chan os.Signal, 16)
	signal.Reset(passedOn...)
	signal.Notify(signals, passedOn...)
	signal.Ignore(syscall.SIGPIPE)
	return signals
}

// signalled is the exit code for the end by a signal.
func signalled(sig os.Signal) error {
	n, _ := sig.(syscall.Signal)
	return exitCode(exitSignalled + int(n))
}

// signalOf returns the signal that ended a process.
func signalOf(state *os.ProcessState) (os.Signal, bool) {
	status, ok := state.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() {
		return nil, false
	}
	return status.Signal(), true
}

// sentToGroup reports whether the command has got a signal already: a terminal
// sends what its keys mean to all processes in the foreground, where both are.
func sentToGroup(sig os.Signal) bool {
	return (sig == syscall.SIGINT || sig == syscall.SIGQUIT) && inForeground()
}
