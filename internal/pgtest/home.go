package pgtest

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// homePrefix begins the names of all homes.
const homePrefix = "carillon-postgres-"

// home is the directory with the files of a server.
type home struct {
	dir   string
	owner *syscall.Credential // who the server runs as; nil: the current user
	lock  *os.File            // held while the test process lives
}

// newHome makes a home, having removed those that dead processes left behind.
// A fleeting one is in memory, where that can be.
func newHome(fleeting bool) (*home, error) {
	owner, err := serverUser()
	if err != nil {
		return nil, err
	}
	base := os.TempDir()
	if dir := inMemory(); fleeting && dir != "" {
		base = dir
	}
	if owner != nil && !reachable(base) {
		base = "/tmp"
	}
	sweep(base)
	dir, err := os.MkdirTemp(base, homePrefix)
	if err != nil {
		return nil, err
	}
	h := &home{dir: dir, owner: owner}
	if err := h.occupy(); err != nil {
		return nil, errors.Join(err, h.remove())
	}
	return h, h.give(dir)
}

// serverUser returns who a server must run as: PostgreSQL refuses to be root.
func serverUser() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

// reachable reports whether everybody can enter dir.
func reachable(dir string) bool {
	for {
		info, err := os.Stat(dir)
		if err != nil || info.Mode()&0o001 == 0 {
			return false
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return true
		}
		dir = parent
	}
}

func (h *home) path(name string) string { return filepath.Join(h.dir, name) }

// give makes the server the owner of a file.
func (h *home) give(path string) error {
	if h.owner == nil {
		return nil
	}
	return os.Chown(path, int(h.owner.Uid), int(h.owner.Gid))
}

func (h *home) write(path, text string) error {
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	return h.give(path)
}

// tail returns the end of a file, for error messages.
func (h *home) tail(name string) string {
	text, err := os.ReadFile(h.path(name))
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}

func (h *home) remove() error {
	err := os.RemoveAll(h.dir)
	if h.lock != nil {
		err = errors.Join(err, h.lock.Close())
	}
	return err
}

// occupy takes the lock that tells other processes that the home is in use.
func (h *home) occupy() (err error) {
	h.lock, err = os.OpenFile(h.path("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return flock(h.lock)
}

func flock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// sweep removes the homes in base that nobody occupies, as well as it can.
func sweep(base string) {
	homes, _ := filepath.Glob(filepath.Join(base, homePrefix+"*"))
	for _, dir := range homes {
		if abandoned(dir) {
			_ = os.RemoveAll(dir)
		}
	}
}

// abandoned reports whether nobody holds the lock of a home. A home that has
// no lock yet is about to be occupied, unless it is old.
func abandoned(dir string) bool {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		info, err := os.Stat(dir)
		return err == nil && time.Since(info.ModTime()) > time.Hour
	}
	if err != nil {
		return false
	}
	defer f.Close()
	return flock(f) == nil
}
