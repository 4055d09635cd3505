package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"slices"
	"time"

	"carillon/store/engine"
)

var (
	_ engine.Engine  = (*Guest)(nil)
	_ engine.Checker = (*Guest)(nil)
)

// Guest reads a database that belongs to another process, or a copy that nobody
// uses. It implements [engine.Engine] without writing.
type Guest struct {
	readers *pool
	file    *mapped // closed after the readers, whose locks go with it
}

// OpenGuest opens the database in the file at path for reading.
func OpenGuest(ctx context.Context, path string, opts Options) (*Guest, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if _, err := checkFile(path); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	file, err := mapFile(path, f)
	if err != nil {
		return nil, err
	}
	return &Guest{newPool(path, opts.withDefaults()), file}, nil
}

// View implements [engine.Engine]. Each statement sees the newest state.
func (g *Guest) View(ctx context.Context, fn func(engine.Tx) error) error {
	r, err := g.readers.acquire(ctx)
	if err != nil {
		return err
	}
	defer g.readers.release(r)
	g.readers.version.bump() // who writes does not tell us
	return r.view(ctx, fn)
}

// errGuest: only the owner writes.
var errGuest = errors.New("sqlite: the database is another process's, and open for reading only")

// Update implements [engine.Engine]; it refuses.
func (g *Guest) Update(context.Context, func(engine.Tx) error) error { return errGuest }

// Migrate implements [engine.Engine]; it refuses.
func (g *Guest) Migrate(context.Context, func(engine.Tx) error) error { return errGuest }

// Ping implements [engine.Engine].
func (g *Guest) Ping(ctx context.Context) error {
	return g.View(ctx, func(tx engine.Tx) error {
		_, err := tx.Exec("SELECT 1 FROM sqlite_schema LIMIT 1")
		return err
	})
}

// Exclusive implements [engine.Engine]. It is false: another process may write.
func (g *Guest) Exclusive() bool { return false }

// Stats implements [engine.Engine].
func (g *Guest) Stats() engine.Stats { return g.readers.stats() }

// Close implements [engine.Engine].
func (g *Guest) Close() error { return errors.Join(g.readers.close(), g.file.Close()) }

// Tables implements [engine.Checker].
func (g *Guest) Tables(ctx context.Context) (map[string]int64, error) { return countRows(ctx, g) }

// Check implements [engine.Checker], as [Engine.Check] does.
func (g *Guest) Check(ctx context.Context) (problems, notes []string, err error) {
	bad, err := g.lookAtPages(ctx)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNoSums) {
		notes, err = append(notes, "the pages have no sums, and cannot be compared with what was written"), nil
	}
	if err != nil {
		return nil, nil, err
	}
	owners := map[uint32]string{}
	if len(bad) > 0 {
		owners, _ = ownersOf(g.readers.path)(bad) // without it, the page says what there is to say
	}
	for _, page := range bad[:min(len(bad), maxProblems)] {
		problems = append(problems, damagedPage(page, owners[page]))
	}
	more, err := structure(ctx, g)
	return append(problems, more...), notes, err
}

// What lookAtPages does about pages that seem wrong: the owner may be copying them.
const (
	lookTimes = 20
	lookPause = 100 * time.Millisecond
)

// lookAtPages compares the pages of a database with their sums while another
// process may write both. A page is damaged if it differs each time that it is
// looked at, and is not in the log.
func (g *Guest) lookAtPages(ctx context.Context) (bad []uint32, err error) {
	for range lookTimes {
		if bad, err = g.differing(bad); err != nil || len(bad) == 0 {
			return nil, err
		}
		logged, err := g.loggedPages(ctx)
		if err != nil {
			return nil, err
		}
		if bad = slices.DeleteFunc(bad, func(page uint32) bool { return logged[page] }); len(bad) == 0 {
			return nil, nil
		}
		select {
		case <-time.After(lookPause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return bad, nil
}

// differing returns those of some pages that do not fit their sums; nil stands for
// all pages.
func (g *Guest) differing(some []uint32) (bad []uint32, err error) {
	s, err := readSums(g.readers.path, g.file.File)
	if err != nil {
		return nil, err
	}
	chosen := map[uint32]bool{}
	for _, page := range some {
		chosen[page] = true
	}
	err = eachPage(g.file.File, s.pageSize, s.room(), 1, func(page uint32, data []byte) bool {
		if (some == nil || chosen[page]) && !s.fits(page, data) {
			bad = append(bad, page)
		}
		return true
	})
	return bad, err
}

// readSums reads the sums of a database that another process has.
func readSums(path string, db *os.File) (s *sums, err error) {
	s = &sums{}
	if s.pageSize, err = pageSizeOf(db); err != nil {
		return nil, err
	}
	if s.file, err = os.Open(path + sumsSuffix); err != nil {
		return nil, err
	}
	_, err = s.load()
	return s, errors.Join(err, s.file.Close())
}

// loggedPages returns the pages that are in the log and not all in the database.
func (g *Guest) loggedPages(ctx context.Context) (map[uint32]bool, error) {
	r, err := g.readers.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer g.readers.release(r)
	state, err := r.walState("NOOP")
	if err != nil || state.remaining() <= 0 {
		return nil, err
	}
	l, err := openLog(g.readers.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	pages, err := l.pagesBetween(state.copied, state.pages)
	return pages, errors.Join(err, l.close())
}

// pagesBetween returns the pages of the frames after one up to another.
func (l *logFile) pagesBetween(after, until int64) (map[uint32]bool, error) {
	pages := map[uint32]bool{}
	if _, err := l.begin(); err != nil {
		return nil, ignoreEnd(err)
	}
	for l.frames = after; l.frames < until; {
		chunk, err := l.chunk(min(until-l.frames, walChunk))
		if err != nil {
			return pages, ignoreEnd(err)
		}
		for size := frameHeaderSize + l.pageSize; len(chunk) > 0; chunk = chunk[size:] {
			pages[binary.BigEndian.Uint32(chunk)] = true
			l.frames++
		}
	}
	return pages, nil
}
