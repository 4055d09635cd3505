package e2e

import "syscall"

// endWithParent has the kernel kill a server when the thread that started it
// ends, so that no server outlives a run that is broken off.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
