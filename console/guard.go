package console

import (
	"sync"
	"time"
)

// guard makes those wait who try to sign in again and again.
type guard struct {
	mu    sync.Mutex
	tries map[string]*tries
}

// tries are attempts of one sort that have not succeeded.
type tries struct {
	n    int
	last time.Time
}

const (
	// freeTries have no delay: people mistype.
	freeTries = 5
	// longestDelay bounds what somebody has to wait because of others.
	longestDelay = time.Minute
	// forgetTries is after how long nobody remembers.
	forgetTries = 15 * time.Minute
	// maxTries bounds how much is remembered. A guesser may have many addresses; who
	// is forgotten for want of room begins anew.
	maxTries = 20_000
)

func newGuard() *guard { return &guard{tries: map[string]*tries{}} }

// enter counts an attempt of all sorts, or returns how long to wait before the
// next one. What counts under several sorts waits for the slowest.
func (g *guard) enter(now time.Time, sorts ...string) (wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, sort := range sorts {
		if t := g.tries[sort]; t != nil {
			wait = max(wait, t.delay()-now.Sub(t.last))
		}
	}
	if wait > 0 {
		return wait
	}
	for _, sort := range sorts {
		g.count(now, sort)
	}
	return 0
}

func (g *guard) count(now time.Time, sort string) {
	t := g.tries[sort]
	if t == nil || now.Sub(t.last) > forgetTries {
		g.makeRoom(now)
		t = &tries{}
		g.tries[sort] = t
	}
	t.n, t.last = t.n+1, now
}

// makeRoom forgets what is old, or anything.
func (g *guard) makeRoom(now time.Time) {
	if len(g.tries) < maxTries {
		return
	}
	for sort, t := range g.tries {
		if now.Sub(t.last) > forgetTries {
			delete(g.tries, sort)
		}
	}
	for sort := range g.tries {
		if len(g.tries) < maxTries {
			return
		}
		delete(g.tries, sort)
	}
}

// delay doubles with each attempt that was too many.
func (t *tries) delay() time.Duration {
	if t.n < freeTries {
		return 0
	}
	return min(time.Second<<min(t.n-freeTries, 10), longestDelay)
}

// forgive forgets attempts after one that was good.
func (g *guard) forgive(sorts ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, sort := range sorts {
		delete(g.tries, sort)
	}
}
