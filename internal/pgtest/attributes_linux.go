package pgtest

import "syscall"

// attributes has the kernel shut the server down when the thread that started
// it ends.
func attributes(owner *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: owner, Pdeathsig: syscall.SIGQUIT}
}
