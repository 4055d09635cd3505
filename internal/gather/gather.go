// Package gather lets callers that come at the same time share one piece of
// work: those that come while others are served are served together next.
// Nobody waits for company.
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
	run    func(take func() []T) error
	mu     sync.Mutex
	queue  []*call[T]
	active int

	workers sync.WaitGroup
}

// call is an item with the one who waits for it.
type call[T any] struct {
	item T
	err  error // valid once done is closed
	done chan struct{}
}

// Options say what a run has.
type Options[T any] struct {
	// Turns is how many runs may go on at the same time.
	Turns int
	// Most is how many items a run has at most.
	Most int
	// Match, if not nil, reports whether an item may join the one that has
	// waited longest.
	Match func(first, other T) bool
}

// New returns a group. A run calls take when it can begin with the items, and
// gets the same ones when it calls again.
func New[T any](o Options[T], run func(take func() []T) error) *Group[T] {
	return &Group[T]{Options: o, run: run}
}

// Do returns what the run returned that had the item, or that failed before it
// took any; an error that wraps [ErrPanic] if it panicked. If ctx ends while the item still waits, it is
// withdrawn and Do returns ctx.Err().
func (g *Group[T]) Do(ctx context.Context, item T) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c := &call[T]{item: item, done: make(chan struct{})}
	g.add(c)
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

func (g *Group[T]) add(c *call[T]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.queue = append(g.queue, c)
	if g.active < g.Turns {
		g.active++
		g.workers.Go(g.work)
	}
}

// Wait waits until all is done that the group has begun. Call it when nobody
// calls Do any more.
func (g *Group[T]) Wait() { g.workers.Wait() }

func (g *Group[T]) withdraw(c *call[T]) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.queue, c)
	if i < 0 {
		return false
	}
	g.queue = slices.Delete(g.queue, i, i+1)
	return true
}

// work has turns until nobody waits.
func (g *Group[T]) work() {
	for g.waits() {
		g.turn()
	}
}

// waits reports whether somebody waits; if not, there is one worker less.
func (g *Group[T]) waits() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.queue) == 0 {
		g.active--
		return false
	}
	return true
}

func (g *Group[T]) turn() {
	var calls []*call[T]
	var items []T
	err := g.protected(func() []T {
		if calls == nil {
			calls = g.take()
			for _, c := range calls {
				items = append(items, c.item)
			}
		}
		return items
	})
	if err != nil && calls == nil { // what keeps a run from beginning keeps all
		calls = g.takeAll()
	}
	for _, c := range calls {
		c.err = err
		close(c.done)
	}
}

// take removes those from the queue that have the next run.
func (g *Group[T]) take() []*call[T] {
	g.mu.Lock()
	defer g.mu.Unlock()
	var taken []*call[T]
	g.queue = slices.DeleteFunc(g.queue, func(c *call[T]) bool {
		joins := len(taken) < g.Most && (taken == nil || g.Match == nil || g.Match(taken[0].item, c.item))
		if joins {
			taken = append(taken, c)
		}
		return joins
	})
	return taken
}

func (g *Group[T]) takeAll() []*call[T] {
	g.mu.Lock()
	defer g.mu.Unlock()
	calls := g.queue
	g.queue = nil
	return calls
}

// ErrPanic says that a run panicked.
var ErrPanic = errors.New("gather: panic")

func (g *Group[T]) protected(take func() []T) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v\n%s", ErrPanic, p, debug.Stack())
		}
	}()
	return g.run(take)
}
