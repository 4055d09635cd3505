package sqlite

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"zombiezen.com/go/sqlite"

	"carillon/internal/fair"
	"carillon/store/engine"
)

// reader is a connection for views.
type reader struct {
	*conn
	interrupt chan struct{} // closed to stop the running statement
	version   *dataVersion
	seen      uint64 // the version at the last statement

	tenant string // whose slot it has

	mu      sync.Mutex
	ctx     context.Context // of the running view; nil: none runs
	looks   int             // how often the watch has seen this view
	late    bool            // it has taken too long
	stopped bool            // interrupt is closed
}

// dataVersion counts the changes of the database, so that a reader knows
// whether what it sees is still the newest there is.
type dataVersion struct{ atomic.Uint64 }

// bump says that there is something new to see. Call it before anybody hears
// that a commit is done.
func (v *dataVersion) bump() { v.Add(1) }

func openReader(path string, v *dataVersion) (*reader, error) {
	c, err := openConn(path, ownerWait, "PRAGMA query_only = ON")
	if err != nil {
		return nil, err
	}
	r := &reader{conn: c, version: v}
	r.armInterrupt()
	return r, nil
}

// armInterrupt makes the reader interruptible, once.
func (r *reader) armInterrupt() {
	r.interrupt = make(chan struct{})
	r.db.SetInterrupt(r.interrupt)
}

func (r *reader) view(ctx context.Context, fn func(engine.Tx) error) error {
	r.begin(ctx)
	defer r.end()
	t := &tx{conn: r.conn, ctx: ctx, reader: r}
	defer func() { t.over = true }()
	return fn(t)
}

func (r *reader) begin(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ctx, r.looks, r.late = ctx, 0, false
}

func (r *reader) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ctx = nil
	if r.stopped {
		r.stopped = false
		r.armInterrupt()
	}
}

// readLimit is how long what a tenant asks for may read. The background has no
// limit but its context.
const readLimit = 5 * time.Second

var errReadTimeout = fmt.Errorf("%w: reading takes too long", engine.ErrUnavailable)

// interruptIfDone interrupts the view if its context has ended or the time is up
// that a tenant has. It is called every tendEvery. Statements that follow are
// refused until the view is over, too.
func (r *reader) interruptIfDone(limit time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx == nil || r.stopped {
		return
	}
	r.looks++
	r.late = r.tenant != fair.Background && r.looks > int(limit/tendEvery)
	if r.late || r.ctx.Err() != nil {
		r.stopped = true
		close(r.interrupt)
	}
}

func (r *reader) isLate() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.late
}

// refreshSnapshot makes sure that the next statement sees the newest state. As
// long as nothing changes the reader stays in one transaction, so that a
// statement does not lock and unlock the log: for reading one row that is as
// much work as finding it.
func (r *reader) refreshSnapshot() error {
	now := r.version.Load()
	changed := r.seen != now
	r.seen = now // before the transaction begins, so that it is not older
	switch held := r.inTransaction(); {
	case held && changed:
		return r.run("COMMIT")
	case !held && !changed:
		return r.run("BEGIN")
	}
	return nil
}

func (r *reader) inTransaction() bool { return !r.db.AutocommitEnabled() }

// mapError finds the reason for errors that only a view meets.
func (r *reader) mapError(ctx context.Context, err error) error {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultInterrupt:
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if r.isLate() {
			return errReadTimeout
		}
	case sqlite.ResultReadOnly:
		return errWriting
	}
	return err
}

// endSnapshot ends the transaction of a reader that no view uses.
func (r *reader) endSnapshot() error {
	if !r.inTransaction() {
		return nil
	}
	err := r.run("COMMIT")
	if !r.inTransaction() {
		return nil // where the database is damaged, the error is that of what was read before
	}
	return err
}

// pool lends readers, a limited number at a time.
type pool struct {
	path      string
	readLimit time.Duration
	version   dataVersion
	slots     *fair.Semaphore // a permit for every reader that can be lent
	most      int             // how many these are
	watch     *watch
	mu        sync.Mutex
	all       []*reader
	idle      []*reader // the last one used is the last one, its caches being warm
}

func newPool(path string, opts Options) *pool {
	// A statement that reads for long never gives its processor up before it must.
	// While several tenants are about, each leaves one to the others.
	slots := fair.NewSemaphore(opts.Readers, runtime.GOMAXPROCS(0)-1)
	p := &pool{path: path, readLimit: opts.readLimit, slots: slots, most: opts.Readers}
	p.watch = startWatch(tendEvery, p.tend)
	return p
}

// acquire lends a reader, which must be put back.
func (p *pool) acquire(ctx context.Context) (*reader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	tenant := engine.Tenant(ctx)
	if err := p.acquireSlot(ctx, tenant); err != nil {
		return nil, err
	}
	r, err := p.reader()
	if err != nil {
		p.slots.Release(tenant)
		return nil, err
	}
	r.tenant = tenant
	return r, nil
}

// acquireSlot waits for a slot. Mostly one is free, and then there is no need
// for a timer.
func (p *pool) acquireSlot(ctx context.Context, tenant string) error {
	if p.slots.TryAcquire(tenant) {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, waitLimit(tenant))
	defer cancel()
	err := p.slots.Acquire(limited, tenant)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return errTimeout
}

// reader returns one that nobody uses, or else a new one.
func (p *pool) reader() (*reader, error) {
	if r := p.popIdle(); r != nil {
		return r, nil
	}
	r, err := openReader(p.path, &p.version)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, r)
	return r, nil
}

func (p *pool) popIdle() *reader {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.idle) - 1
	if last < 0 {
		return nil
	}
	r := p.idle[last]
	p.idle = p.idle[:last]
	return r
}

func (p *pool) release(r *reader) {
	tenant := r.tenant
	p.mu.Lock()
	p.idle = append(p.idle, r)
	p.mu.Unlock()
	p.slots.Release(tenant)
}

// tendEvery is how long a view may go on, at most, after its context has ended.
// Being told of the end would take a registration with the context of every
// view, at a third of the price of reading a row.
const tendEvery = 50 * time.Millisecond

// tend is called every tendEvery. It stops the views whose callers have left
// or that take too long.
func (p *pool) tend() {
	p.mu.Lock()
	all := p.all
	p.mu.Unlock()
	for _, r := range all {
		r.interruptIfDone(p.readLimit)
	}
}

// endSnapshot has all readers end their transactions: those at rest now, the others
// before their next statement.
func (p *pool) endSnapshot() error {
	p.version.bump()
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, r := range p.idle {
		errs = append(errs, r.endSnapshot())
	}
	return errors.Join(errs...)
}

// close closes the readers, all of which must have been put back.
func (p *pool) close() error {
	p.watch.stop()
	var errs []error
	for _, r := range p.idle {
		errs = append(errs, r.close())
	}
	return errors.Join(errs...)
}
