// Package dispatch is the door to the rules: whoever wants an operation run,
// whatever the protocol, comes through [Dispatcher.Do]. Nothing else opens a
// transaction for an operation.
package dispatch

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"carillon/api"
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
	// Audit, if not nil, keeps the records of changes.
	Audit Audit
	// Wake is called when there may be jobs to be run.
	Wake func()
	// Log hears of panics; nil stands for [slog.Default].
	Log *slog.Logger
}

// Audit keeps the record of one change: of one that happened, in its own
// transaction, where an error undoes it; or of one that was refused.
type Audit func(w *work.Unit, in api.Input, out api.Output, refusal *api.Error) error

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

	// What became of it when its transaction ran the last time.
	unit *work.Unit
	out  api.Output
}

// Rest is what a door has not read yet of an input.
type Rest interface{ Read() error }

// Dispatcher runs operations. It is safe for concurrent use.
type Dispatcher struct {
	Config
	rules   map[*api.Op]*bound
	limiter limiter
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
}

// bound is the rule of an operation with what its calls share.
type bound struct {
	Rule
	together *together
}

// Do runs an operation: permission, throttle, shape, and then the rule in its
// transaction, with the record of what it changed. An error is a refusal, an
// *api.Error, or a failure of the server.
func (d *Dispatcher) Do(ctx context.Context, c *Call) (api.Output, error) {
	if err := d.permit(ctx, c); err != nil {
		return nil, err
	}
	if err := d.limiter.allow(c.Caller, c.Op); err != nil {
		return nil, err
	}
	if c.Rest != nil {
		if err := c.Rest.Read(); err != nil {
			return nil, err
		}
	}
	if err := c.In.Validate(); err != nil {
		return nil, err
	}
	out, err := d.run(ctx, c)
	if err != nil {
		return nil, d.refuse(ctx, c, err)
	}
	return out, nil
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
	return d.update(ctx, c, b, c.In)
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

func (d *Dispatcher) update(ctx context.Context, c *Call, b *bound, in api.Input) (api.Output, error) {
	err := d.unit(ctx, c, d.write, func(w *work.Unit) (err error) {
		if c.out, err = b.Call(w, in); err != nil {
			return err
		}
		return d.record(w, in, c.out, nil)
	})
	return c.out, err
}

// updates does the parts of a call. Each leaves its own record.
func (d *Dispatcher) updates(ctx context.Context, c *Call, b *bound) (api.Output, error) {
	parts := b.Divide(c.In)
	outs := make([]api.Output, len(parts.Inputs))
	for i, in := range parts.Inputs {
		out, err := d.update(ctx, c, b, in)
		if err != nil {
			return nil, err
		}
		outs[i] = out
	}
	return parts.Join(outs), nil
}

// record keeps the record of a change. An error of the audit is a failure,
// whatever it may look like, and never the caller's fault.
func (d *Dispatcher) record(w *work.Unit, in api.Input, out api.Output, refusal *api.Error) error {
	if d.Audit == nil {
		return nil
	}
	err := d.Audit(w, in, out, refusal)
	if work.Refusal(err) != nil {
		return fmt.Errorf("audit: %v", err)
	}
	return err
}
