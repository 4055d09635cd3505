package sqlite

import (
	"errors"
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
	file    *os.File // the database's
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

func startCheckpointer(c *conn, file *os.File, readers *pool, opts Options) *checkpointer {
	cp := &checkpointer{
		conn:    c,
		file:    file,
		readers: readers,
		log:     opts.Logger,
		limit:   opts.walPages,
		wake:    make(chan struct{}, 1),
		quit:    make(chan struct{}),
		ended:   make(chan struct{}),
	}
	go cp.run()
	return cp
}

// signal says that the log has grown.
func (c *checkpointer) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// stop moves the whole log into the database and closes the connection.
func (c *checkpointer) stop() error {
	close(c.quit)
	<-c.ended
	_, err := c.checkpoint("TRUNCATE")
	return errors.Join(err, c.conn.close())
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
		l, err = c.checkpoint("PASSIVE")
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
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	// Only who begins to read when all has been copied is not in the way.
	if _, err := c.checkpoint("PASSIVE"); err != nil {
		return false, err
	}
	l, err = c.checkpoint("RESTART")
	return l.busy == 0, err
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
	err = c.conn.row("PRAGMA wal_checkpoint("+mode+")", &l.busy, &l.pages, &l.copied)
	return l, err
}
