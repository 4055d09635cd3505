package server

import (
	"context"
	"errors"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"carillon/internal/fair"
)

const (
	// perProcessor is how many requests are worked on at the same time: enough for
	// commits that many share, and few enough for a short queue of the scheduler.
	perProcessor = 128
	// orderly is how long requests of a tenant wait in their order: an answer
	// should be there within half a second.
	orderly = 300 * time.Millisecond
	// A request that has not been begun is refused after patience, but only one for
	// ten that are begun, and after lastPatience in any case.
	patience     = time.Second
	lastPatience = 5 * time.Second
)

// gate lets requests be worked on, a number at a time, shared out by AWS account.
// The others wait outside, where they take no processor: those of a tenant in
// their order as long as that is quick, and then the latest first.
type gate struct {
	permits *fair.Semaphore
	outside *shares // room to wait in
	pulse   pulse

	refusals    *prometheus.CounterVec
	turns, room prometheus.Counter // refusals for want of these
}

// Why a request is refused that nothing is wrong with.
var (
	errNoTurn = errors.New("no turn in time")
	errNoRoom = errors.New("no room")
)

func newGate(outside *shares) *gate {
	working := perProcessor * runtime.GOMAXPROCS(0)
	g := &gate{permits: fair.NewSemaphore(working, working), outside: outside}
	g.permits.Patience = fair.Patience{Orderly: orderly, Most: patience}
	g.refusals = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "carillon_requests_refused_total",
		Help: "Requests refused because of too many others, by reason: turn (not begun in time) or room (too many of the same AWS account wait).",
	}, []string{"reason"})
	g.turns, g.room = g.refusals.WithLabelValues("turn"), g.refusals.WithLabelValues("room")
	return g
}

// collectors are the gate's metrics.
func (g *gate) collectors() []prometheus.Collector {
	return []prometheus.Collector{g.refusals, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "carillon_requests_waiting", Help: "Requests that have come whole and wait to be begun.",
	}, func() float64 { return float64(g.outside.total - g.outside.left()) })}
}

// enter implements places: it waits for a turn.
func (g *gate) enter(ctx context.Context, who string) error {
	g.pulse.start()
	if !g.permits.TryAcquire(who) {
		if err := g.wait(ctx, who); err != nil {
			return err
		}
	}
	g.pulse.yield()
	return nil
}

func (g *gate) wait(ctx context.Context, who string) error {
	if err := g.outside.take(ctx, who, 1); err != nil {
		g.room.Inc()
		return err
	}
	defer g.outside.give(who, 1)
	limited, cancel := context.WithTimeout(ctx, lastPatience)
	defer cancel()
	if err := g.permits.Acquire(limited, who); err != nil {
		g.turns.Inc()
		return busy(errNoTurn)
	}
	return nil
}

// leave implements places.
func (g *gate) leave(who string) { g.permits.Release(who) }
