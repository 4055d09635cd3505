package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"carillon/tracing"
)

// tracedTo are options with spans that go to a collector.
func tracedTo(t testing.TB, collector http.HandlerFunc) func(*Options) {
	t.Helper()
	c := httptest.NewServer(collector)
	t.Cleanup(c.Close)
	settings, err := tracing.FromEnv(func(name string) string {
		return map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": c.URL}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	return func(o *Options) { o.Tracing = settings }
}

// Where nobody asks for traces nothing is wrapped, and log and records have none,
// whatever a client says.
func TestTracing_off(t *testing.T) {
	s := newSite(t)
	r := s.signed("POST", "/accounts", `{"Name": "Example"}`)
	r.Header.Set("Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	if w := s.send(r); w.Code != 201 {
		t.Fatal(w.Body)
	}
	if s.traces != nil || s.h.traces != nil || strings.Contains(s.log.String(), "trace_id") {
		t.Error("a request is followed although nobody asks for that")
	}
	s.wantMetrics(`carillon_trace_spans_total{outcome="sent"} 0`, `carillon_trace_spans_total{outcome="dropped"} 0`)
}

// Every line of a request names its trace: the client's, or a new one if that is
// no trace.
func TestTracing_log(t *testing.T) {
	s := newSite(t, tracedTo(t, func(http.ResponseWriter, *http.Request) {}))
	const known = "4bf92f3577b34da6a3ce929d0e0e4736"
	for _, c := range []struct {
		header string
		kept   bool
	}{
		{"00-" + known + "-00f067aa0ba902b7-01", true},
		{"00-" + known + "-00f067aa0ba902b7-00", true},
		{"00-" + known + "-0000000000000000-01", false},
		{"zz" + strings.Repeat("-", 4000), false},
		{"", false},
	} {
		r := s.signed("GET", "/accounts", "")
		r.Header.Set("Traceparent", c.header)
		s.send(r)
		lines := s.entries("request")
		id, _ := lines[len(lines)-1]["trace_id"].(string)
		if len(id) != 32 || (id == known) != c.kept {
			t.Errorf("%.80q: trace_id is %q", c.header, id)
		}
	}
}

// A request that fails in the worst way has its span too.
func TestTracing_panic(t *testing.T) {
	got := make(chan string, 10)
	s := newSite(t, tracedTo(t, func(_ http.ResponseWriter, r *http.Request) {
		var b strings.Builder
		_ = r.Write(&b)
		got <- b.String()
	}))
	s.h.keys = nil // so that looking for a key panics
	if w := s.send(s.signed("GET", "/accounts", "")); w.Code != 500 {
		t.Fatal(w.Code)
	}
	s.traces.close()
	if text := <-got; !strings.Contains(text, "http.response.status_code") {
		t.Errorf("the collector got %q", text)
	}
}
