// Package gather lets callers that come at the same time share one piece of
// work: those that come while others are served are served together next.
// Nobody waits for company, nor for a stranger.
package gather

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
)

// Group gathers items. Its methods are safe for concurrent use.
type Group[T any] struct {
	Options[T]
	run     Run[T]
	mu      sync.Mutex
	lines   map[string]*line[T]
	closed  bool
	working sync.WaitGroup
}

// Run does the work for some of a key's items. It calls take when it can begin
// with them, and gets the same ones when it calls again.
type Run[T any] func(key string, take func() []T) error

// line is what waits under one key. It is there while somebody waits or works.
type line[T any] struct {
	key    string
	queue  []*call[T]
	active int
}

// call is an item with the one who waits for it.
type call[T any] struct {
	item T
	err  error // valid once done is closed
	done chan struct{}
}

// Options say what a run has.
type Options[T any] struct {
	// Turns is how many runs of one key may go on at the same time. Keys do not
	// wait for each other: what their runs share must be shared out by itself.
	Turns int
	// Most is how many items a run has at most.
	Most int
	// Key, if not nil, is whose an item is: no run has items of two, so that
	// what keeps one waiting, or makes it fail, meets no other.
	Key func(T) string
	// Match, if not nil, reports whether an item may join the one of its key
	// that has waited longest.
	Match func(first, other T) bool
}

// New returns a group.
func New[T any](o Options[T], run Run[T]) *Group[T] {
	if o.Key == nil {
		o.Key = func(T) string { return "" }
	}
	return &Group[T]{Options: o, run: run, lines: map[string]*line[T]{}}
}

// Do returns what the run returned that had the item, or that failed before it
// took any; an error that wraps [ErrPanic] if it panicked; [ErrClosed] after
// Close. If ctx ends while the item still waits, it is withdrawn and Do returns
// ctx.Err().
func (g *Group[T]) Do(ctx context.Context, item T) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c := &call[T]{item: item, done: make(chan struct{})}
	if err := g.add(c); err != nil {
		return err
	}
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
	}
	if g.withdraw(c) {
		return ctx.Err()
	}
	<-c.done
	return c.err
}

// Close waits for what has begun or waits its turn; from then on Do refuses. It
// may be called again.
func (g *Group[T]) Close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.working.Wait()
}

// ErrClosed says that the group takes nothing any more.
var ErrClosed = errors.New("gather: closed")

func (g *Group[T]) add(c *call[T]) error {
	key := g.Key(c.item)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return ErrClosed
	}
	l := g.lines[key]
	if l == nil {
		l = &line[T]{key: key}
		g.lines[key] = l
	}
	l.queue = append(l.queue, c)
	if l.active < g.Turns {
		l.active++
		g.working.Go(func() { g.work(l) })
	}
	return nil
}

func (g *Group[T]) withdraw(c *call[T]) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.lines[g.Key(c.item)]
	if l == nil {
		return false
	}
	i := slices.Index(l.queue, c)
	if i < 0 {
		return false
	}
	l.queue = slices.Delete(l.queue, i, i+1)
	return true
}

// work has turns until nobody waits.
func (g *Group[T]) work(l *line[T]) {
	for g.waits(l) {
		g.turn(l)
	}
}

// waits reports whether somebody waits; if not, there is one worker less.
func (g *Group[T]) waits(l *line[T]) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(l.queue) > 0 {
		return true
	}
	if l.active--; l.active == 0 {
		delete(g.lines, l.key)
	}
	return false
}

func (g *Group[T]) turn(l *line[T]) {
	var calls []*call[T]
	var items []T
	err := g.protected(l.key, func() []T {
		if calls == nil {
			calls = g.take(l)
			for _, c := range calls {
				items = append(items, c.item)
			}
		}
		return items
	})
	if err != nil && calls == nil { // what keeps a run from beginning keeps all
		calls = g.takeAll(l)
	}
	for _, c := range calls {
		c.err = err
		close(c.done)
	}
}

// take removes those from the queue that have the next run.
func (g *Group[T]) take(l *line[T]) []*call[T] {
	g.mu.Lock()
	defer g.mu.Unlock()
	var taken []*call[T]
	l.queue = slices.DeleteFunc(l.queue, func(c *call[T]) bool {
		joins := len(taken) < g.Most && (taken == nil || g.Match == nil || g.Match(taken[0].item, c.item))
		if joins {
			taken = append(taken, c)
		}
		return joins
	})
	return taken
}

func (g *Group[T]) takeAll(l *line[T]) []*call[T] {
	g.mu.Lock()
	defer g.mu.Unlock()
	calls := l.queue
	l.queue = nil
	return calls
}

// ErrPanic says that a run panicked.
var ErrPanic = errors.New("gather: panic")

func (g *Group[T]) protected(key string, take func() []T) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v\n%s", ErrPanic, p, debug.Stack())
		}
	}()
	return g.run(key, take)
}
