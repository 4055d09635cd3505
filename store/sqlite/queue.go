package sqlite

import (
	"sync"
	"time"

	"carillon/internal/fair"
)

// queue holds the updates that wait for the writer, who is the only one to take
// them out.
type queue struct {
	mu      sync.Mutex
	arrived sync.Cond
	waiting fair.Queue[*update]
	closed  bool
}

func newQueue() *queue {
	q := &queue{waiting: fair.Queue[*update]{Debt: int64(maxDebt)}}
	q.arrived.L = &q.mu
	return q
}

func (q *queue) push(u *update) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting.Push(u.tenant, u)
	q.arrived.Signal()
}

// close has pop return false when all that waits has been taken out.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.arrived.Signal()
}

// pop waits for an update. false: there will be none.
func (q *queue) pop() (*update, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.waiting.Len() == 0 && !q.closed {
		q.arrived.Wait()
	}
	_, u, ok := q.waiting.Pop()
	return u, ok
}

// tryPop takes an update out if one is there.
func (q *queue) tryPop() (*update, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	_, u, ok := q.waiting.Pop()
	return u, ok
}

// shared reports whether an update of another tenant waits.
func (q *queue) shared(tenant string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.waiting.Shared(tenant)
}

// charge says how long the writer was busy for a tenant.
func (q *queue) charge(tenant string, d time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting.Charge(tenant, int64(d))
}
