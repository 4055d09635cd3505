package gather_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"carillon/internal/gather"
)

// gate holds runs until it is opened, and notes what they took.
type gate struct {
	mu      sync.Mutex
	batches [][]int
	entered chan struct{}
	open    chan struct{}
}

func newGate() *gate { return &gate{entered: make(chan struct{}, 100), open: make(chan struct{})} }

func (g *gate) run(_ string, take func() []int) error {
	batch := take()
	g.mu.Lock()
	g.batches = append(g.batches, batch)
	g.mu.Unlock()
	g.entered <- struct{}{}
	<-g.open
	return nil
}

func TestDo_gathersThoseWhoWait(t *testing.T) {
	gate := newGate()
	g := gather.New(gather.Options[int]{Turns: 1, Most: 3}, gate.run)
	var calls sync.WaitGroup
	do := func(n int) {
		calls.Go(func() {
			if err := g.Do(context.Background(), n); err != nil {
				t.Error(err)
			}
		})
	}
	do(0)
	<-gate.entered // alone: nobody waits for company
	for n := 1; n <= 7; n++ {
		do(n)
	}
	for g.Waiting() < 7 {
	}
	close(gate.open)
	calls.Wait()
	var sizes []int
	seen := map[int]bool{}
	for _, b := range gate.batches {
		sizes = append(sizes, len(b))
		for _, n := range b {
			seen[n] = true
		}
	}
	if len(sizes) != 4 || sizes[0] != 1 || sizes[1] != 3 || sizes[2] != 3 || sizes[3] != 1 || len(seen) != 8 {
		t.Errorf("batches %v", gate.batches)
	}
}

func TestDo_match(t *testing.T) {
	gate := newGate()
	odd := func(first, other int) bool { return first%2 == other%2 }
	g := gather.New(gather.Options[int]{Turns: 1, Most: 9, Match: odd}, gate.run)
	var calls sync.WaitGroup
	do := func(n int) { calls.Go(func() { _ = g.Do(context.Background(), n) }) }
	do(0)
	<-gate.entered
	for n := 1; n <= 4; n++ {
		do(n)
		for g.Waiting() < n {
		}
	}
	close(gate.open)
	calls.Wait()
	if got := fmt.Sprint(gate.batches); got != "[[0] [1 3] [2 4]]" {
		t.Errorf("batches %s", got)
	}
}

func TestDo_turns(t *testing.T) {
	gate := newGate()
	g := gather.New(gather.Options[int]{Turns: 2, Most: 10}, gate.run)
	var calls sync.WaitGroup
	for n := range 2 {
		calls.Go(func() { _ = g.Do(context.Background(), n) })
		<-gate.entered // the second does not wait for the first
	}
	close(gate.open)
	calls.Wait()
}

// Who leaves while waiting is not served; who leaves later hears the outcome.
func TestDo_leaves(t *testing.T) {
	gate := newGate()
	g := gather.New(gather.Options[int]{Turns: 1, Most: 10}, gate.run)
	first, leave := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- g.Do(first, 1) }()
	<-gate.entered
	leave()
	second, leaveToo := context.WithCancel(context.Background())
	gone := make(chan error, 1)
	go func() { gone <- g.Do(second, 2) }()
	for g.Waiting() < 1 {
	}
	leaveToo()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("who waited got %v", err)
	}
	close(gate.open)
	if err := <-done; err != nil {
		t.Errorf("who was served got %v", err)
	}
	if err := g.Do(second, 3); !errors.Is(err, context.Canceled) {
		t.Errorf("who came too late got %v", err)
	}
	if len(gate.batches) != 1 {
		t.Errorf("batches %v", gate.batches)
	}
}

