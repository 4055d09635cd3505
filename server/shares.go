package server

import (
	"context"
	"slices"
	"sync"
	"time"

	"carillon/api"
)

// shares is an amount of something, places or bytes, that takers share out.
// A taker may hold no more than it leaves to the others: half of the amount
// when alone, a third beside one that is as busy. So something is left for
// whoever comes next, and the amount is never exceeded.
type shares struct {
	total    int64
	patience time.Duration   // how long one who finds too little waits
	stopping <-chan struct{} // closed: nobody waits any more

	mu      sync.Mutex
	used    int64
	held    map[string]int64 // by taker, without those who hold nothing
	waiting []*claim         // in the order in which they came
}

// claim is an amount that somebody waits for.
type claim struct {
	who     string
	n       int64
	granted chan struct{}
}

func newShares(total int64, patience time.Duration, stopping <-chan struct{}) *shares {
	return &shares{total: total, patience: patience, stopping: stopping, held: map[string]int64{}}
}

// busy is the refusal of one who finds too little.
func busy(cause error) error {
	return &api.Error{Kind: api.ServiceUnavailable, Message: "The server is busy; the request was not begun", RetryAfter: time.Second, Err: cause}
}

// take takes n for a taker, who has to give it back. A taker's claims are
// served in their order.
func (s *shares) take(ctx context.Context, who string, n int64) error {
	c := s.ask(who, n)
	if c == nil {
		return nil
	}
	if s.patience == 0 {
		return s.refuse(c)
	}
	timer := time.NewTimer(s.patience)
	defer timer.Stop()
	select {
	case <-c.granted:
		return nil
	case <-ctx.Done():
	case <-s.stopping:
	case <-timer.C:
	}
	return s.refuse(c)
}

// refuse ends waiting.
func (s *shares) refuse(c *claim) error {
	if s.withdraw(c) {
		return busy(errNoRoom)
	}
	return nil // it was granted at the last moment
}

// ask takes n, or returns what has to be waited for.
func (s *shares) ask(who string, n int64) *claim {
	s.mu.Lock()
	defer s.mu.Unlock()
	mine := func(c *claim) bool { return c.who == who }
	if s.fits(who, n) && !slices.ContainsFunc(s.waiting, mine) {
		s.hold(who, n)
		return nil
	}
	c := &claim{who, n, make(chan struct{})}
	s.waiting = append(s.waiting, c)
	return c
}

// left returns how much nobody has.
func (s *shares) left() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total - s.used
}

func (s *shares) fits(who string, n int64) bool { return s.held[who]+n <= s.total-s.used }

func (s *shares) hold(who string, n int64) {
	s.used += n
	if s.held[who] += n; s.held[who] == 0 {
		delete(s.held, who)
	}
}

func (s *shares) withdraw(c *claim) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.waiting, c)
	if i < 0 {
		return false
	}
	s.waiting = slices.Delete(s.waiting, i, i+1)
	s.admit() // those behind it may have waited for it only
	return true
}

// give gives back what a taker has taken.
func (s *shares) give(who string, n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold(who, -n)
	s.admit()
}

// admit grants what fits by now, to each taker in the order of its claims.
func (s *shares) admit() {
	if len(s.waiting) == 0 {
		return
	}
	behind := map[string]bool{} // takers with a claim that does not fit yet
	s.waiting = slices.DeleteFunc(s.waiting, func(c *claim) bool {
		if behind[c.who] || !s.fits(c.who, c.n) {
			behind[c.who] = true
			return false
		}
		s.hold(c.who, c.n)
		close(c.granted)
		return true
	})
}
