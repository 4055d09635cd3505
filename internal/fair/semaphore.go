package fair

import (
	"container/heap"
	"container/list"
	"context"
	"errors"
	"sync"
	"time"
)

// greed is how many times as many permits as are free a tenant may hold: three
// quarters of all when it is alone, less with others. What is left over serves
// who comes while it holds on to them. Few permits are not divided: a tenant
// without any takes the last one.
const greed = 3

// Semaphore is a number of permits. Who holds fewest of those that wait is
// next, whatever the others ask for. Its methods are safe for concurrent use.
type Semaphore struct {
	Patience // set before the first use

	mu      sync.Mutex
	free    int
	limit   int // most that a tenant may hold in company
	company company
	timer   *time.Timer        // serves those whom company kept waiting; nil: nobody
	holders map[string]*holder // those that hold or wait
	order   order              // of the holders that wait
	arrived uint64
	credit  int // permits since the last refusal
}

// Patience says what becomes of those who wait when there are more of them than can
// be served. The zero value lets all wait as they came, until their contexts end.
type Patience struct {
	// Orderly, if not 0, is for how long those of a tenant are served as they came.
	// While one of them has waited for longer, who came last is next: some in time
	// are better than all too late. Who came first is served when there is nobody
	// else.
	Orderly time.Duration
	// Most, if not 0, is after how long who came first is refused. A refusal takes
	// a part of what serving takes, and who is refused may come again at once: there
	// is one refusal at most for refusalAfter permits.
	Most time.Duration
}

// refusalAfter is how many permits there are for a refusal.
const refusalAfter = 10

// ErrRefused says that others were served instead.
var ErrRefused = errors.New("fair: others were served first for too long")

// holder is a tenant with its permits.
type holder struct {
	name    string
	held    int
	since   uint64    // when it began to wait or last got a permit
	waiters list.List // of *waiter, in the order in which they came
	index   int
}

// waiter is one who waits for a permit.
type waiter struct {
	ready chan struct{} // closed when the permit is there, or will not come
	since time.Time
	place *list.Element // nil: it waits no longer
	err   error         // valid once ready is closed
}

func (h *holder) at() *int { return &h.index }

func (h *holder) before(other ranked) bool {
	o := other.(*holder)
	return h.held < o.held || h.held == o.held && h.since < o.since
}

// NewSemaphore returns a semaphore with n permits, of which a tenant may hold up
// to limit while others are about, whatever is free: who works with a permit
// keeps something busy that is not counted, such as processors.
func NewSemaphore(n, limit int) *Semaphore {
	return &Semaphore{free: n, limit: max(1, limit), holders: map[string]*holder{}}
}

// Note says that a tenant is about that needs no permit now.
func (s *Semaphore) Note(tenant string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.company.note(tenant)
}

// TryAcquire takes a permit for a tenant if it may have one at once.
func (s *Semaphore) TryAcquire(tenant string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.company.note(tenant)
	h := s.holder(tenant)
	if !s.may(h) {
		s.forget(h)
		return false
	}
	s.grant(h)
	return true
}

// Acquire takes a permit for a tenant, when its turn comes. If ctx ends before,
// it returns the cause; [ErrRefused] as [Patience] says.
func (s *Semaphore) Acquire(ctx context.Context, tenant string) error {
	if s.TryAcquire(tenant) {
		return nil
	}
	w := s.wait(tenant)
	select {
	case <-w.ready:
		return w.err
	case <-ctx.Done():
	}
	if s.leave(tenant, w) {
		return context.Cause(ctx)
	}
	return w.err // the permit came first, or the refusal
}

// Release gives a permit of a tenant back.
func (s *Semaphore) Release(tenant string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.holders[tenant]
	h.held--
	s.free++
	if h.index >= 0 {
		heap.Fix(&s.order, h.index)
	}
	s.forget(h)
	s.serve()
}

// Waiting returns how many wait for a permit.
func (s *Semaphore) Waiting() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.order {
		n += h.(*holder).waiters.Len()
	}
	return n
}

// wait lets a tenant wait for a permit.
func (s *Semaphore) wait(tenant string) *waiter {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.holder(tenant)
	w := &waiter{ready: make(chan struct{}), since: time.Now()}
	w.place = h.waiters.PushBack(w)
	if h.index < 0 {
		s.arrived++
		h.since = s.arrived
		heap.Push(&s.order, h)
	}
	s.serve()
	return w
}

// leave gives up waiting; false: the permit is there, or will not come.
func (s *Semaphore) leave(tenant string, w *waiter) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.place == nil {
		return false
	}
	h := s.holders[tenant]
	h.remove(w)
	s.settle(h)
	return true
}

func (h *holder) remove(w *waiter) {
	h.waiters.Remove(w.place)
	w.place = nil
}

// serve hands out permits as long as somebody waits who may have one: if the
// one who holds fewest may not, nobody may.
func (s *Semaphore) serve() {
	for len(s.order) > 0 {
		h := s.order[0].(*holder)
		if !s.may(h) {
			s.serveLater()
			return
		}
		w := s.next(h)
		h.remove(w)
		s.grant(h)
		close(w.ready)
		s.refuse(h)
		s.settle(h)
	}
}

// refuse refuses who came first of a tenant, if that one has waited for too long
// and it is time for a refusal.
func (s *Semaphore) refuse(h *holder) {
	if s.credit++; s.Most == 0 || s.credit < refusalAfter || h.waiters.Len() == 0 {
		return
	}
	if first := h.first(); time.Since(first.since) > s.Most {
		s.credit = 0
		h.remove(first)
		first.err = ErrRefused
		close(first.ready)
	}
}

func (h *holder) first() *waiter { return h.waiters.Front().Value.(*waiter) }

// next returns who of a tenant is next.
func (s *Semaphore) next(h *holder) *waiter {
	first := h.first()
	if s.Orderly > 0 && time.Since(first.since) > s.Orderly {
		return h.waiters.Back().Value.(*waiter)
	}
	return first
}

// serveLater sees to it that those are served whom company keeps waiting when
// that has gone.
func (s *Semaphore) serveLater() {
	if s.free == 0 || s.timer != nil {
		return
	}
	s.timer = time.AfterFunc(lasting, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.timer = nil
		s.serve()
	})
}

func (s *Semaphore) may(h *holder) bool {
	if h.held >= s.limit && s.company.of(h.name) {
		return false
	}
	return s.free > 0 && (h.held == 0 || h.held < greed*s.free)
}

func (s *Semaphore) grant(h *holder) {
	s.free--
	h.held++
	s.arrived++
	h.since = s.arrived
}

// settle puts a holder that waited where it belongs now.
func (s *Semaphore) settle(h *holder) {
	if h.waiters.Len() > 0 {
		heap.Fix(&s.order, h.index)
		return
	}
	heap.Remove(&s.order, h.index)
	s.forget(h)
}

func (s *Semaphore) holder(tenant string) *holder {
	h := s.holders[tenant]
	if h == nil {
		h = &holder{name: tenant, index: -1}
		s.holders[tenant] = h
	}
	return h
}

// forget removes a holder that neither holds nor waits, if there are many.
func (s *Semaphore) forget(h *holder) {
	if len(s.holders) > remembered && h.held == 0 && h.waiters.Len() == 0 {
		delete(s.holders, h.name)
	}
}
