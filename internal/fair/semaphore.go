package fair

import (
	"container/heap"
	"context"
	"slices"
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
	mu      sync.Mutex
	free    int
	limit   int // most that a tenant may hold in company
	company company
	timer   *time.Timer        // serves those whom company kept waiting; nil: nobody
	holders map[string]*holder // those that hold or wait
	order   order              // of the holders that wait
	arrived uint64
}

// holder is a tenant with its permits.
type holder struct {
	name    string
	held    int
	since   uint64 // when it began to wait or last got a permit
	waiters []chan struct{}
	index   int
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
// it returns the cause.
func (s *Semaphore) Acquire(ctx context.Context, tenant string) error {
	if s.TryAcquire(tenant) {
		return nil
	}
	ready := s.wait(tenant)
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
	}
	if s.leave(tenant, ready) {
		return context.Cause(ctx)
	}
	return nil // the permit came first
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
		n += len(h.(*holder).waiters)
	}
	return n
}

// wait lets a tenant wait for a permit, which closes the channel.
func (s *Semaphore) wait(tenant string) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.holder(tenant)
	ready := make(chan struct{})
	h.waiters = append(h.waiters, ready)
	if h.index < 0 {
		s.arrived++
		h.since = s.arrived
		heap.Push(&s.order, h)
	}
	s.serve()
	return ready
}

// leave gives up waiting; false: the permit is there.
func (s *Semaphore) leave(tenant string, ready chan struct{}) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.holders[tenant]
	if h == nil {
		return false
	}
	i := slices.Index(h.waiters, ready)
	if i < 0 {
		return false
	}
	h.waiters = slices.Delete(h.waiters, i, i+1)
	s.settle(h)
	return true
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
		ready := h.waiters[0]
		h.waiters = slices.Delete(h.waiters, 0, 1)
		s.grant(h)
		s.settle(h)
		close(ready)
	}
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
	if len(h.waiters) > 0 {
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
	if len(s.holders) > remembered && h.held == 0 && len(h.waiters) == 0 {
		delete(s.holders, h.name)
	}
}
