package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"carillon/store/engine"
)

const (
	// maxBatch is how many updates share a commit at most, and so bounds the
	// time that the first of them waits for the others.
	maxBatch = 256
	// maxStep is how long updates of one tenant keep those of others waiting
	// for their commit or their turn, unless a single one takes longer.
	maxStep = 5 * time.Millisecond
	// maxDebt is for how long, at most, a tenant goes without because it had
	// the writer for longer than the others.
	maxDebt = 200 * time.Millisecond
)

// update is a closure on its way through the writer.
type update struct {
	fn      func(engine.Tx) error
	tenant  string
	claimed atomic.Bool // by the writer, to run it, or by the caller, to leave
	done    chan struct{}

	// The outcome, valid once done is closed.
	err      error
	returned bool // fn neither panicked nor ended its goroutine
	panicked any
}

// result returns in the caller's goroutine what fn returned in the writer's,
// or ends as fn ended.
func (u *update) result() error {
	if u.panicked != nil {
		panic(u.panicked)
	}
	if !u.returned {
		runtime.Goexit()
	}
	return u.err
}

// writer runs all updates, on one goroutine. It gathers those that are waiting
// into a batch: one transaction, in which each but the first has a savepoint,
// so that an update that fails takes only itself back.
//
// Tenants share its time. Who needs little of it does not wait for who needs
// much: neither for a turn, nor, in a batch with bulky updates, for the commit.
type writer struct {
	conn         *conn
	checkpointer *checkpointer
	version      *dataVersion
	log          *slog.Logger
	committed    func(took time.Duration, updates int)
	queue        *queue
	stopped      chan struct{}

	batch []*update // begun and not yet answered
	left  engine.Leavings
	begun time.Time // when the batch began
	clock time.Time // until when time is charged for
}

func startWriter(c *conn, cp *checkpointer, v *dataVersion, opts Options) *writer {
	w := &writer{
		conn:         c,
		checkpointer: cp,
		version:      v,
		log:          opts.Logger,
		committed:    opts.Committed,
		queue:        newQueue(),
		stopped:      make(chan struct{}),
	}
	go w.run()
	return w
}

// stop ends the writer when all that is in the queue is done. No update may be
// on its way.
func (w *writer) stop() {
	w.queue.close()
	<-w.stopped
}

