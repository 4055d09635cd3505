package trail

import (
	"slices"
	"sync"
	"sync/atomic"

	"carillon/store"
	"carillon/work"
)

// Limits of what waits to be written.
const (
	maxNotes      = 8192
	maxNoteBytes  = 16 << 20
	maxTenantPart = 4 // an AWS account has this part of the room at most
	// NoteStep is how many are written in one transaction.
	NoteStep = 64
)

// notes are records that need no transaction of their own and wait for one. Who
// leaves one waits for nobody: without room it is dropped and counted.
type notes struct {
	mu      sync.Mutex
	waiting []store.AuditRecord
	bytes   int
	tenants map[string]int
	arrived chan struct{}
	dropped atomic.Int64
}

// Note leaves a record of what changed nothing: a call that was denied, a bad
// signature, or, if reads are recorded, a read.
func (t *Trail) Note(e work.Event) {
	if t.Level == All || e.Refusal != nil {
		t.notes.add(t.record(&e))
	}
}

func (n *notes) add(r store.AuditRecord) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.waiting) >= maxNotes || n.bytes+len(r.Record) > maxNoteBytes || n.tenants[r.AwsAccountID] >= maxNotes/maxTenantPart {
		n.dropped.Add(1)
		return
	}
	if n.tenants == nil {
		n.tenants = map[string]int{}
	}
	n.tenants[r.AwsAccountID]++
	n.waiting = append(n.waiting, r)
	n.bytes += len(r.Record)
	select {
	case n.arrived <- struct{}{}:
	default:
	}
}

// take returns some of those that have waited longest.
func (n *notes) take() []store.AuditRecord {
	n.mu.Lock()
	defer n.mu.Unlock()
	some := n.waiting[:min(len(n.waiting), NoteStep)]
	n.waiting = n.waiting[len(some):]
	for i := range some {
		n.bytes -= len(some[i].Record)
		if n.tenants[some[i].AwsAccountID]--; n.tenants[some[i].AwsAccountID] == 0 {
			delete(n.tenants, some[i].AwsAccountID)
		}
	}
	return some
}

// Noted is ready when there are notes to be written.
func (t *Trail) Noted() <-chan struct{} { return t.notes.arrived }

// Dropped is how many notes were dropped so far.
func (t *Trail) Dropped() int64 { return t.notes.dropped.Load() }

// giveBack lets notes wait again that could not be written.
func (n *notes) giveBack(some []store.AuditRecord) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.waiting = append(slices.Clone(some), n.waiting...)
	for i := range some {
		n.bytes += len(some[i].Record)
		n.tenants[some[i].AwsAccountID]++
	}
}

// WriteNotes writes some of the notes in a transaction and reports whether there
// may be more. Those of one that fails go on waiting.
func (t *Trail) WriteNotes(update func(func(store.Records) error) error) (more bool, err error) {
	some := t.notes.take()
	if len(some) == 0 {
		return false, nil
	}
	if err := update(func(r store.Records) error { return r.InsertAuditRecords(some) }); err != nil {
		t.notes.giveBack(some)
		return true, err
	}
	t.count(len(some))
	for i := range some {
		if t.Committed != nil {
			t.Committed(expand(&some[i]))
		}
	}
	return true, nil
}

// kept counts records until there are enough for a step of sealing.
type kept struct{ count atomic.Int64 }

// add reports whether there are.
func (k *kept) add(n int) bool {
	if k.count.Add(int64(n)) < sealStep {
		return false
	}
	k.count.Store(0)
	return true
}
