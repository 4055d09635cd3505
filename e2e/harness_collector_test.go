package e2e

import (
	"bytes"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collector takes spans as an OpenTelemetry collector does: OTLP over HTTP.
type collector struct {
	*httptest.Server
	mu       sync.Mutex
	said     strings.Builder // all texts that were posted
	resource map[string]string
	spans    []span
	bad      []string // what was wrong with requests
}

// span is one that the collector has.
type span struct {
	*tracepb.Span
	attributes map[string]string
}

func newCollector(t testing.TB) *collector {
	c := &collector{}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

// ServeHTTP implements http.Handler.
func (c *collector) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var data tracepb.TracesData // on the wire the same as an ExportTraceServiceRequest
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil || proto.Unmarshal(body, &data) != nil || r.Method != http.MethodPost || r.URL.Path != "/v1/traces" ||
		r.Header.Get("Content-Type") != "application/x-protobuf" || r.Header.Get("X-Collector") != "a secret" {
		c.bad = append(c.bad, r.Method+" "+r.URL.Path)
	}
	for _, resource := range data.GetResourceSpans() {
		c.resource = attributeTexts(resource.GetResource().GetAttributes())
		for _, scope := range resource.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				c.spans = append(c.spans, span{s, attributeTexts(s.GetAttributes())})
				c.said.WriteString(withoutIDs(s).String())
			}
		}
	}
}

// withoutIDs leaves out of a span what may look like anything.
func withoutIDs(s *tracepb.Span) *tracepb.Span {
	s = proto.Clone(s).(*tracepb.Span)
	s.TraceId, s.SpanId, s.ParentSpanId, s.StartTimeUnixNano, s.EndTimeUnixNano = nil, nil, nil, 0, 0
	return s
}

// attributeTexts are attributes as texts.
func attributeTexts(list []*commonpb.KeyValue) map[string]string {
	m := map[string]string{}
	for _, a := range list {
		switch v := a.GetValue().GetValue().(type) {
		case *commonpb.AnyValue_StringValue:
			m[a.GetKey()] = v.StringValue
		default:
			m[a.GetKey()] = a.GetValue().String()
		}
	}
	return m
}

// all are the spans of a trace; of every one if traceID is empty.
func (c *collector) all(t testing.TB, traceID string) (list []span) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	equal(t, "requests that a collector refuses", c.bad, nil)
	for _, s := range c.spans {
		if traceID == "" || hex.EncodeToString(s.GetTraceId()) == traceID {
			list = append(list, s)
		}
	}
	return list
}

// children are the names of the spans that are parts of another, in the order of
// their beginnings. They lie within it.
func children(t testing.TB, list []span, of span) (names []string) {
	t.Helper()
	parts := slices.DeleteFunc(slices.Clone(list), func(s span) bool { return !bytes.Equal(s.GetParentSpanId(), of.GetSpanId()) })
	slices.SortStableFunc(parts, func(a, b span) int { return int(int64(a.GetStartTimeUnixNano()) - int64(b.GetStartTimeUnixNano())) })
	for _, s := range parts {
		names = append(names, s.GetName())
		if s.GetStartTimeUnixNano() < of.GetStartTimeUnixNano() || s.GetEndTimeUnixNano() > of.GetEndTimeUnixNano() || s.GetEndTimeUnixNano() < s.GetStartTimeUnixNano() {
			t.Errorf("%s lasts from %d to %d, %s from %d to %d", s.GetName(), s.GetStartTimeUnixNano(), s.GetEndTimeUnixNano(),
				of.GetName(), of.GetStartTimeUnixNano(), of.GetEndTimeUnixNano())
		}
	}
	return names
}

// named is the one span of a name.
func named(t testing.TB, list []span, name string) span {
	t.Helper()
	found := slices.DeleteFunc(slices.Clone(list), func(s span) bool { return s.GetName() != name })
	if len(found) != 1 {
		t.Fatalf("%d spans are called %s", len(found), name)
	}
	return found[0]
}

// traced starts a server that sends its spans to a collector, or elsewhere if a
// variable says so.
func (e *engine) traced(t *testing.T, endpoint string, vars []string, flags ...string) *env {
	t.Helper()
	vars = append([]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT=" + endpoint, "OTEL_EXPORTER_OTLP_HEADERS=x-collector=a%20secret",
		"OTEL_SERVICE_NAME=chime-test", "OTEL_RESOURCE_ATTRIBUTES=deployment.environment.name=e2e,service.name=other",
	}, append(vars, reception(t).trust()...)...)
	s, err := startServerIn(t.TempDir(), vars, append(e.newDatabase(t), flags...)...)
	succeed(t, err)
	s.cleanup(t)
	return newEnv(e, s)
}
