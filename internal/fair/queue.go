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
	order   order // of the tenants known, with or without items
	now     int64 // the time of the tenant that was served last
	served  uint64
	length  int
	waiting int // tenants with items
}

// account is a tenant with its items.
type account[T any] struct {
	name  string
	time  int64
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
	a := q.tenants[tenant]
	return q.waiting > 1 || q.waiting == 1 && (a == nil || a.items.len() == 0)
}

// Push adds an item.
func (q *Queue[T]) Push(tenant string, item T) {
	if q.length == 0 && len(q.tenants) > remembered {
		clear(q.tenants) // what they owe, if anything, is to nobody here
		q.order = nil
	}
	a := q.account(tenant)
	if a.items.len() == 0 {
		q.waiting++
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
	for {
		a := q.order[0].(*account[T])
		if a.items.len() > 0 {
			return a.name, q.take(a), true
		}
		// Its time is not after the others', so that it may as well be new.
		heap.Pop(&q.order)
		delete(q.tenants, a.name)
	}
}

func (q *Queue[T]) take(a *account[T]) T {
	item := a.items.pop()
	q.length--
	if a.items.len() == 0 {
		q.waiting--
	}
	q.now = max(q.now, a.time)
	q.served++
	a.turn = q.served
	heap.Fix(&q.order, a.index)
	return item
}

// Charge says that items of a tenant have cost so much, in any unit.
func (q *Queue[T]) Charge(tenant string, cost int64) {
	if tenant == Background {
		cost *= backgroundWeight
	}
	a := q.account(tenant)
	a.time += cost
	if q.Debt > 0 {
		a.time = min(a.time, q.now+q.Debt)
	}
	heap.Fix(&q.order, a.index)
}

// account returns a tenant, whose time has not fallen behind.
func (q *Queue[T]) account(tenant string) *account[T] {
	a := q.tenants[tenant]
	if a == nil {
		a = &account[T]{name: tenant, time: q.now}
		if q.tenants == nil {
			q.tenants = map[string]*account[T]{}
		}
		q.tenants[tenant] = a
		heap.Push(&q.order, a)
	}
	if a.items.len() == 0 && a.time < q.now {
		a.time = q.now
		heap.Fix(&q.order, a.index)
	}
	return a
}
