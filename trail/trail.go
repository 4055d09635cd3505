// Package trail holds the rules of the audit: what a record says, how records
// are sealed, found and verified. Records are CloudTrail's.
//
// A record is written in the transaction of what it tells of, among those that
// are pending. Sealing puts pending ones into batches, each with the hash of the
// one before it; many records of one transaction are a batch at once, where nobody
// waits for the end of the chain. Look-ups see both.
//
// The package opens no transaction. What is to be done in one is a function over
// the records of the store; package server has the loops.
package trail

import (
	"carillon/internal/sealed"
	"carillon/store"
	"carillon/work"
)

// Level says what is recorded.
type Level string

// The levels.
const (
	// Changes are calls that change something, denials and bad signatures.
	Changes Level = "changes"
	// All is reads too.
	All Level = "all"
	// Off is nothing.
	Off Level = "off"
)

// Config is what a Trail needs.
type Config struct {
	Level Level
	// SealKey proves that this server has sealed a batch; TokenKey authenticates
	// and hides page tokens. Replicas share them.
	SealKey, TokenKey [32]byte
	// Committed, if not nil, is told of each record that is there for good.
	Committed func(record []byte)
	// Exclusive says that this process is the only writer: nobody waits for the end
	// of the chain.
	Exclusive bool
	// Wake, if not nil, is called when there is much to be sealed.
	Wake func()
}

// Trail writes and reads records. It is safe for concurrent use.
type Trail struct {
	Config
	ids    ids
	tokens tokens
	packer packer
	notes  notes
	kept   kept
	last   *store.Last[store.AuditRecord]
}

// New returns a Trail.
func New(c Config) *Trail {
	t := &Trail{Config: c, tokens: tokens{sealed.New(c.TokenKey)}, packer: newPacker()}
	t.notes.arrived = make(chan struct{}, 1)
	t.last = store.NewLast(t.add)
	return t
}

// Keep leaves the records of events for the end of the transaction that all of
// them share.
func (t *Trail) Keep(events ...work.Event) error {
	list := make([]store.AuditRecord, len(events))
	for i := range events {
		list[i] = t.record(&events[i])
	}
	if err := t.last.Leave(events[0].Records, list); err != nil {
		return err
	}
	for i := range events {
		if t.Committed == nil {
			break
		}
		events[i].After(func(err error) {
			if err == nil {
				t.Committed(expand(&list[i]))
			}
		})
	}
	return nil
}

// add adds the records of a commit to the chain if they are worth it and nobody
// waits for its end, else to those that wait.
func (t *Trail) add(r store.Records, list []store.AuditRecord) error {
	if t.Exclusive && len(list) >= sealAtOnce {
		return t.sealNow(r, list)
	}
	t.count(len(list))
	return r.InsertAuditRecords(list)
}

// KeepSteps writes the records of what a job did into its transaction.
func (t *Trail) KeepSteps(w *work.Unit) error {
	var events []work.Event
	for i := range w.Steps() {
		events = append(events, work.Event{Unit: w, Step: &w.Steps()[i]})
	}
	if len(events) == 0 {
		return nil
	}
	return t.Keep(events...)
}

// count wakes the sealer when there is enough for it to do.
func (t *Trail) count(records int) {
	if t.kept.add(records) && t.Wake != nil {
		t.Wake()
	}
}
