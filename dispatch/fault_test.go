package dispatch

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"carillon/api"
)

func planned(plans ...Fault) *Faults {
	f := new(Faults)
	for _, p := range plans {
		f.Plan(p)
	}
	return f
}

// Calls of an operation meet what is planned for it, one after the other, as often
// as is planned.
func TestFault_order(t *testing.T) {
	d := &Dispatcher{Config: Config{Faults: planned(
		Fault{Op: get, Kind: api.NotFound, Times: 1},
		Fault{Op: create, Kind: api.Conflict, Times: 2},
		Fault{Op: get, Kind: api.ThrottledClient, Times: 2},
		Fault{Op: createOne, Kind: api.ServiceFailure},
	)}}
	for i, step := range []struct {
		op   *api.Op
		want api.Kind // without name: the call goes on
	}{
		{get, api.NotFound},
		{get, api.ThrottledClient},
		{create, api.Conflict},
		{get, api.ThrottledClient},
		{get, api.Kind{}},
		{create, api.Conflict},
		{create, api.Kind{}},
		{createOne, api.ServiceFailure},
		{createOne, api.ServiceFailure},
	} {
		err := d.fault(t.Context(), &Call{Op: step.op})
		if (step.want.Name == "") != (err == nil) || err != nil && !api.IsKind(err, step.want) {
			t.Errorf("call %d of %s: got %v, want %s", i+1, step.op.Name, err, step.want.Name)
		}
	}
	if left := d.Faults.List(); len(left) != 1 || left[0].Op != createOne {
		t.Errorf("left: %v", left)
	}
	if d.Faults.Clear(); d.fault(t.Context(), &Call{Op: createOne}) != nil || len(d.Faults.List()) != 0 {
		t.Error("a fault is left")
	}
}

// A planned fault changes nothing, and a call that would be refused anyway meets
// none.
func TestFault_beforeTheRule(t *testing.T) {
	w := newWorld(t)
	w.live(Config{Faults: planned(Fault{Op: create, Kind: api.ServiceFailure, Times: 1}), Audit: auditFunc(w.audited), Rules: map[*api.Op]Rule{create: {Call: leaveNamed}}})
	if _, err := w.Do(t.Context(), callOf(create, named(""))); !api.IsKind(err, api.BadRequest) {
		t.Errorf("a bad shape: %v", err)
	}
	_, err := w.call(create, named("a"))
	w.refused("planned", err, api.ServiceFailure)
	w.equal("there", w.has("a"), false)
	w.equal("audit", w.log.take(), []string(nil))
	_, err = w.call(create, named("a"))
	w.must(err)
	w.equal("there", w.has("a"), true)
}

// Who waits lets go of what it holds, and waits no longer than somebody waits for it.
func TestFault_latency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &Dispatcher{Config: Config{Faults: planned(Fault{Op: get, Latency: time.Second, Times: 2})}}
		place, start := new(placeTaken), time.Now()
		c := &Call{Op: get, Place: place}
		if err := d.fault(t.Context(), c); err != nil || !place.idle || time.Since(start) != time.Second {
			t.Errorf("%v after %s, idle: %t", err, time.Since(start), place.idle)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/4)
		defer cancel()
		start = time.Now()
		if err := d.fault(ctx, &Call{Op: get}); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second/4 {
			t.Errorf("given up: %v after %s", err, time.Since(start))
		}
	})
}

type placeTaken struct{ idle bool }

func (p *placeTaken) Idle(_ context.Context, wait func() error) error {
	p.idle = true
	return wait()
}

func TestFaults_bounded(t *testing.T) {
	f := new(Faults)
	for range maxFaults {
		if f.Full() || !f.Plan(Fault{Op: get, Times: 1}) {
			t.Fatalf("full with %d", len(f.List()))
		}
	}
	if !f.Full() || f.Plan(Fault{Op: get, Times: 1}) || len(f.List()) != maxFaults {
		t.Errorf("%d are planned", len(f.List()))
	}
}

func TestLimiter_refill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Throttle{RPS: 1, Burst: 2})
		for range 2 {
			if got := burst(l, alice, getUser); got != 2 {
				t.Errorf("%d calls at once", got)
			}
			l.refill()
		}
	})
}