// update hands fn to the writer and waits for the outcome.
func (w *writer) update(ctx context.Context, fn func(engine.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	u := &update{fn: fn, tenant: engine.Tenant(ctx), done: make(chan struct{})}
	timeout := time.NewTimer(waitLimit(u.tenant))
	defer timeout.Stop()
	w.queue.push(u)
	select {
	case <-u.done:
		return u.result()
	case <-ctx.Done():
		return u.cancel(ctx.Err())
	case <-timeout.C:
		return u.cancel(errTimeout)
	}
}

// cancel gives up waiting, unless the writer has begun.
func (u *update) cancel(reason error) error {
	if u.claimed.CompareAndSwap(false, true) {
		return reason
	}
	<-u.done
	return u.result()
}

// run commits batch after batch until the queue is closed. A closure that ends
// the goroutine, as [testing.T.FailNow] does, finds it replaced by another,
// which takes the batch from there.
func (w *writer) run() {
	finished := false
	defer func() {
		if !finished {
			go w.run()
		}
	}()
	for len(w.batch) > 0 || w.begin() {
		w.fill()
		w.commit()
	}
	finished = true
	close(w.stopped)
}

// begin waits for an update and runs it. false: there will be none.
func (w *writer) begin() bool {
	u, ok := w.queue.pop()
	if ok {
		w.checkpointer.writeMu.Lock()
		w.begun = time.Now()
		w.clock = w.begun
		w.apply(u)
	}
	return ok
}

// fill runs the updates that are waiting, as many as fit. When there are no
// more it lets the goroutines run that may be about to bring some: the larger
// the batch, the less each update costs.
func (w *writer) fill() {
	for yielded := false; !w.full(); {
		u, ok := w.queue.tryPop()
		switch {
		case ok:
			w.apply(u)
			yielded = false
		case yielded:
			return
		default:
			runtime.Gosched()
			yielded = true
		}
	}
}

// full reports that the batch should be committed: for the number of its
// updates, or for its time, if that is not all one tenant's own.
func (w *writer) full() bool {
	if len(w.batch) >= maxBatch {
		return true
	}
	return w.clock.Sub(w.begun) >= maxStep && w.shared()
}

// shared reports whether updates of several tenants are in the batch or wait.
func (w *writer) shared() bool {
	if len(w.batch) == 0 {
		return false
	}
	first := w.batch[0].tenant
	return w.queue.shared(first) ||
		slices.ContainsFunc(w.batch, func(u *update) bool { return u.tenant != first })
}

// apply runs one update, in the open transaction or in a new one.
func (w *writer) apply(u *update) {
	if !u.claimed.CompareAndSwap(false, true) {
		return // the caller has left
	}
	w.batch = append(w.batch, u)
	joined := w.inTransaction()
	text := "BEGIN IMMEDIATE"
	if joined {
		text = "SAVEPOINT u"
	}
	if u.err = w.conn.run(text); u.err != nil {
		u.returned = true
		return
	}
	t := &tx{conn: w.conn}
	defer w.charge(u) // these also if the goroutine ends here
	defer w.releaseOrRollback(u, t, joined)
	w.call(u, t)
}

// charge adds the time since the last update to what this one's tenant has had.
func (w *writer) charge(u *update) {
	now := time.Now()
	w.queue.charge(u.tenant, now.Sub(w.clock))
	w.clock = now
}

func (w *writer) inTransaction() bool { return !w.conn.db.AutocommitEnabled() }

func (w *writer) call(u *update, t *tx) {
	defer func() {
		t.over = true
		if u.returned {
			return
		}
		if u.panicked = recover(); u.panicked != nil {
			// The caller panics with the same value but from another place.
			w.log.Error("sqlite: panic in an update", "panic", u.panicked, "stack", string(debug.Stack()))
		}
	}()
	u.err = u.fn(t)
	if u.err == nil {
		u.err = t.failed
	}
	u.returned = true
}

// releaseOrRollback keeps what an update has done, or takes it back.
func (w *writer) releaseOrRollback(u *update, t *tx, joined bool) {
	if !w.inTransaction() {
		w.abort(t.failed) // SQLite has rolled back by itself, as for a full disk
		return
	}
	var err error
	ok := u.returned && u.err == nil
	if ok {
		w.left.Join(&t.left)
	}
	switch {
	case ok && joined:
		err = w.conn.run("RELEASE u")
	case joined:
		err = errors.Join(w.conn.run("ROLLBACK TO u"), w.conn.run("RELEASE u"))
	case !ok:
		err = w.conn.run("ROLLBACK")
	}
	if err != nil {
		w.abort(err)
	}
}

// commit makes the batch durable and answers all of it.
func (w *writer) commit() {
	w.runLast()
	if w.inTransaction() {
		if err := w.conn.run("COMMIT"); err != nil { // it may be in the log nevertheless, and come back with it
			w.abort(fmt.Errorf("%w: %w", engine.ErrOutcomeUnknown, err))
		}
	}
	w.version.bump()
	took := time.Since(w.clock)
	w.queue.shareCommit(w.batch, took)
	w.committed(took, len(w.batch))
	w.checkpointer.writeMu.Unlock()
	w.checkpointer.signal()
	for _, u := range w.batch {
		close(u.done)
	}
	clear(w.batch)
	w.batch = w.batch[:0]
}

// runLast does what the batch has left for its end.
func (w *writer) runLast() {
	defer func() {
		if p := recover(); p != nil {
			w.log.Error("sqlite: panic at the end of a batch", "panic", p, "stack", string(debug.Stack()))
			w.abort(fmt.Errorf("panic: %v", p))
		}
		w.left = engine.Leavings{}
	}()
	t := &tx{conn: w.conn}
	err := w.left.Run(t)
	if err == nil {
		err = t.failed
	}
	if err != nil {
		w.abort(err)
	}
}

// abort gives the batch up. Even those that had failed by themselves hear of
// it: what they found may have been the doing of others in the batch.
func (w *writer) abort(cause error) {
	if w.inTransaction() {
		_ = w.conn.run("ROLLBACK")
	}
	if cause == nil {
		cause = errors.New("sqlite: a closure has ended the transaction")
	}
	if !errors.Is(cause, engine.ErrUnavailable) {
		cause = fmt.Errorf("%w: %w", engine.ErrUnavailable, cause)
	}
	w.left = engine.Leavings{}
	for _, u := range w.batch {
		u.err = cause
	}
}
