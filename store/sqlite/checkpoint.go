package sqlite

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"
)

const (
	// checkpointPages is how long the write-ahead log may grow before it is
	// copied into the database: 80 MiB. A page that was written many times
	// is copied once, so that longer is cheaper, until reading suffers.
	checkpointPages = 20000
	// restartPages is how much of the log is left for copying while the
	// writer waits, unless it writes faster than we copy.
	restartPages = 200

	// idleAfter is how long nobody has to write for the log to be copied
	// however short it is: reading is cheaper without it, by a third after
	// much writing.
	idleAfter = time.Second

	// lookEvery is the least time between two looks at the log. It doubles, up
	// to retryEvery, with every attempt that a view is in the way of.
	lookEvery  = 50 * time.Millisecond
	retryEvery = time.Second

	// restartWait is how long writers wait, at most, for the views that are
	// in the way of a restart.
	restartWait = 50 * time.Millisecond
)

// checkpointer copies the write-ahead log into the database and lets the log
// start again from its beginning.
//
// Copying alone would not do: writers that never pause add to the log while it
// is copied, and it starts again only when all of it has been. So what was
// there at first is copied beside the writers, and the little that they added
// meanwhile while they wait.
//
// A statement that reads for long keeps the log from starting again, and it
// grows for as long; the writers hardly notice, and the file shrinks later.
type checkpointer struct {
	conn    *conn
	guard   *conn    // reads, so that nothing is copied that came after it began
	file    *os.File // the database's
	sums    *sums
	logFile *logFile // nil: it was not there yet
	readers *pool
	log     *slog.Logger
	limit   int64 // in pages
	wake    chan struct{}
	quit    chan struct{}
	ended   chan struct{}
	// writeMu is held by the writer during a transaction, and by the
	// checkpointer to keep it from beginning one.
	writeMu sync.Mutex
}

func openCheckpointer(path string, opts Options) (*conn, error) {
	return openConn(path, restartWait, opts.durability()...)
}

// newCheckpointer returns one that knows the sums of what is in the log; run is
// its work.
func newCheckpointer(c, guard *conn, file *os.File, sums *sums, readers *pool, opts Options) (*checkpointer, error) {
	cp := &checkpointer{
		conn:    c,
		guard:   guard,
		file:    file,
		sums:    sums,
		readers: readers,
		log:     opts.Logger,
		limit:   opts.walPages,
		wake:    make(chan struct{}, 1),
		quit:    make(chan struct{}),
		ended:   make(chan struct{}),
	}
	return cp, cp.sum()
}

// signal says that the log has grown.
func (c *checkpointer) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// stop moves the whole log into the database and closes the connections. Nobody
// writes any more.
func (c *checkpointer) stop() error {
	close(c.quit)
	<-c.ended
	c.sums.copying.Lock()
	defer c.sums.copying.Unlock()
	err := errors.Join(c.sum(), c.sums.sync())
	l, err2 := c.checkpoint("TRUNCATE")
	err = errors.Join(err, err2)
	clean := err == nil && l.busy == 0
	err = errors.Join(err, c.conn.close(), c.guard.close(), c.sums.close(clean))
	if c.logFile != nil {
		err = errors.Join(err, c.logFile.close())
	}
	return err
}

func (c *checkpointer) run() {
	defer close(c.ended)
	pause := lookEvery
	idle := time.NewTimer(idleAfter)
	for {
		limit := c.limit
		select {
		case <-c.wake:
			idle.Reset(idleAfter)
		case <-idle.C:
			limit = 1
		case <-c.quit:
			return
		}
		if pause = c.look(limit, pause); pause > lookEvery { // a view was in the way
			idle.Reset(idleAfter)
		}
		select {
		case <-time.After(pause):
		case <-c.quit:
			return
		}
	}
}

// look checkpoints if the log has so many pages, and returns how long to pause,
// given how long it was the last time.
func (c *checkpointer) look(limit int64, pause time.Duration) time.Duration {
	done, err := c.checkpointIfDue(limit)
	if err != nil {
		c.log.Error("sqlite: the write-ahead log cannot be checkpointed and grows", "error", err)
	}
	if done {
		return lookEvery
	}
	return min(2*pause, retryEvery)
}

// checkpointIfDue copies the log if it has grown to the limit, and reports false
// if a view that still reads from it is in the way.
func (c *checkpointer) checkpointIfDue(limit int64) (bool, error) {
	l, err := c.checkpoint("NOOP")
	if err != nil || l.pages < limit {
		return err == nil, err
	}
	for before := 2 * l.remaining(); l.remaining() > restartPages && l.remaining() <= before/2; {
		before = l.remaining()
		l, err = c.copyBeside()
		if err != nil || l.remaining() > restartPages {
			return false, err
		}
		// SQLite syncs the database only when nothing is left to copy, which
		// is while the writer waits. So that little is left to sync then, too:
		if err := c.file.Sync(); err != nil {
			return false, err
		}
		if l, err = c.checkpoint("NOOP"); err != nil {
			return false, err
		}
	}
	return c.restart()
}

