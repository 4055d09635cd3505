package engine

// Last is what updates do last, once for all that share a commit, where each by
// itself would cost more. It is known by its address.
type Last struct {
	// Run gets what those updates have left that are about to be committed, in the
	// order in which they left it. Its error takes all of them back. Like an update
	// it may run more than once.
	Run func(tx Tx, items []any) error
}

// Leavings are what updates have left for the end. The zero value is empty.
type Leavings struct{ list []leaving }

type leaving struct {
	last  *Last
	items []any
}

// Add adds an item.
func (l *Leavings) Add(last *Last, items ...any) {
	for i := range l.list {
		if l.list[i].last == last {
			l.list[i].items = append(l.list[i].items, items...)
			return
		}
	}
	l.list = append(l.list, leaving{last, items})
}

// Join adds what another update has left.
func (l *Leavings) Join(other *Leavings) {
	for _, o := range other.list {
		l.Add(o.last, o.items...)
	}
}

// Run does what is to be done last.
func (l *Leavings) Run(tx Tx) error {
	for _, left := range l.list {
		if err := left.last.Run(tx, left.items); err != nil {
			return err
		}
	}
	return nil
}
