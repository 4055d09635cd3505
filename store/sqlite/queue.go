package sqlite

import (
	"sync"
	"time"

	"carillon/internal/fair"
)

const (
	// long is what an update takes whose tenant yields to others: several times
	// an ordinary one, also where the machine is busy.
	long = 250 * time.Microsecond
	// grace is how long it waits for them, at most.
	grace = time.Millisecond
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
	q.holdBack()
	_, u, ok := q.waiting.Pop()
	return u, ok
}

// holdBack waits for a moment before a long update begins, if somebody who has
// had less than its tenant may be about to come: who is answered with every
// commit needs a little time to ask for more.
func (q *queue) holdBack() {
	for deadline := time.Now().Add(grace); q.waiting.Yields(int64(long)) && !q.closed && time.Now().Before(deadline); {
		q.mu.Unlock()
		time.Sleep(grace / 10)
		q.mu.Lock()
	}
}

// tryPop takes an update out if one is there that may join a batch.
func (q *queue) tryPop() (*update, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.waiting.Yields(int64(long)) {
		return nil, false
	}
	_, u, ok := q.waiting.Pop()
	return u, ok
}

// shared reports whether an update of another tenant waits.
func (q *queue) shared(tenant string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.waiting.Shared(tenant)
}

// charge says how long an update of a tenant took.
func (q *queue) charge(tenant string, d time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting.Charge(tenant, int64(d))
}

// shareCommit shares the time of a commit out among its updates.
func (q *queue) shareCommit(batch []*update, d time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, u := range batch {
		q.waiting.Share(u.tenant, int64(d)/int64(len(batch)))
	}
}
