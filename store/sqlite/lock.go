package sqlite

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"carillon/store/engine"
)

// fileLock keeps other processes off a database. It is on a file of its own,
// since SQLite's locks on the database file come and go, and stays behind
// unlocked: removing it would race with another process taking it.
type fileLock struct{ file *os.File }

func lockFile(path string) (*fileLock, error) {
	name := path + ".lock"
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	l := &fileLock{file: f}
	held, err := lock(f)
	if held {
		err = fmt.Errorf("%w: %s is in use by %s (which holds %s)", engine.ErrUnavailable, path, l.holder(), name)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	l.sign()
	return l, nil
}

// InUse reports whether an engine has the database at a path open. It leaves no
// lock file where there was none.
func InUse(path string) bool {
	if _, err := os.Stat(path + ".lock"); err != nil {
		return false
	}
	l, err := lockFile(path)
	if err != nil {
		return true
	}
	return l.release() != nil
}

// sign notes who holds the lock. It is for people, and may fail on a full disk.
func (l *fileLock) sign() {
	_ = l.file.Truncate(0)
	_, _ = l.file.WriteString(strconv.Itoa(os.Getpid()) + "\n")
}

// holder names who has signed.
func (l *fileLock) holder() string {
	buf := make([]byte, 20)
	n, _ := l.file.ReadAt(buf, 0)
	if pid := strings.TrimSpace(string(buf[:n])); pid != "" {
		return "process " + pid
	}
	return "another process"
}

func (l *fileLock) release() error { return l.file.Close() }
