package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// self stands for our own process.
const self = 0

// cpuTime returns the CPU time that processes have used, in user and system
// mode. The kernel's clock of a process, unlike /proc/PID/stat, does not count
// in ticks of 10 ms.
func cpuTime(pids ...int) (time.Duration, error) {
	var total time.Duration
	for _, pid := range pids {
		var t unix.Timespec
		if err := unix.ClockGettime(cpuClock(pid), &t); err != nil {
			return 0, fmt.Errorf("reading the CPU time of process %d: %w", pid, err)
		}
		total += time.Duration(t.Nano())
	}
	return total, nil
}

// cpuClock returns the clock of a process as clock_getcpuclockid(3) does.
func cpuClock(pid int) int32 {
	const scheduled = 2
	return int32(^pid)<<3 | scheduled
}

// endWithParent has the kernel kill a child when the thread that started it
// ends.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// anonymousMemory returns how many bytes a process has in memory that are not
// pages of files.
func anonymousMemory(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, text, _ = bytes.Cut(text, []byte("RssAnon:"))
	var kib int64
	_, err = fmt.Sscanf(string(text), "%d kB", &kib)
	return kib << 10, err
}

// thread stands for the calling thread, and for what it starts.
const thread = -1

// pin keeps all our threads, or only this one, to processors, until free is
// called.
func pin(whose int, processors ...int) (free func(), err error) {
	var before, only unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return nil, err
	}
	for _, p := range processors {
		only.Set(p)
	}
	return func() { _ = setAffinity(whose, &before) }, setAffinity(whose, &only)
}

func setAffinity(whose int, set *unix.CPUSet) error {
	if whose == thread {
		return unix.SchedSetaffinity(0, set)
	}
	threads, err := os.ReadDir("/proc/self/task")
	for _, t := range threads {
		if id, _ := strconv.Atoi(t.Name()); err == nil {
			err = unix.SchedSetaffinity(id, set)
		}
	}
	return err
}
