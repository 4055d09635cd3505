package tracing

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// send ends some spans and closes the provider of a collector.
func send(t *testing.T, collector http.HandlerFunc, spans int, more map[string]string) (Counts, string) {
	t.Helper()
	server := httptest.NewServer(collector)
	t.Cleanup(server.Close)
	env := map[string]string{endpoint: server.URL + "/s3cret"}
	for name, value := range more {
		env[name] = value
	}
	s, err := from(t, env)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	p, err := s.Open("carillon", "v1", slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for range spans {
		_, span := p.Tracer("test").Start(t.Context(), "span")
		span.End()
	}
	p.Close()
	return p.Counts(), log.String()
}

func TestProvider_sends(t *testing.T) {
	var got []byte
	var header http.Header
	counts, _ := send(t, func(_ http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		header = r.Header
	}, 3, map[string]string{"OTEL_EXPORTER_OTLP_HEADERS": "x-token=a%20b"})
	if counts != (Counts{Sent: 3}) || header.Get("X-Token") != "a b" || header.Get("Content-Type") != "application/x-protobuf" {
		t.Errorf("%+v, headers %v", counts, header)
	}
	if spans := bytes.Count(got, []byte("\x2a\x04span")); spans != 3 {
		t.Errorf("%d spans in %q", spans, got)
	}
}

// A collector that is busy is asked again; one that says no is not.
func TestProvider_again(t *testing.T) {
	var asked atomic.Int64
	counts, log := send(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}, 2, nil)
	if counts != (Counts{Sent: 2}) || asked.Load() != 2 || log != "" {
		t.Errorf("asked %d times, %+v, log %q", asked.Load(), counts, log)
	}
	asked.Store(0)
	counts, log = send(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusUnauthorized)
	}, 2, nil)
	if counts != (Counts{Failed: 2}) || asked.Load() != 1 || !strings.Contains(log, "the collector answered 401") || strings.Contains(log, "s3cret") {
		t.Errorf("asked %d times, %+v, log %q", asked.Load(), counts, log)
	}
}

// What a collector takes in part is counted so.
func TestProvider_partial(t *testing.T) {
	partial := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 2)
	counts, log := send(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(appendBytes(nil, 1, partial))
	}, 5, nil)
	if counts != (Counts{Sent: 3, Failed: 2}) || !strings.Contains(log, "not take all") {
		t.Errorf("%+v, log %q", counts, log)
	}
}

// A collector that stalls makes nobody wait: spans find no room, and are counted;
// the end comes in time.
func TestProvider_stalled(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	begun := time.Now()
	counts, _ := send(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // so that the server sees the client leave
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}, 1000, map[string]string{"OTEL_BSP_MAX_QUEUE_SIZE": "10", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "10", "OTEL_EXPORTER_OTLP_TIMEOUT": "300"})
	if counts.Sent != 0 || counts.Dropped == 0 || counts.Failed+counts.Dropped != 1000 {
		t.Errorf("%+v", counts)
	}
	if took := time.Since(begun); took > 10*flushTimeout {
		t.Errorf("it took %s", took)
	}
}
