package e2e

import (
	"os/exec"
	"syscall"
)

// endWithParent has the kernel kill a server when the thread that started it
// ends, so that no server outlives a run that is broken off.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// inOwnGroup has a program that starts others be their leader, and end with the
// thread that starts it.
func inOwnGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = endWithParent()
	cmd.SysProcAttr.Setpgid = true
}

// killGroup ends what is left of the processes of a leader.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) } // all may have ended
