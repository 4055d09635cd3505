//go:build unix

package mapping

import (
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"
)

// sharings are the databases of this process, by path.
var sharings sync.Map

// Share maps the first bytes of a database, limit of them, for the connections
// that are opened after it with a mmap_size above 0. What is beyond, they read.
// The file, which is that at path, must stay open until Close. When another
// Sharing of the path is open, that one goes on alone.
func Share(path string, file *os.File, limit int) (*Sharing, error) {
	register()
	full, err := filepath.Abs(path)
	if err == nil {
		full, err = filepath.EvalSymlinks(full)
	}
	if err != nil {
		return nil, err
	}
	s := &Sharing{path: full, file: file}
	// What the file does not have yet is mapped as well, and there once the file has it.
	if s.data, err = unix.Mmap(int(file.Fd()), 0, limit, unix.PROT_READ, unix.MAP_SHARED); err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	if _, taken := sharings.LoadOrStore(full, s); taken {
		return &Sharing{}, unix.Munmap(s.data)
	}
	return s, nil
}

// Close ends the mapping. The connections must be closed.
func (s *Sharing) Close() error {
	if s.data == nil {
		return nil
	}
	data := s.data
	s.data = nil
	sharings.Delete(s.path)
	return os.NewSyscallError("munmap", unix.Munmap(data))
}
