// Package dispatch is the door to the rules: whoever wants an operation run,
// whatever the protocol, comes through [Dispatcher.Do]. Nothing else opens a
// transaction for an operation.
package dispatch

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"carillon/api"
	"carillon/internal/gather"
	"carillon/policy"
	"carillon/store"
	"carillon/store/engine"
	"carillon/work"
)

// Rule is what an operation does in a unit of work.
type Rule = api.Rule[*work.Unit]

// Config is what a Dispatcher needs.
type Config struct {
	// Rules are those of all operations: what [api.Bind] and its like return.
	Rules map[*api.Op]Rule
	Store *store.Store
	// Reads, if not nil, serves operations that only read; it may lag behind Store.
	Reads *store.Store
	// Now is the clock of the rules, NewID what [work.Unit] says.
	Now   func() time.Time
	NewID func() string
	// Throttle limits the rates of callers.
	Throttle Throttle
	// Faults, if not nil, are what tests plan to go wrong.
	Faults *Faults
	// Audit, if not nil, keeps the records of what was asked for.
	Audit Audit
	// Denied, if not nil, is told of each call that was not permitted.
	Denied func(*api.Op)
	// Wake is called when there may be jobs to be run.
	Wake func()
	// Log hears of panics; nil stands for [slog.Default].
	Log *slog.Logger
}

// Audit keeps records of what was asked for.
type Audit interface {
	// Keep keeps the records of changes, of those that happened and of those that
	// were refused, in the transaction that their units share. An error undoes it.
	Keep(events ...work.Event) error
	// Note is told of what changed nothing: reads, and calls that were denied. It
	// waits for nobody.
	Note(work.Event)
}

// Call is one operation that somebody asks for.
type Call struct {
	Op     *api.Op
	Caller *api.Caller
	// Policies say what the caller may do, unless it is the root key's.
	Policies *policy.Set
	// Request is how it was asked for; never nil.
	Request *work.Request
	// In is the input. Before Rest is read only the members that the path carries count.
	In api.Input
	// Rest, if not nil, reads the rest of the input, once the call is permitted.
	Rest Rest
	// Place, if not nil, is what the call holds of what is scarce.
	Place Place

	// What became of it when its transaction ran the last time.
	unit *work.Unit
	out  api.Output
}

// Rest is what a door has not read yet of an input.
type Rest interface{ Read() error }

// Place is what a call may hold of what is scarce.
type Place interface {
	// Idle runs a function that only waits, while others may have the place. Its
	// error is that of the function, or of taking the place again.
	Idle(ctx context.Context, wait func() error) error
}

// Dispatcher runs operations. It is safe for concurrent use.
type Dispatcher struct {
	Config
	rules    map[*api.Op]*bound
	limiter  limiter
	refusals *gather.Group[*refused]
	instant  atomic.Pointer[instant]
	// What operations look at, which may lag behind, and what prepares and changes.
	read, look, write transaction
}

// New returns a Dispatcher.
func New(c Config) *Dispatcher {
	c.Log = cmp.Or(c.Log, slog.Default())
	d := &Dispatcher{
		Config: c, rules: make(map[*api.Op]*bound, len(c.Rules)),
		read: cmp.Or(c.Reads, c.Store).View, look: c.Store.View, write: c.Store.Update,
	}
	d.limiter.set(c.Throttle)
	d.refusals = d.newRefusals()
	for op, rule := range c.Rules {
		b := &bound{Rule: rule}
		if b.Share != nil {
			b.together = d.together(b.Share)
		}
		d.rules[op] = b
	}
	return d
}

// SetThrottle changes the rates while calls are served. It reports whether they
// are others than before.
func (d *Dispatcher) SetThrottle(t Throttle) (changed bool) { return d.limiter.set(t) }

// Close waits for the transactions that calls share. Calls that come later share
// none.
func (d *Dispatcher) Close() {
	for _, b := range d.rules {
		if b.together != nil {
			b.together.Close()
		}
	}
	d.refusals.Close()
}

