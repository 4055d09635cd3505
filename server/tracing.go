package server

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"carillon/tracing"
	"carillon/work"
)

// traces follows requests and work in the background. nil: nobody asks for that.
// Spans have no member of a request, no name, no address and no path: only
// what the table of operations says, ids of AWS accounts, and what went wrong.
type traces struct {
	*tracing.Provider
	tracer trace.Tracer
}

// openTraces begins to send traces, if somebody asks for them.
func (s *Server) openTraces(o Options) error {
	if o.Tracing == nil {
		return nil
	}
	p, err := o.Tracing.Open("carillon", o.Version, o.Log)
	if err != nil {
		return fmt.Errorf("tracing: %w", err)
	}
	s.traces = &traces{p, p.Tracer("carillon", trace.WithInstrumentationVersion(o.Version))}
	s.store.Wrap(s.traces.around)
	return nil
}

func (t *traces) close() {
	if t != nil {
		t.Close()
	}
}

// followed is what is kept of a request that is followed.
type followed struct {
	span   trace.Span
	ready  time.Time // when its input had been read
	shared atomic.Pointer[work.SharedRun]
}

// begin follows a request from its first moment. It goes on with the trace that
// the client is in.
func (t *traces) begin(r *http.Request, x *exchange) *http.Request {
	ctx := t.Propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx, span := t.tracer.Start(ctx, "request", trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(x.started))
	f := &followed{span: span}
	x.followed = f
	x.request.Trace = &work.Trace{ID: span.SpanContext().TraceID().String(), Shared: func(run work.SharedRun) { f.shared.Store(&run) }}
	return r.WithContext(ctx)
}

// end ends the span of a request.
func (f *followed) end(r *http.Request, x *exchange) {
	if !f.span.IsRecording() {
		return
	}
	f.span.SetName(opName(x))
	f.span.SetAttributes(
		attribute.String("aws.request_id", x.request.ID), attribute.String("http.request.method", methodOf(r)),
		attribute.Int("http.response.status_code", x.status), attribute.String("url.scheme", schemeOf(x)),
	)
	if x.op != nil {
		f.span.SetAttributes(attribute.String("http.route", x.op.Path), attribute.String("rpc.service", x.op.Service.Name), attribute.String("rpc.method", x.op.Name))
	}
	if x.caller != nil {
		f.span.SetAttributes(attribute.String("cloud.account.id", x.caller.AwsAccountID))
	}
	if x.refusal != nil {
		f.span.SetAttributes(attribute.String("error.type", x.refusal.Kind.Name))
	}
	if x.status >= http.StatusInternalServerError {
		f.span.SetStatus(codes.Error, "")
	}
	f.span.End()
}

// methodOf is the method of a request, or what stands for those that are none.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "_OTHER"
}

func schemeOf(x *exchange) string {
	if x.request.Secure {
		return "https"
	}
	return "http"
}

func ignore() {}

// step begins a part of what ctx follows; call what it returns at its end.
func (t *traces) step(ctx context.Context, name string) (_ context.Context, end func()) {
	if t == nil {
		return ctx, ignore
	}
	ctx, span := t.tracer.Start(ctx, name)
	return ctx, func() { span.End() }
}

// part is a span of the past.
func (t *traces) part(ctx context.Context, name string, began, ended time.Time) {
	_, span := t.tracer.Start(ctx, name, trace.WithTimestamp(began))
	span.End(trace.WithTimestamp(ended))
}

// register adds what the metrics tell of spans: all 0 where nobody asks for them.
func (t *traces) register(registry *prometheus.Registry) {
	for outcome, count := range map[string]func(tracing.Counts) int64{
		"sent":    func(c tracing.Counts) int64 { return c.Sent },
		"failed":  func(c tracing.Counts) int64 { return c.Failed },
		"dropped": func(c tracing.Counts) int64 { return c.Dropped },
	} {
		registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "carillon_trace_spans_total", Help: "Spans by outcome: sent, failed (the collector did not take them) or dropped (there was no room).",
			ConstLabels: prometheus.Labels{"outcome": outcome},
		}, func() float64 {
			if t == nil {
				return 0
			}
			return float64(count(t.Counts()))
		}))
	}
}
