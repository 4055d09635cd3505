// Package sqlite is the embedded database engine: one file that one process
// owns.
//
// All writing is done by one goroutine, which commits the updates that are
// waiting as a group: a savepoint for each, one fsync for all. The fsync being
// nearly the whole cost, that is many times faster than a transaction each.
// Reads have connections of their own and never wait for writes, and the
// write-ahead log is copied into the database off the write path.
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"time"

	"carillon/internal/fair"
	"carillon/store/engine"
)

var _ engine.Engine = (*Engine)(nil)

// Options are the settings of an [Engine]. The zero value is good.
type Options struct {
	// Readers is how many views can run at the same time, three quarters of
	// them for one tenant, so that others find some. Each has a connection of
	// its own, opened when first needed, of up to 8 MiB. 0 stands for twice
	// GOMAXPROCS, but at least 4.
	Readers int
	// Logger hears what no caller is told: checkpoints that fail, and where
	// in a closure a panic came from. nil stands for [slog.Default].
	Logger *slog.Logger
	// Committed, if not nil, is told of each commit: how long it took, and how
	// many updates shared it. The writer waits for it.
	Committed func(took time.Duration, updates int)
	// Traces are files that come to be after the database. Where one of them
	// is, or a log, a database that is missing or empty is an [ErrLost], unless
	// Init says to begin anew; a log without a database is then renamed.
	Traces []string
	Init   bool
	// Volatile leaves it to the operating system when what is committed comes to the
	// disk: for databases that nobody keeps.
	Volatile bool

	// These stand for checkpointPages and readLimit in tests.
	walPages  int64
	readLimit time.Duration
}

func (o Options) withDefaults() Options {
	if o.Readers <= 0 {
		o.Readers = max(4, 2*runtime.GOMAXPROCS(0))
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Committed == nil {
		o.Committed = func(time.Duration, int) {}
	}
	if o.walPages == 0 {
		o.walPages = checkpointPages
	}
	if o.readLimit == 0 {
		o.readLimit = readLimit
	}
	return o
}

// Engine is a SQLite database. It implements [engine.Engine].
//
// Closures given to Update run one at a time on the goroutine that does all
// the writing: they should be quick, and one that calls Update itself waits
// for ever.
type Engine struct {
	lock         *fileLock
	file         *mapped
	writer       *writer
	checkpointer *checkpointer
	scrubber     *scrubber
	readers      *pool
	place        *place

	// running is held for reading by every operation; Close takes it for
	// writing and keeps it.
	running  sync.RWMutex
	closing  sync.Once
	closeErr error
}

var errClosed = fmt.Errorf("%w: the database is closed", engine.ErrUnavailable)

// Open opens the database in the file at path. It creates the file, with mode
// 0600, if it is not there; the directory must exist.
//
// The engine holds a lock on path + ".lock" that the kernel releases when the
// process ends, in whatever way. While another process holds it, Open fails
// with an error that names path and wraps [engine.ErrUnavailable]. A file that
// is damaged in its header or not ours is an [ErrDamaged] or [ErrForeign].
//
// A file that is moved, deleted, replaced or emptied while it is open is noticed within
// seconds: Ping fails and Update refuses.
//
// Nothing else in the process may open the database file, not even to read it:
// closing it would drop SQLite's own locks, as POSIX has it.
func Open(ctx context.Context, path string, opts Options) (*Engine, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	lock, err := lockFile(path)
	if err != nil {
		return nil, err
	}
	e, err := prepare(path, opts.withDefaults())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, damage(err)), lock.release())
	}
	e.lock = lock
	return e, nil
}

// prepare looks at what is there before anything is changed.
func prepare(path string, opts Options) (*Engine, error) {
	info, err := os.Stat(path)
	if beginning := err != nil || info.Size() == 0; beginning {
		if err := checkBeginning(path, opts); err != nil {
			return nil, err
		}
		return open(path, opts, sumsBefore{unlogged: true})
	}
	logged, err := checkFile(path)
	if err != nil {
		return nil, err
	}
	broken, err := brokenEnd(path)
	if err != nil {
		return nil, err
	}
	if broken != "" {
		opts.Logger.Error("sqlite: the end of the write-ahead log is damaged: if this machine has not lost power, changes that were acknowledged are lost", "log", path+"-wal", "damage", broken)
	}
	return open(path, opts, sumsBefore{logged: len(present([]string{path + "-wal"})) > 0, unlogged: !logged})
}

// connections are those that an engine opens at once; the readers come later.
type connections struct{ writing, copying, guard *conn }

func openConnections(path string, opts Options) (c connections, err error) {
	if c.writing, err = openWriter(path, opts); err != nil {
		return c, err
	}
	err = identify(c.writing, opts)
	if err == nil {
		c.copying, err = openCheckpointer(path, opts)
	}
	if err == nil {
		c.guard, err = openConn(path, ownerWait, "PRAGMA query_only = ON")
	}
	if err != nil {
		return c, errors.Join(err, c.close())
	}
	return c, nil
}

