//go:build unix

package sqlite

import (
	"errors"
	"os"
	"syscall"
)

// lock locks a file until it is closed. held: another process has it.
func lock(f *os.File) (held bool, err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	return errors.Is(err, syscall.EWOULDBLOCK), err
}