// copyBeside copies what is in the log beside the writer, and the sums of it
// first. What the writer adds meanwhile is not copied, so that the log cannot
// start again before the sums of all of it are there, and does not count as what
// remains: only a view can keep the rest from being copied.
func (c *checkpointer) copyBeside() (l walState, err error) {
	c.sums.copying.Lock()
	defer c.sums.copying.Unlock()
	if err := c.sum(); err != nil { // most of it while more may still come
		return l, err
	}
	due, err := c.checkpoint("NOOP")
	if err != nil {
		return l, err
	}
	var tables int64
	if err := c.guard.run("BEGIN"); err != nil {
		return l, err
	}
	defer func() { err = errors.Join(err, c.guard.run("COMMIT")) }()
	if err := c.guard.row("SELECT count(*) FROM sqlite_schema", &tables); err != nil { // now it reads
		return l, err
	}
	if err := c.sum(); err != nil {
		return l, err
	}
	l, err = c.checkpoint("PASSIVE")
	l.pages = min(l.pages, due.pages)
	return l, errors.Join(err, c.sums.sync())
}

// restart copies the rest while the writer waits, and has the log start again.
func (c *checkpointer) restart() (bool, error) {
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	c.sums.copying.Lock()
	defer c.sums.copying.Unlock()
	if err := errors.Join(c.sum(), c.sums.sync()); err != nil {
		return false, err
	}
	// Only who begins to read when all has been copied is not in the way.
	l, err := c.checkpoint("PASSIVE")
	if err != nil {
		return false, err
	}
	if l.remaining() == 0 {
		clear(c.sums.logged)
	}
	l, err = c.checkpoint("RESTART")
	return l.busy == 0, err
}

// sum writes the sums of the pages that the log has got since the last time. It
// begins anew when the log starts again meanwhile, which needs no sums any more.
func (c *checkpointer) sum() error {
	l, err := c.checkpoint("NOOP")
	if err != nil || l.pages <= 0 {
		return err
	}
	if err := c.openLog(); err != nil || c.logFile == nil {
		return err
	}
	for anew := true; anew && err == nil; {
		anew, err = c.sumGeneration()
	}
	if errors.Is(err, errLogDamaged) {
		c.tellDamage(err)
		return nil
	}
	return err
}

func (c *checkpointer) tellDamage(err error) {
	c.log.Error("sqlite: the write-ahead log is not what was written; the check of pages finds those that it makes wrong", "error", err.Error())
}

// beginLog reads the header of the log, and reports whether it has started again.
func (c *checkpointer) beginLog() (anew bool, err error) {
	if anew, err = c.logFile.begin(); anew {
		clear(c.sums.logged)
	}
	return anew, err
}

// sumGeneration sums what the log has since it started, and reports whether it has
// started again: then nothing was written. The header tells, before and after,
// since the number of frames is not in the file.
func (c *checkpointer) sumGeneration() (anew bool, err error) {
	if _, err := c.beginLog(); err != nil {
		return false, err
	}
	l, err := c.checkpoint("NOOP")
	if err != nil {
		return false, err
	}
	if anew, err := c.beginLog(); anew || err != nil {
		return anew, err
	}
	return c.sumFrames(l.pages)
}

// sumFrames sums the frames up to the one of a number. Pages of frames that are not
// what was written keep the sums that they had, and do not fit them any more.
func (c *checkpointer) sumFrames(frames int64) (anew bool, err error) {
	fresh, size := map[uint32]uint32{}, uint32(0)
	for damaged := true; damaged; {
		err = c.logFile.read(frames, func(f frame) {
			fresh[f.page] = pageSum(f.page, f.data)
			if f.size > 0 {
				size = f.size
			}
		})
		if damaged = errors.Is(err, errLogDamaged); damaged {
			if anew, err := c.beginLog(); anew || err != nil {
				return anew, err
			}
			c.tellDamage(err)
			if err = c.logFile.skip(); err != nil {
				break
			}
		}
	}
	if len(fresh) > 0 {
		c.sums.inLog(fresh)
		err = errors.Join(err, c.sums.write(fresh, size))
	}
	return false, err
}

func (c *checkpointer) openLog() (err error) {
	if c.logFile != nil {
		return nil
	}
	c.logFile, err = openLog(c.readers.path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return err
}

// walState is what a checkpoint has seen of the log and left behind.
type walState struct{ busy, pages, copied int64 }

func (l walState) remaining() int64 { return l.pages - l.copied }

// checkpoint runs a checkpoint in one of SQLite's modes; NOOP only looks. For
// the others, readers must not hold on to what the log was.
func (c *checkpointer) checkpoint(mode string) (l walState, err error) {
	if mode != "NOOP" {
		if err := c.readers.endSnapshot(); err != nil {
			return l, err
		}
	}
	return c.conn.walState(mode)
}

// walState runs a checkpoint, which tells of the log.
func (c *conn) walState(mode string) (l walState, err error) {
	err = c.row("PRAGMA wal_checkpoint("+mode+")", &l.busy, &l.pages, &l.copied)
	return l, err
}
