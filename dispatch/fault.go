package dispatch

import (
	"context"
	"slices"
	"sync"
	"time"

	"carillon/api"
)

// Fault is what a test plans to go wrong with calls of an operation.
type Fault struct {
	Op *api.Op
	// Kind is the refusal that answers; a Kind without name: the call goes on.
	Kind api.Kind
	// Latency is how long the call waits before that.
	Latency time.Duration
	// Times is how many calls meet it; 0: all, until it is taken away.
	Times int64
}

// maxFaults is how many faults may be planned at once.
const maxFaults = 1000

// Faults are those that are planned, in this process: each of several replicas
// has its own. The zero value has none; it is safe for concurrent use.
type Faults struct {
	mu    sync.Mutex
	plans []Fault
}

// Plan adds a fault after those of the same operation, which calls meet first. It
// reports false if there is no room for another one.
func (f *Faults) Plan(fault Fault) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.plans) == maxFaults {
		return false
	}
	f.plans = append(f.plans, fault)
	return true
}

// Full reports whether there is no room for another one.
func (f *Faults) Full() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.plans) == maxFaults
}

// List returns what is still to come, in the order in which it was planned.
func (f *Faults) List() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.plans)
}

// Clear takes all of them away.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.plans = nil
}

// next returns the fault that a call of an operation meets, and counts it.
func (f *Faults) next(op *api.Op) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.plans, func(p Fault) bool { return p.Op == op })
	if i < 0 {
		return Fault{}, false
	}
	met := f.plans[i]
	switch met.Times {
	case 0: // for good
	case 1:
		f.plans = slices.Delete(f.plans, i, i+1)
	default:
		f.plans[i].Times--
	}
	return met, true
}

// fault lets a call that is about to run meet what a test has planned. Nothing has
// changed then, and the audit hears of nothing: to the caller it is as if the
// service had failed.
func (d *Dispatcher) fault(ctx context.Context, c *Call) error {
	if d.Faults == nil {
		return nil
	}
	met, ok := d.Faults.next(c.Op)
	if !ok {
		return nil
	}
	if err := c.wait(ctx, met.Latency); err != nil {
		return err
	}
	if met.Kind.Name == "" {
		return nil
	}
	return met.Kind.Errorf("A test has planned this fault")
}

// wait waits for a while. What the call holds is free for others meanwhile.
func (c *Call) wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	idle := func() error {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			return nil
		}
	}
	if c.Place == nil {
		return idle()
	}
	return c.Place.Idle(ctx, idle)
}

// Refill makes the callers of all operations begin anew with their rates.
func (d *Dispatcher) Refill() { d.limiter.refill() }
