// Package fair shares out by tenant what many want at the same time: a queue
// that one worker empties, and a number of permits. A tenant that is alone gets
// everything; nobody waits because another one asks for much.
package fair

// Background is the tenant of work that no tenant has asked for.
const Background = ""

// backgroundWeight is how many times over a [Queue] charges background work:
// its share is that much smaller than a tenant's.
const backgroundWeight = 4

// remembered is how many tenants are kept although nothing of theirs is here,
// since they are likely to come again.
const remembered = 256

// ranked is what an order keeps: a tenant with its place.
type ranked interface {
	// before reports whether it goes before another one.
	before(other ranked) bool
	// at points to its index in the order, which is -1 outside.
	at() *int
}

// order is a heap of tenants; see [container/heap].
type order []ranked

func (o order) Len() int           { return len(o) }
func (o order) Less(i, j int) bool { return o[i].before(o[j]) }

func (o order) Swap(i, j int) {
	o[i], o[j] = o[j], o[i]
	*o[i].at(), *o[j].at() = i, j
}

func (o *order) Push(x any) {
	r := x.(ranked)
	*r.at() = len(*o)
	*o = append(*o, r)
}

func (o *order) Pop() any {
	last := len(*o) - 1
	r := (*o)[last]
	(*o)[last] = nil
	*o = (*o)[:last]
	*r.at() = -1
	return r
}

// line is a first-in, first-out queue.
type line[T any] struct {
	items []T
	head  int // items before it are gone
}

func (l *line[T]) len() int { return len(l.items) - l.head }

func (l *line[T]) push(item T) {
	if l.head > 0 && len(l.items) == cap(l.items) {
		n := copy(l.items, l.items[l.head:])
		clear(l.items[n:])
		l.items, l.head = l.items[:n], 0
	}
	l.items = append(l.items, item)
}

// pop removes the first item. The line must not be empty.
func (l *line[T]) pop() T {
	var none T
	item := l.items[l.head]
	l.items[l.head] = none
	if l.head++; l.head == len(l.items) {
		l.items, l.head = l.items[:0], 0
	}
	return item
}
