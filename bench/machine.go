package main

import (
	"bufio"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// circumstances say what was measured, where and when.
func (b *bench) circumstances() []string {
	return []string{
		fmt.Sprintf("%s, %s, in %s", b.began.UTC().Format(time.DateOnly), commit(b.root), time.Since(b.began).Round(time.Second)),
		fmt.Sprintf("%s, %d cores, %s, %s; load average %s at the beginning, %s at the end, of which two are our own",
			processor(), runtime.NumCPU(), kernel(), runtime.Version(), b.loadBefore, loadAverage()),
		fmt.Sprintf("%d users in %d accounts; PostgreSQL: %d; few: %d; %d connections read, %d write; %d s per cell",
			b.users, b.accounts, b.pgUsers, b.fewUsers, b.connections, b.writers, b.seconds),
	}
}

// commit names a version of the source.
func commit(root string) string {
	out, err := exec.Command("git", "-C", root, "describe", "--tags", "--always", "--dirty").Output()
	if err != nil {
		return "Carillon of an unknown commit"
	}
	return "Carillon " + strings.TrimSpace(string(out))
}

func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, value, _ := strings.Cut(lines.Text(), ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func kernel() string {
	text, _ := os.ReadFile("/proc/sys/kernel/osrelease") // unknown without it
	return "Linux " + cmp.Or(strings.TrimSpace(string(text)), "of an unknown version")
}

// loadAverage is that of the last minute.
func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg")
	load, _, _ := strings.Cut(string(text), " ")
	return cmp.Or(load, "unknown")
}