// bound is the rule of an operation with what its calls share.
type bound struct {
	Rule
	together *together
}

// Do runs an operation: permission, throttle, shape, what tests have planned, and
// then the rule in its transaction, with the record of what it changed. An error is a refusal, an
// *api.Error, or a failure of the server.
func (d *Dispatcher) Do(ctx context.Context, c *Call) (api.Output, error) {
	switch err := d.permit(ctx, c); {
	case errors.Is(err, errStrange):
		return nil, c.misshapen()
	case err != nil:
		d.noteDenial(c, err)
		return nil, err
	}
	if err := d.limiter.allow(c.Caller, c.Op); err != nil {
		return nil, err
	}
	if err := c.shape(); err != nil {
		return nil, err
	}
	if err := d.fault(ctx, c); err != nil {
		return nil, err
	}
	out, err := d.run(ctx, c)
	if err != nil {
		return nil, d.refuse(ctx, c, err)
	}
	d.noteRead(c)
	return out, nil
}

// shape reads the rest of the input and returns what is wrong with all of it.
func (c *Call) shape() error {
	if c.Rest != nil {
		if err := c.Rest.Read(); err != nil {
			return err
		}
	}
	return c.In.Validate()
}

// run takes a call that is good so far to its rule.
func (d *Dispatcher) run(ctx context.Context, c *Call) (api.Output, error) {
	b := d.rules[c.Op]
	if b.Prepare != nil {
		if err := d.prepare(engine.WithTenant(ctx, c.Caller.AwsAccountID), c, b); err != nil {
			return nil, err
		}
	}
	ctx = engine.WithTenant(ctx, c.Caller.AwsAccountID)
	switch {
	case !c.Op.Writes:
		return d.view(ctx, c, b)
	case b.together != nil:
		return d.share(ctx, c, b)
	case b.Divide != nil:
		return d.updates(ctx, c, b)
	}
	return d.update(ctx, c, b)
}

// prepare takes the step before the transaction, and does the errand that it
// leaves when the database is free for others again. It may find out for whom
// the caller works.
func (d *Dispatcher) prepare(ctx context.Context, c *Call, b *bound) error {
	var errand api.Errand
	err := d.unit(ctx, c, d.look, func(w *work.Unit) (err error) {
		errand, err = b.Prepare(w, c.In)
		c.Caller = w.Caller
		return err
	})
	if err != nil || errand == nil {
		return err
	}
	return d.protected(c.Request.ID, func() error { return errand(ctx) })
}

func (d *Dispatcher) view(ctx context.Context, c *Call, b *bound) (api.Output, error) {
	err := d.unit(ctx, c, d.read, func(w *work.Unit) (err error) {
		c.out, err = b.Call(w, c.In)
		return err
	})
	return c.out, err
}

func (d *Dispatcher) update(ctx context.Context, c *Call, b *bound) (api.Output, error) {
	return d.updatePart(ctx, c, b, work.Event{In: c.In})
}

// updatePart does a call, or a part of one, with its record.
func (d *Dispatcher) updatePart(ctx context.Context, c *Call, b *bound, e work.Event) (api.Output, error) {
	err := d.unit(ctx, c, d.write, func(w *work.Unit) (err error) {
		if c.out, err = b.Call(w, e.In); err != nil {
			return err
		}
		e.Unit, e.Out = w, c.out
		return d.record(e)
	})
	return c.out, err
}

// updates does the parts of a call. Each leaves its own record, which says which
// part it is.
func (d *Dispatcher) updates(ctx context.Context, c *Call, b *bound) (api.Output, error) {
	parts := b.Divide(c.In)
	outs := make([]api.Output, len(parts.Inputs))
	for i, in := range parts.Inputs {
		out, err := d.updatePart(ctx, c, b, work.Event{In: in, Part: i + 1, Parts: len(parts.Inputs)})
		if err != nil {
			return nil, err
		}
		outs[i] = out
	}
	return parts.Join(outs), nil
}