// A run that fails before it takes anything fails for those who wait.
func TestDo_fails(t *testing.T) {
	down := errors.New("down")
	for name, run := range map[string]gather.Run[int]{
		"before": func(string, func() []int) error { return down },
		"after":  func(_ string, take func() []int) error { take(); return down },
	} {
		if err := gather.New(gather.Options[int]{Turns: 1, Most: 1}, run).Do(t.Context(), 1); !errors.Is(err, down) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Nobody waits for a turn of their own to hear that none can begin.
func TestDo_failsForAll(t *testing.T) {
	down := errors.New("down")
	entered, open := make(chan struct{}, 100), make(chan struct{})
	g := gather.New(gather.Options[int]{Turns: 1, Most: 1}, func(string, func() []int) error {
		entered <- struct{}{}
		<-open
		return down
	})
	var calls sync.WaitGroup
	for n := range 5 {
		calls.Go(func() {
			if err := g.Do(context.Background(), n); !errors.Is(err, down) {
				t.Errorf("got %v", err)
			}
		})
	}
	<-entered
	for g.Waiting() < 5 {
	}
	close(open)
	calls.Wait()
	if len(entered) != 0 {
		t.Errorf("%d more runs", len(entered))
	}
}

func TestDo_panics(t *testing.T) {
	g := gather.New(gather.Options[int]{Turns: 1, Most: 1}, func(_ string, take func() []int) error {
		if take()[0] == 1 {
			panic("one")
		}
		return nil
	})
	if err := g.Do(t.Context(), 1); !errors.Is(err, gather.ErrPanic) {
		t.Errorf("got %v", err)
	}
	if err := g.Do(t.Context(), 2); err != nil {
		t.Errorf("after a panic: %v", err)
	}
}

// A run that begins again, as a transaction does, has the same items.
func TestDo_again(t *testing.T) {
	g := gather.New(gather.Options[int]{Turns: 1, Most: 9}, func(_ string, take func() []int) error {
		if a, b := take(), take(); len(a) != 1 || len(b) != 1 || a[0] != b[0] {
			t.Errorf("took %v and %v", a, b)
		}
		return nil
	})
	for n := range 3 {
		if err := g.Do(t.Context(), n); err != nil {
			t.Error(err)
		}
	}
}

func TestDo_many(t *testing.T) {
	var sum atomic.Int64
	g := gather.New(gather.Options[int]{Turns: 3, Most: 16}, func(_ string, take func() []int) error {
		for _, n := range take() {
			sum.Add(int64(n))
		}
		return nil
	})
	var calls sync.WaitGroup
	const callers, each = 32, 200
	for range callers {
		calls.Go(func() {
			for range each {
				if err := g.Do(context.Background(), 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	calls.Wait()
	if sum.Load() != callers*each {
		t.Errorf("%d of %d were served", sum.Load(), callers*each)
	}
}

// parity is a key.
func parity(n int) string { return []string{"even", "odd"}[n%2] }

// A run that hangs keeps those waiting that share its key, and nobody else.
func TestDo_keys(t *testing.T) {
	hang, entered := make(chan struct{}), make(chan struct{})
	o := gather.Options[int]{Turns: 1, Most: 9, Key: parity}
	g := gather.New(o, func(key string, take func() []int) error {
		for _, n := range take() {
			if parity(n) != key {
				t.Errorf("a run for the key %s has %d", key, n)
			}
		}
		if key == "odd" {
			entered <- struct{}{}
			<-hang
		}
		return nil
	})
	var odd sync.WaitGroup
	odd.Go(func() { _ = g.Do(context.Background(), 1) })
	<-entered
	odd.Go(func() { _ = g.Do(context.Background(), 3) })
	for g.Waiting() < 1 {
	}
	for n := range 10 {
		if err := g.Do(t.Context(), 2*n); err != nil {
			t.Error(err)
		}
	}
	if g.Waiting() != 1 {
		t.Errorf("%d wait, want 1", g.Waiting())
	}
	hang <- struct{}{}
	<-entered
	close(hang)
	odd.Wait()
}

// Close waits for those who wait, even if they have left, and refuses others.
func TestClose(t *testing.T) {
	gate := newGate()
	g := gather.New(gather.Options[int]{Turns: 1, Most: 1}, gate.run)
	done := make(chan error, 2)
	for n := range 2 {
		go func() { done <- g.Do(context.Background(), n) }()
	}
	<-gate.entered
	for g.Waiting() < 1 {
	}
	closed := make(chan struct{})
	go func() { g.Close(); close(closed) }()
	for refused := false; !refused; {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		refused = g.Do(ctx, 9) == gather.ErrClosed
		cancel()
	}
	select {
	case <-closed:
		t.Error("Close did not wait")
	default:
	}
	close(gate.open)
	<-closed
	if len(gate.batches) != 2 {
		t.Errorf("batches %v", gate.batches)
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	g.Close()
}
