package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// cage holds processes to a share of one core, by a control group.
type cage struct{ dir string }

const (
	groups = "/sys/fs/cgroup"
	period = 100_000 // µs, over which the kernel enforces the share
)

// newCage makes an empty cage: with cpu.max of version 2 of control groups or,
// where the controller is still there, with the quota of version 1.
func newCage(name string, share float64) (*cage, error) {
	quota := int(share * period)
	second := &cage{filepath.Join(groups, name)}
	first := &cage{filepath.Join(groups, "cpu", name)}
	if _, err := os.Stat(filepath.Join(groups, "cgroup.controllers")); err == nil {
		return second, second.make("cpu.max", fmt.Sprintf("%d %d", quota, period))
	}
	return first, first.make("cpu.cfs_quota_us", strconv.Itoa(quota)) // the period is the default one
}

func (c *cage) make(file, limit string) error {
	if err := os.Mkdir(c.dir, 0o755); err != nil {
		return err
	}
	if err := c.write(file, limit); err != nil {
		return errors.Join(err, os.Remove(c.dir))
	}
	return nil
}

// write does not create the file: if it is not there the controller is not.
func (c *cage) write(file, text string) error {
	f, err := os.OpenFile(filepath.Join(c.dir, file), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

func (c *cage) enter(pid int) error { return c.write("cgroup.procs", strconv.Itoa(pid)) }

// remove needs the processes to have ended.
func (c *cage) remove() {
	if err := os.Remove(c.dir); err != nil {
		progress("%v", err)
	}
}
