package trail

import (
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/time/rate"

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
	// Anybody can name a key: of requests that name those of an AWS account and
	// are not signed with them some leave records at once, and then so many a second.
	maxUnsigned  = 1024
	unsignedRate = 5
)

// notes are records that need no transaction of their own and wait for one. Who
// leaves one waits for nobody: without room it is dropped and counted.
type notes struct {
	mu      sync.Mutex
	waiting []store.AuditRecord
	bytes   int
	tenants map[string]waiting
	arrived chan struct{}
	dropped atomic.Int64
	// unsigned says how many bad signatures leave a record, by AWS account: only
	// those that have keys are in it.
	unsigned sync.Map // string → *rate.Limiter
}

// waiting is what waits of one AWS account.
type waiting struct{ records, bytes int }

// Note leaves a record of what changed nothing in the store: a call that was denied,
// a bad signature, a sign-in at the console, or, if reads are recorded, a read.
func (t *Trail) Note(e work.Event) {
	switch {
	case t.Level != All && e.Refusal == nil && e.SignIn == "":
	case e.Unsigned && !t.notes.allowUnsigned(e.Caller.AwsAccountID):
		t.notes.dropped.Add(1)
	default:
		t.notes.add(t.record(&e))
	}
}

func (n *notes) allowUnsigned(awsAccountID string) bool {
	v, ok := n.unsigned.Load(awsAccountID)
	if !ok {
		v, _ = n.unsigned.LoadOrStore(awsAccountID, rate.NewLimiter(unsignedRate, maxUnsigned))
	}
	return v.(*rate.Limiter).Allow()
}

func (n *notes) add(r store.AuditRecord) {
	n.mu.Lock()
	defer n.mu.Unlock()
	own := n.tenants[r.AwsAccountID]
	if len(n.waiting) >= maxNotes || n.bytes+len(r.Record) > maxNoteBytes ||
		own.records >= maxNotes/maxTenantPart || own.bytes+len(r.Record) > maxNoteBytes/maxTenantPart {
		n.dropped.Add(1)
		return
	}
	n.waiting = append(n.waiting, r)
	n.count(&r, 1)
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
		n.count(&some[i], -1)
	}
	return some
}

// count takes note of a record that waits, or does not any more.
func (n *notes) count(r *store.AuditRecord, sign int) {
	if n.tenants == nil {
		n.tenants = map[string]waiting{}
	}
	own := n.tenants[r.AwsAccountID]
	own.records += sign
	own.bytes += sign * len(r.Record)
	n.bytes += sign * len(r.Record)
	if n.tenants[r.AwsAccountID] = own; own.records == 0 {
		delete(n.tenants, r.AwsAccountID)
	}
}

// Noted is ready when there are notes to be written.
func (t *Trail) Noted() <-chan struct{} { return t.notes.arrived }

// Forget drops what waits to be written, for those who empty the database.
func (t *Trail) Forget() {
	t.notes.mu.Lock()
	defer t.notes.mu.Unlock()
	t.notes.waiting, t.notes.bytes, t.notes.tenants = nil, 0, nil
	t.notes.unsigned.Clear()
}

// Dropped is how many notes were dropped so far.
func (t *Trail) Dropped() int64 { return t.notes.dropped.Load() }

// giveBack lets notes wait again that could not be written.
func (n *notes) giveBack(some []store.AuditRecord) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.waiting = append(slices.Clone(some), n.waiting...)
	for i := range some {
		n.count(&some[i], 1)
	}
}

// WriteNotes writes some of the notes in a transaction and reports whether there
// may be more. Those of one that fails go on waiting.
func (t *Trail) WriteNotes(update func(func(store.Records) error) error) (more bool, err error) {
	some := t.notes.take()
	if len(some) == 0 {
		return false, nil
	}
	if err := update(func(r store.Records) error { return t.add(r, some) }); err != nil {
		t.notes.giveBack(some)
		return true, err
	}
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
