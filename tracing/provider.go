package tracing

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// flushTimeout bounds how long Close sends what is left.
const flushTimeout = 5 * time.Second

// Provider makes tracers whose spans are sent to the collector.
type Provider struct {
	*sdk.TracerProvider
	// Propagator reads and writes headers that go on with a trace.
	Propagator propagation.TextMapPropagator
	queue      *queue
}

// Counts are how many spans the collector has, how many it did not take, and how
// many found no room to wait.
type Counts struct{ Sent, Failed, Dropped int64 }

// Open begins to send. Traces name a service and its version, unless
// OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES say otherwise. The log hears of
// trouble with the collector, every ten seconds at most.
func (s *Settings) Open(service, version string, log *slog.Logger) (*Provider, error) {
	about, err := resource.New(context.Background(),
		resource.WithAttributes(attribute.String("service.name", service), attribute.String("service.version", version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = s.tls
	q := startQueue(s, &exporter{s, &http.Client{Transport: transport, CheckRedirect: stay}}, log)
	provider := sdk.NewTracerProvider(sdk.WithSampler(s.sampler), sdk.WithResource(about), sdk.WithSpanProcessor(q))
	return &Provider{provider, s.propagator, q}, nil
}

// stay follows no redirect, which would take the headers elsewhere.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Counts tells what became of the spans so far.
func (p *Provider) Counts() Counts {
	return Counts{p.queue.sent.Load(), p.queue.failed.Load(), p.queue.dropped.Load()}
}

// Close sends what is left, for 5 s at most. Spans that end later are lost.
func (p *Provider) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
	defer cancel()
	_ = p.Shutdown(ctx) // what was not sent is counted
}
