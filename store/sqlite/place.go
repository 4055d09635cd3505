package sqlite

import (
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"carillon/store/engine"
)

// placeEvery is how often it is looked whether the files are where they were.
const placeEvery = time.Second

// errMoved: what were written now would be in files that nobody finds again.
var errMoved = fmt.Errorf("%w: the database file or its log is gone or cut short, or another one is in its place", engine.ErrUnavailable)

// place is where the files of an open database are. They can be deleted,
// replaced or emptied under the server, which would notice nothing and go on for
// ever.
type place struct {
	path  string
	size  atomic.Int64           // the largest that the database has had: it never shrinks
	files map[string]os.FileInfo // as they were opened, by path
	moved atomic.Bool
	log   *slog.Logger
	*watch
}

// watchPlace begins to look. The log of the database has been opened.
func watchPlace(path string, log *slog.Logger) *place {
	p := &place{path: path, files: map[string]os.FileInfo{}, log: log}
	for _, name := range []string{path, path + "-wal"} {
		if info, err := os.Stat(name); err == nil {
			p.files[name] = info
		}
	}
	p.watch = startWatch(placeEvery, func() { _ = p.look() }) // it notes what it sees
	return p
}

// look compares the files by device and inode with those at their paths, and
// the database by size with what it was. What has changed since the last look is logged.
func (p *place) look() error {
	name, ok := p.intact()
	switch before := p.moved.Swap(!ok); {
	case !ok && !before:
		p.log.Error("the database was moved, deleted, replaced or cut short: nothing is written any more", "path", name)
	case ok && before:
		p.log.Warn("the database is back in its place")
	}
	return p.err()
}

func (p *place) intact() (name string, ok bool) {
	for name, opened := range p.files {
		info, err := os.Stat(name)
		if err != nil || !os.SameFile(info, opened) || name == p.path && !p.grown(info.Size()) {
			return name, false
		}
	}
	return "", true
}

// grown reports whether the database is as large as it ever was.
func (p *place) grown(size int64) bool {
	for most := p.size.Load(); size > most; most = p.size.Load() {
		p.size.CompareAndSwap(most, size)
	}
	return size >= p.size.Load()
}

// err is what the last look has found.
func (p *place) err() error {
	if p.moved.Load() {
		return errMoved
	}
	return nil
}
