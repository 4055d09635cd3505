package sqlite

import (
	"context"
	"errors"
	"sync"

	"carillon/store"
)

// reader is a connection for views.
type reader struct {
	*conn
	interrupt chan struct{} // closed to stop the running statement
}

func openReader(path string) (*reader, error) {
	c, err := openConn(path, ownerWait, "PRAGMA query_only = ON")
	if err != nil {
		return nil, err
	}
	r := &reader{conn: c}
	r.arm()
	return r, nil
}

// arm makes the reader interruptible, once. Doing so with the context of every
// view would start a goroutine each time.
func (r *reader) arm() {
	r.interrupt = make(chan struct{})
	r.db.SetInterrupt(r.interrupt)
}

func (r *reader) view(ctx context.Context, fn func(store.Tx) error) error {
	if ctx.Done() != nil {
		defer r.unwatch(context.AfterFunc(ctx, r.stop))
	}
	t := &tx{conn: r.conn, ctx: ctx}
	defer func() { t.over = true }()
	return fn(t)
}

// stop ends the running statement and refuses others until the reader is armed
// again.
func (r *reader) stop() { close(r.interrupt) }

// unwatch takes the stop function of a context.AfterFunc. If it comes too late
// it waits for the interruption, lest that hit the next view.
func (r *reader) unwatch(inTime func() bool) {
	if !inTime() {
		<-r.interrupt
		r.arm()
	}
}

// pool lends readers, a limited number at a time.
type pool struct {
	path  string
	slots chan struct{} // holds a token for every reader lent
	mu    sync.Mutex
	idle  []*reader // the last one used is the last one, its caches being warm
}

func newPool(path string, size int) *pool {
	return &pool{path: path, slots: make(chan struct{}, size)}
}

// take lends a reader, which must be put back.
func (p *pool) take(ctx context.Context) (*reader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if r := p.pop(); r != nil {
		return r, nil
	}
	r, err := openReader(p.path)
	if err != nil {
		<-p.slots
		return nil, err
	}
	return r, nil
}

func (p *pool) pop() *reader {
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

func (p *pool) put(r *reader) {
	p.mu.Lock()
	p.idle = append(p.idle, r)
	p.mu.Unlock()
	<-p.slots
}

// close closes the readers, all of which must have been put back.
func (p *pool) close() error {
	var errs []error
	for _, r := range p.idle {
		errs = append(errs, r.close())
	}
	return errors.Join(errs...)
}
