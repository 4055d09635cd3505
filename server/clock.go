package server

import (
	"context"
	"sync/atomic"
	"time"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// clock is the time that rules and jobs follow: the real one or, for tests, one
// that can be moved ahead. How far is kept in the store, so that it survives a
// restart and holds for all replicas.
type clock struct {
	store   *store.Store
	enabled bool
	base    func() time.Time
	ahead   atomic.Int64 // milliseconds
	wake    func()
}

// Now returns the time of the rules.
func (c *clock) Now() time.Time { return c.at(c.ahead.Load()) }

// at is the time of a clock that is some milliseconds ahead.
func (c *clock) at(ms int64) time.Time { return c.base().Add(time.Duration(ms) * time.Millisecond) }

// load reads how far the clock is ahead.
func (c *clock) load(ctx context.Context) error {
	if !c.enabled {
		return nil
	}
	return c.store.View(ctx, func(r store.Records) error {
		ms, err := r.TestClockOffset()
		if err == nil {
			c.ahead.Store(ms)
		}
		return err
	})
}

// follow keeps up with replicas that move the clock, until ctx ends.
func (c *clock) follow(ctx context.Context) {
	every(ctx, time.Second, func() { _ = c.load(ctx) }) // the next tick tries again
}

// every calls look at each tick, until ctx ends.
func every(ctx context.Context, interval time.Duration, look func()) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			look()
		}
	}
}

func (c *clock) check() error {
	if !c.enabled {
		return api.Forbidden.Errorf("The clock of this server cannot be moved: it runs without --test-clock")
	}
	return nil
}

// advance moves the clock of all replicas, unless it would be too far ahead, and
// returns how many milliseconds it is ahead then.
func advance(r store.Records, d time.Duration) (int64, error) {
	if err := r.AdvanceTestClock(d.Milliseconds()); err != nil {
		return 0, err
	}
	ms, err := r.TestClockOffset()
	if err == nil && ms > maxAhead.Milliseconds() {
		err = api.Invalid("Advance", "leave the clock at most %s ahead of the real time", maxAhead)
	}
	return ms, err
}

// How far the clock moves in one step, and in all: durations end at 292 years.
const (
	maxAdvance = 100 * 365 * 24 * time.Hour
	maxAhead   = 2 * maxAdvance
)

// AdvanceTestClock moves the clock of rules and jobs ahead.
func (c *clock) AdvanceTestClock(w *work.Unit, in *api.AdvanceTestClockInput) (*api.AdvanceTestClockOutput, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	d, err := time.ParseDuration(in.Advance.V)
	if err != nil || d < 0 || d > maxAdvance {
		return nil, api.Invalid("Advance", "be a duration such as 192h, not negative and at most %s", maxAdvance)
	}
	ms, err := advance(w.Records, d)
	if err != nil {
		return nil, err
	}
	w.After(func(err error) {
		if err == nil {
			c.ahead.Store(ms)
			c.wake() // jobs may be due now
		}
	})
	return &api.AdvanceTestClockOutput{Now: api.TimestampOf(c.at(ms))}, nil
}

// GetTestClock returns the time of the rules.
func (c *clock) GetTestClock(w *work.Unit, _ *api.GetTestClockInput) (*api.GetTestClockOutput, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return &api.GetTestClockOutput{Now: api.TimestampOf(w.Now)}, nil
}
