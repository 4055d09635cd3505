package dispatch

import (
	"context"
	"errors"
	"fmt"

	"carillon/api"
	"carillon/internal/gather"
	"carillon/store"
	"carillon/store/engine"
	"carillon/work"
)

// record keeps the records of changes that share a transaction. An error of the
// audit is a failure, whatever it may look like, and never the caller's fault.
func (d *Dispatcher) record(events ...work.Event) error {
	if d.Audit == nil || len(events) == 0 {
		return nil
	}
	err := d.Audit.Keep(events...)
	if work.Refusal(err) != nil {
		return fmt.Errorf("audit: %v", err)
	}
	return err
}

// noteDenial tells the audit, and who counts, of a call that was not permitted. What is no part of
// the API any more is nobody's to permit.
func (d *Dispatcher) noteDenial(c *Call, err error) {
	var refusal *api.Error
	if !c.Op.Removed() && errors.As(err, &refusal) {
		if d.Denied != nil {
			d.Denied(c.Op)
		}
		d.note(work.Event{Unit: d.newUnit(store.Records{}, c), Refusal: refusal})
	}
}

// noteRead tells the audit of a call that has only read. Its records are those of a
// transaction that is over.
func (d *Dispatcher) noteRead(c *Call) {
	if !c.Op.Writes {
		c.unit.Records = store.Records{}
		d.note(work.Event{Unit: c.unit, In: c.In})
	}
}

// NoteUnsigned tells the audit of a request whose signature is not that of the key
// that it names. op may be nil.
func (d *Dispatcher) NoteUnsigned(caller *api.Caller, op *api.Op, request *work.Request, refusal *api.Error) {
	d.note(work.Event{Unit: d.newUnit(store.Records{}, &Call{Op: op, Caller: caller, Request: request}), Refusal: refusal, Unsigned: true})
}

// NoteSignIn tells the audit of a sign-in at a page of the console by who has a
// key, or, with a refusal, by who only names it.
func (d *Dispatcher) NoteSignIn(caller *api.Caller, pageURL string, request *work.Request, refusal *api.Error) {
	unit := d.newUnit(store.Records{}, &Call{Caller: caller, Request: request})
	d.note(work.Event{Unit: unit, SignIn: pageURL, Refusal: refusal, Unsigned: refusal != nil})
}

func (d *Dispatcher) note(e work.Event) {
	if d.Audit != nil {
		d.Audit.Note(e)
	}
}

// refused is a change that was refused. Its record is written before the caller
// hears of that; those that come at the same time share a transaction.
type refused struct {
	call    *Call
	refusal *api.Error
}

// again returns a unit that knows what the rule has touched before it refused.
func (f *refused) again(d *Dispatcher, r store.Records) *work.Unit {
	unit := d.newUnit(r, f.call)
	if before := f.call.unit; before != nil {
		unit.Touched = before.Touched
	}
	return unit
}

// newRefusals returns the group in which refusals meet.
func (d *Dispatcher) newRefusals() *gather.Group[*refused] {
	o := gather.Options[*refused]{Turns: 1, Most: perTurn, Key: func(r *refused) string { return r.call.Caller.AwsAccountID }}
	if d.Store != nil && d.Store.Distributed() {
		o.Turns = distributedTurns
		o.Match = func(first, other *refused) bool { return account(first.call.In) == account(other.call.In) }
	}
	return gather.New(o, func(awsAccountID string, take func() []*refused) error {
		return d.keepRefused(engine.WithTenant(context.Background(), awsAccountID), take)
	})
}

// keepRefused keeps the records of refused changes in a transaction.
func (d *Dispatcher) keepRefused(ctx context.Context, take func() []*refused) error {
	var events []work.Event
	err := d.transact(ctx, "", func(r store.Records) error {
		events = nil
		for _, f := range take() {
			events = append(events, work.Event{Unit: f.again(d, r), In: f.call.In, Refusal: f.refusal})
		}
		return d.record(events...)
	})
	for _, e := range events {
		d.end(e.Unit, err)
	}
	return err
}

// recordRefusal keeps the record of a refused change, together with others. What
// ails these must not keep it from being kept: then it is tried alone.
func (d *Dispatcher) recordRefusal(ctx context.Context, f *refused) error {
	ctx = engine.WithTenant(context.WithoutCancel(ctx), f.call.Caller.AwsAccountID)
	err := d.refusals.Do(ctx, f)
	if err != nil && !errors.Is(err, store.ErrUnavailable) {
		err = d.keepRefused(ctx, func() []*refused { return []*refused{f} })
	}
	return err
}
