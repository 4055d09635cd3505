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
// The file, which is that at path, must stay open until Close. Where the file system or
// the address space does not let it be mapped, and while another Sharing of the path is
// open, each connection does what it would have done by itself.
func Share(path string, file *os.File, limit int) (*Sharing, error) {
	register()
	full, err := filepath.Abs(path)
	if err == nil {
		full, err = filepath.EvalSymlinks(full)
	}
	if err != nil {
		return nil, err
	}
	// What the file does not have yet is mapped as well, and there once the file has it.
	data, err := unix.Mmap(int(file.Fd()), 0, limit, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return &Sharing{}, nil
	}
	s := &Sharing{path: full, file: file, data: data}
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
	sharings.Delete(s.path)
	data := s.data
	s.data = nil
	return os.NewSyscallError("munmap", unix.Munmap(data))
}

// isAt reports whether the file is the one at its path, still.
func (s *Sharing) isAt() bool {
	have, err := s.file.Stat()
	if err != nil {
		return false
	}
	now, err := os.Stat(s.path)
	return err == nil && os.SameFile(have, now)
}
