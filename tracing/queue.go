package tracing

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// tellInterval is the time between lines of the log about trouble.
const tellInterval = 10 * time.Second

// queue sends spans in batches. Who ends a span waits for nobody: without room it
// is dropped and counted.
type queue struct {
	settings *Settings
	exporter *exporter
	log      *slog.Logger
	spans    chan sdk.ReadOnlySpan
	stopping chan struct{}
	stopOnce sync.Once
	stopped  chan struct{}
	sending  context.Context
	abort    context.CancelFunc

	sent, failed, dropped atomic.Int64
	told                  time.Time
}

func startQueue(s *Settings, e *exporter, log *slog.Logger) *queue {
	q := &queue{settings: s, exporter: e, log: log, spans: make(chan sdk.ReadOnlySpan, s.queue), stopping: make(chan struct{}), stopped: make(chan struct{})}
	q.sending, q.abort = context.WithCancel(context.Background())
	go q.run()
	return q
}

// OnStart implements sdk.SpanProcessor.
func (*queue) OnStart(context.Context, sdk.ReadWriteSpan) {}

// OnEnd implements sdk.SpanProcessor.
func (q *queue) OnEnd(s sdk.ReadOnlySpan) {
	if !s.SpanContext().IsSampled() {
		return
	}
	select {
	case q.spans <- s:
	default:
		q.dropped.Add(1)
	}
}

// ForceFlush implements sdk.SpanProcessor. Nobody calls it.
func (*queue) ForceFlush(context.Context) error { return nil }

// Shutdown implements sdk.SpanProcessor. It sends what is left until ctx ends.
func (q *queue) Shutdown(ctx context.Context) error {
	q.stopOnce.Do(func() { close(q.stopping) })
	stop := context.AfterFunc(ctx, q.abort)
	defer stop()
	<-q.stopped
	return ctx.Err()
}

// run sends batch after batch until it is told to stop, and then what is left.
func (q *queue) run() {
	defer close(q.stopped)
	defer q.abort()
	for {
		batch, more := q.gather()
		if len(batch) > 0 {
			q.send(batch)
		}
		if !more {
			return
		}
	}
}

// gather waits for spans until there are enough for a batch, or the first of them
// has waited long enough. false: there are no more, and will be none.
func (q *queue) gather() (batch []sdk.ReadOnlySpan, more bool) {
	var late <-chan time.Time
	for len(batch) < q.settings.batch {
		select {
		case s := <-q.spans:
			if batch = append(batch, s); late == nil {
				late = time.After(q.settings.delay)
			}
		case <-late:
			return batch, true
		case <-q.stopping:
			return q.rest(batch)
		}
	}
	return batch, true
}

// rest adds what waits to a batch.
func (q *queue) rest(batch []sdk.ReadOnlySpan) (_ []sdk.ReadOnlySpan, more bool) {
	for len(batch) < q.settings.batch {
		select {
		case s := <-q.spans:
			batch = append(batch, s)
		default:
			return batch, false
		}
	}
	return batch, true
}

// send sends a batch, once and for all.
func (q *queue) send(batch []sdk.ReadOnlySpan) {
	ctx, cancel := context.WithTimeout(q.sending, q.settings.timeout)
	defer cancel()
	rejected, err := q.exporter.export(ctx, batch)
	q.failed.Add(rejected)
	q.sent.Add(int64(len(batch)) - rejected)
	if err != nil && time.Since(q.told) >= tellInterval {
		q.told = time.Now()
		q.log.Warn("tracing: spans not delivered", "spans", rejected, "error", err.Error())
	}
}
