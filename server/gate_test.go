package server

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"carillon/api"
	"carillon/internal/fair"
)

// narrow is a gate for one request at a time, with room for some to wait.
func narrow(outside int64) *gate {
	g := newGate(newShares(outside, 0, nil))
	g.permits = fair.NewSemaphore(1, 1)
	g.permits.Patience = fair.Patience{Orderly: orderly, Most: patience}
	return g
}

// shown are the gate's metrics, by name or reason.
func (g *gate) shown(t *testing.T) map[string]float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(g.collectors()...)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			shown[f.GetName()] = m.GetGauge().GetValue()
			for _, label := range m.GetLabel() {
				shown[label.GetValue()] = m.GetCounter().GetValue()
			}
		}
	}
	return shown
}

// refused checks a refusal: its form, how long it took, and its cause.
func refused(t *testing.T, err error, after, want time.Duration, cause error) {
	t.Helper()
	var e *api.Error
	if !errors.As(err, &e) || e.Kind.Status != 503 || e.RetryAfter <= 0 || !errors.Is(err, cause) {
		t.Errorf("got %v, want a refusal because of: %v", err, cause)
	}
	if after != want {
		t.Errorf("refused after %s, want %s", after, want)
	}
}

func TestGate_waits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := narrow(8)
		if err := g.enter(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		in := make(chan error)
		go func() { in <- g.enter(t.Context(), "b") }()
		time.Sleep(time.Second)
		if n := g.shown(t)["carillon_requests_waiting"]; n != 1 {
			t.Errorf("%v wait", n)
		}
		g.leave("a")
		if err := <-in; err != nil {
			t.Error(err)
		}
		if g.outside.used != 0 {
			t.Errorf("%d still wait", g.outside.used)
		}
		g.leave("b")
		time.Sleep(time.Minute)
		if g.pulse.beating.Load() {
			t.Error("a server without requests has a pulse")
		}
	})
}

func TestGate_refuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := narrow(2) // of which a tenant leaves one
		if err := g.enter(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		began, late := time.Now(), make(chan error)
		go func() { late <- g.enter(t.Context(), "a") }()
		synctest.Wait()
		err := g.enter(t.Context(), "a")
		refused(t, err, time.Since(began), 0, errNoRoom)
		refused(t, <-late, time.Since(began), lastPatience, errNoTurn)
		gone, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		if g.enter(gone, "a") == nil || time.Since(began) != lastPatience+time.Second {
			t.Errorf("who has gone waits for %s", time.Since(began))
		}
		if n := g.shown(t); n["turn"] != 2 || n["room"] != 1 {
			t.Errorf("counted: %v", n)
		}
		g.leave("a")
		time.Sleep(time.Second) // the pulse ends
	})
}

// A delay says at once that there is a crowd, and only many looks without one that
// it has gone.
func TestPulse(t *testing.T) {
	var p pulse
	for i, test := range []struct {
		delay   time.Duration
		looks   int
		asked   bool
		crowded bool
		goesOn  bool
	}{
		{delay: standing, looks: 1, asked: true, crowded: false, goesOn: true},
		{delay: standing + 1, looks: 1, asked: true, crowded: true, goesOn: true},
		{delay: 0, looks: calm - 1, crowded: true, goesOn: true},
		{delay: time.Second, looks: 1, crowded: true, goesOn: true},
		{delay: 0, looks: calm - 1, crowded: true, goesOn: true},
		{delay: 0, looks: calm, asked: true, crowded: false, goesOn: true},
		{delay: 0, looks: 1, crowded: false, goesOn: false},
	} {
		var goesOn bool
		for range test.looks {
			p.asked.Store(test.asked)
			goesOn = p.note(test.delay)
		}
		if p.crowded.Load() != test.crowded || goesOn != test.goesOn {
			t.Errorf("step %d: crowded %v, goes on %v", i, p.crowded.Load(), goesOn)
		}
	}
}
