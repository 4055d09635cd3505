package fair

import "container/heap"

// Queue holds what waits for one worker, and gives it out so that each tenant
// that waits gets the same amount of work done, whatever it asks for. Items of
// one tenant keep their order.
//
// It is start-time fair queueing: a tenant's time goes on with what its items
// have cost, and the one whose time is earliest is next. Who comes back after a
// pause has saved up nothing.
//
// The zero value is an empty queue. It is not safe for concurrent use.
type Queue[T any] struct {
	// Debt, if not 0, is how much a tenant can owe the others at most, in the
	// unit of costs: for how long one that had a lot at once goes without.
	Debt int64

	tenants map[string]*account[T]
	waiting order // the tenants with items
	idle    order // those that were served not long ago
	now     int64 // the time of the tenant that was served last
	served  uint64
	length  int
}

// account is a tenant with its items.
type account[T any] struct {
	name  string
	time  int64
	usual int64  // what an item costs, on average of the last few
	turn  uint64 // when it was last served, for those at the same time
	items line[T]
	index int
}

func (a *account[T]) at() *int { return &a.index }

func (a *account[T]) before(other ranked) bool {
	b := other.(*account[T])
	return a.time < b.time || a.time == b.time && a.turn < b.turn
}

// Len returns how many items wait.
func (q *Queue[T]) Len() int { return q.length }

// Shared reports whether an item of another tenant waits.
func (q *Queue[T]) Shared(tenant string) bool {
	return len(q.waiting) > 1 || len(q.waiting) == 1 && q.first().name != tenant
}

func (q *Queue[T]) first() *account[T] { return q.waiting[0].(*account[T]) }

// Yields reports that the next item had better wait for a moment, if the worker
// can afford that: its tenant's usually cost more than long, and another one
// that has had less was here just now and may come again.
func (q *Queue[T]) Yields(long int64) bool {
	return len(q.waiting) > 0 && len(q.idle) > 0 && q.first().usual > long &&
		q.idle[0].(*account[T]).time < q.first().time
}

// Push adds an item.
func (q *Queue[T]) Push(tenant string, item T) {
	a := q.account(tenant)
	if a.items.len() == 0 {
		heap.Remove(&q.idle, a.index)
		a.time = max(a.time, q.now)
		heap.Push(&q.waiting, a)
	}
	a.items.push(item)
	q.length++
}

// Pop removes the next item. Say what it has cost with Charge, before the next
// Pop if it can be known. false: the queue is empty.
func (q *Queue[T]) Pop() (tenant string, item T, ok bool) {
	if q.length == 0 {
		return "", item, false
	}
	a := q.first()
	item = a.items.pop()
	q.length--
	q.served++
	a.turn = q.served
	q.now = max(q.now, a.time)
	q.forget()
	if a.items.len() > 0 {
		heap.Fix(&q.waiting, a.index)
	} else {
		heap.Remove(&q.waiting, a.index)
		heap.Push(&q.idle, a)
	}
	return a.name, item, true
}

// forget drops the idle tenants whose time has come, so that they may as well
// be new, and all of them if there are many and nobody waits.
func (q *Queue[T]) forget() {
	crowd := q.length == 0 && len(q.idle) > remembered
	for len(q.idle) > 0 && (crowd || q.idle[0].(*account[T]).time < q.now) {
		a := heap.Pop(&q.idle).(*account[T])
		delete(q.tenants, a.name)
	}
}

// Charge says that an item of a tenant has cost so much, in any unit.
func (q *Queue[T]) Charge(tenant string, cost int64) {
	a := q.account(tenant)
	a.usual += (cost - a.usual) / 4
	q.owe(a, cost)
}

// Share says that a tenant has its part in a cost that is no item's own.
func (q *Queue[T]) Share(tenant string, cost int64) { q.owe(q.account(tenant), cost) }

func (q *Queue[T]) owe(a *account[T], cost int64) {
	if a.name == Background {
		cost *= backgroundWeight
	}
	a.time += cost
	if q.Debt > 0 {
		a.time = min(a.time, q.now+q.Debt)
	}
	if a.items.len() > 0 {
		heap.Fix(&q.waiting, a.index)
	} else {
		heap.Fix(&q.idle, a.index)
	}
}

// account returns a tenant, which is idle if it is new.
func (q *Queue[T]) account(tenant string) *account[T] {
	a := q.tenants[tenant]
	if a == nil {
		a = &account[T]{name: tenant, time: q.now}
		if q.tenants == nil {
			q.tenants = map[string]*account[T]{}
		}
		q.tenants[tenant] = a
		heap.Push(&q.idle, a)
	}
	return a
}
