package fair_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"carillon/internal/fair"
)

// grab takes as many permits as a tenant may have.
func grab(s *fair.Semaphore, tenant string) (n int) {
	for s.TryAcquire(tenant) {
		n++
	}
	return n
}

// A tenant leaves something to those who are not there yet.
func TestSemaphore_greed(t *testing.T) {
	for permits, want := range map[int][]int{
		1:    {1, 0},
		2:    {2, 0},
		4:    {3, 1, 0},
		16:   {12, 3, 1, 0},
		4096: {3072, 768, 192, 48, 12},
	} {
		s := fair.NewSemaphore(permits, permits)
		for i, n := range want {
			if got := grab(s, fmt.Sprint(i)); got != n {
				t.Errorf("of %d permits tenant %d gets %d, want %d", permits, i, got, n)
			}
		}
	}
}

// lineUp has a tenant wait for n permits, which it reports by its name.
func lineUp(s *fair.Semaphore, tenant string, n int, got chan<- string) {
	for range n {
		before := s.Waiting()
		go func() {
			_ = s.Acquire(context.Background(), tenant)
			got <- tenant
		}()
		for s.Waiting() == before {
		}
	}
}

// Who holds fewest is next, and among those with as many the one who has waited
// longest.
func TestSemaphore_order(t *testing.T) {
	s := fair.NewSemaphore(2, 2)
	if n := grab(s, "a"); n != 2 {
		t.Fatalf("a has %d permits", n)
	}
	got := make(chan string)
	lineUp(s, "a", 2, got)
	lineUp(s, "b", 2, got)
	lineUp(s, "c", 1, got)
	order := ""
	next := func(release string) {
		s.Release(release)
		order += <-got
	}
	next("a") // b has none and came before c
	next("a") // a and c have none, and a came before c
	next("b") // b and c have none; b got one after c came
	next("c") // b has none
	next("a")
	if want := "bacba"; order != want {
		t.Errorf("order %q, want %q", order, want)
	}
}

// In company a tenant may hold less, until the others have gone.
func TestSemaphore_company(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fair.NewSemaphore(8, 2)
		if n := grab(s, "a"); n != 6 {
			t.Errorf("alone a tenant holds %d", n)
		}
		for range 6 {
			s.Release("a")
		}
		if b, a, none := grab(s, "b"), grab(s, "a"), grab(s, fair.Background); a != 2 || b != 2 || none != 2 {
			t.Errorf("in company a holds %d, b %d, the background %d, want 2 each", a, b, none)
		}
		began := time.Now()
		if err := s.Acquire(t.Context(), "a"); err != nil { // nobody gives a permit back
			t.Error(err)
		}
		if took := time.Since(began); took < 100*time.Millisecond || took > time.Second {
			t.Errorf("it took %v until there was no company", took)
		}
	})
}

// The background is no company, and who needs no permit is.
func TestSemaphore_note(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fair.NewSemaphore(8, 2)
		s.TryAcquire(fair.Background)
		if n := grab(s, "a"); n != 6 {
			t.Errorf("beside the background a tenant holds %d", n)
		}
		s.Release("a")
		s.Note("b")
		if s.TryAcquire("a") {
			t.Error("a tenant got another permit in company")
		}
		time.Sleep(time.Second)
		if !s.TryAcquire("a") {
			t.Error("a tenant got no permit when it was alone again")
		}
	})
}

func TestSemaphore_leave(t *testing.T) {
	s := fair.NewSemaphore(1, 1)
	s.TryAcquire("a")
	reason := errors.New("a reason")
	ctx, cancel := context.WithCancelCause(context.Background())
	left := make(chan error)
	go func() { left <- s.Acquire(ctx, "b") }()
	for s.Waiting() == 0 {
	}
	cancel(reason)
	if err := <-left; err != reason {
		t.Errorf("who leaves gets %v, want the cause", err)
	}
	s.Release("a")
	if !s.TryAcquire("c") {
		t.Error("the permit is lost")
	}
}

// A permit that comes together with the end of the context is not lost.
func TestSemaphore_leaveLate(t *testing.T) {
	const permits, callers, rounds = 3, 16, 300
	s := fair.NewSemaphore(permits, permits)
	var inside atomic.Int64
	var calls sync.WaitGroup
	for i := range callers {
		calls.Go(func() {
			for range rounds {
				ctx, cancel := context.WithCancel(context.Background())
				go cancel()
				tenant := fmt.Sprint((i + rand.IntN(2)) % 5)
				if s.Acquire(ctx, tenant) != nil {
					continue
				}
				if n := inside.Add(1); n > permits {
					t.Errorf("%d have a permit of %d", n, permits)
				}
				inside.Add(-1)
				s.Release(tenant)
			}
		})
	}
	calls.Wait()
	for i := range permits {
		if !s.TryAcquire(fmt.Sprint("new ", i)) {
			t.Errorf("permit %d is lost", i)
		}
	}
}

// Many tenants that come once leave little behind.
func TestSemaphore_forgets(t *testing.T) {
	s := fair.NewSemaphore(1, 1)
	for i := range 10_000 {
		tenant := fmt.Sprint(i)
		s.TryAcquire(tenant)
		s.Release(tenant)
	}
	if n := s.Known(); n > 300 {
		t.Errorf("%d tenants are kept", n)
	}
}

func BenchmarkSemaphore(b *testing.B) {
	s := fair.NewSemaphore(4, 4)
	b.ReportAllocs()
	for b.Loop() {
		s.TryAcquire("111122223333")
		s.Release("111122223333")
	}
}

func BenchmarkQueue(b *testing.B) {
	var q fair.Queue[int]
	b.ReportAllocs()
	for b.Loop() {
		q.Push("111122223333", 1)
		_, _, _ = q.Pop()
		q.Charge("111122223333", 1)
	}
}