// close closes those that are open.
func (c connections) close() (err error) {
	for _, conn := range []*conn{c.copying, c.guard, c.writing} {
		if conn != nil {
			err = errors.Join(err, conn.close())
		}
	}
	return err
}

func open(path string, opts Options, before sumsBefore) (*Engine, error) {
	file, err := openFile(path)
	if err != nil {
		return nil, err
	}
	conns, err := openConnections(path, opts)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	sums, err := beginSums(path, file.File, before, opts.Logger)
	if err != nil {
		return nil, errors.Join(err, conns.close(), file.Close())
	}
	readers := newPool(path, opts)
	c, err := newCheckpointer(conns.copying, conns.guard, file.File, sums, readers, opts)
	if err != nil {
		return nil, errors.Join(err, readers.close(), conns.close(), sums.close(false), file.Close())
	}
	scrubber := startScrubber(file.File, sums, ownersOf(path), opts)
	go c.run()
	return &Engine{
		file:         file,
		scrubber:     scrubber,
		checkpointer: c,
		writer:       startWriter(conns.writing, c, &readers.version, opts),
		readers:      readers,
		place:        watchPlace(path, opts.Logger),
	}, nil
}

// beginSums opens the sums and tells what there is to tell of them.
func beginSums(path string, file *os.File, before sumsBefore, log *slog.Logger) (*sums, error) {
	sums, made, adopted, err := openSums(path, file, before)
	switch {
	case err != nil:
		return nil, err
	case made && !before.unlogged:
		log.Info("sqlite: the pages of the database have sums from now on", "file", path+sumsSuffix)
	case adopted > 0:
		log.Warn("sqlite: another program has copied the log of a server that was killed into the database; the sums of the pages that differ were taken anew", "pages", adopted)
	}
	return sums, nil
}

// View implements [engine.Engine]. It waits for one of the readers to be free:
// who has fewest of them is next. What a tenant asks for may wait and then read
// for 5 s each.
// A View inside a View takes a second reader, and with all of them doing so
// waits for ever. A View inside an Update does not see what that has changed.
// Soon after ctx has ended, the running statement is interrupted and returns
// its error.
func (e *Engine) View(ctx context.Context, fn func(engine.Tx) error) error {
	if !e.running.TryRLock() {
		return errClosed
	}
	defer e.running.RUnlock()
	r, err := e.readers.acquire(ctx)
	if err != nil {
		return err
	}
	defer e.readers.release(r)
	return r.view(ctx, fn)
}

const (
	// requestWait is how long what a tenant asks for waits for its turn.
	requestWait = 5 * time.Second
	// backgroundWait is that for the background, which nobody waits for.
	backgroundWait = 30 * time.Second
)

func waitLimit(tenant string) time.Duration {
	if tenant == fair.Background {
		return backgroundWait
	}
	return requestWait
}

var errTimeout = fmt.Errorf("%w: no turn in time", engine.ErrUnavailable)

// Update implements [engine.Engine]. When ctx ends before fn has begun, or 5 s
// have passed (30 s in the background), fn does not run; once fn has begun,
// Update waits for the outcome. A panic in fn rolls back and goes on in the
// caller.
func (e *Engine) Update(ctx context.Context, fn func(engine.Tx) error) error {
	if !e.running.TryRLock() {
		return errClosed
	}
	defer e.running.RUnlock()
	if err := e.place.err(); err != nil {
		return err
	}
	e.readers.slots.Note(engine.Tenant(ctx))
	return e.writer.update(ctx, fn)
}

// Migrate implements [engine.Engine]. It is Update: there is no other process.
func (e *Engine) Migrate(ctx context.Context, fn func(engine.Tx) error) error {
	return e.Update(ctx, fn)
}

// Ping implements [engine.Engine]. It reads from the database file, which must
// be where it was opened.
func (e *Engine) Ping(ctx context.Context) error {
	if err := e.place.look(); err != nil {
		return err
	}
	return e.View(ctx, func(tx engine.Tx) error {
		_, err := tx.Exec("SELECT 1 FROM sqlite_schema LIMIT 1")
		return err
	})
}

// Exclusive implements [engine.Engine]. It is always true.
func (e *Engine) Exclusive() bool { return true }

// Close implements [engine.Engine]. It finishes what has begun or waits its
// turn, moves the write-ahead log into the database and releases the lock.
// From then on everything else returns [engine.ErrUnavailable]; Close itself
// may be called again.
func (e *Engine) Close() error {
	e.closing.Do(func() {
		e.running.Lock()
		e.place.stop()
		e.scrubber.stop()
		e.writer.stop()
		e.closeErr = errors.Join(
			e.checkpointer.stop(),
			e.readers.close(),
			e.writer.conn.close(),
			e.file.Close(),
			e.lock.release(),
		)
	})
	return e.closeErr
}
