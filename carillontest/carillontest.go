// Package carillontest runs a Carillon server inside a Go test, for programs
// that talk to the Amazon Chime API. The server is the real one: real
// signatures, real errors, a real database in a temporary directory. It listens
// on loopback and stops with the test.
package carillontest

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"carillon/access"
	"carillon/chime"
	"carillon/server"
	"carillon/sigv4"
)

// Server is a running server and how to reach it.
type Server struct {
	// URL is the endpoint for AWS clients, as in http://127.0.0.1:41234.
	URL string
	// AccessKeyID and SecretAccessKey are the root key's.
	AccessKeyID, SecretAccessKey string
	// Region is one that clients can use; the server accepts any.
	Region string
	// AwsAccountID is the AWS account of the root key.
	AwsAccountID string
}

// Option changes what New starts.
type Option func(*server.Options)

// WithDatabase keeps the data in a PostgreSQL database instead of a temporary
// directory.
func WithDatabase(url string) Option {
	return func(o *server.Options) { o.Database = url }
}

// WithObservedFidelity makes the server refuse what the live service refused
// although its documentation allows it.
func WithObservedFidelity() Option {
	return func(o *server.Options) { o.Fidelity = chime.Observed }
}

// WithAwsAccountID sets the AWS account of the root key: 12 digits.
func WithAwsAccountID(id string) Option {
	return func(o *server.Options) { o.Root.AwsAccountID = id }
}

// WithLog sends the server's log to w, one JSON object a line. Without it the
// log is dropped.
func WithLog(w io.Writer) Option {
	return func(o *server.Options) { o.Log = slog.New(slog.NewJSONHandler(w, nil)) }
}

// WithTestClock lets [Server.Advance] move the clock of the server's rules.
func WithTestClock() Option {
	return func(o *server.Options) { o.TestClock = true }
}

// Advance moves the clock of a server that was started [WithTestClock] ahead:
// queues end, retention deletes, what was waiting happens within moments.
// Signatures keep the real time.
func (s *Server) Advance(t testing.TB, d time.Duration) {
	t.Helper()
	s.steer(t, http.MethodPost, "clock", map[string]string{"Advance": d.String()})
}

// Reset empties a server that was started [WithTestClock], between tests that share
// it: only the root key stays. The clock goes back to the real time, and no
// [Fault] is left.
func (s *Server) Reset(t testing.TB) {
	t.Helper()
	s.steer(t, http.MethodPost, "reset", struct{}{})
}

// Fault is what goes wrong with calls of an operation.
type Fault struct {
	// Operation is its name, as in CreateUser, and Service the one that it belongs
	// to: chime, which an empty Service stands for, iam, sts or cloudtrail.
	Operation, Service string
	// Code is the error that answers, as in ThrottledClientException: one that the
	// operation may answer. Empty: calls are only slow.
	Code string
	// Times is how many calls meet the fault; 0 stands for 1, a negative number for
	// all of them.
	Times int
	// Latency is how long a call waits before that, to the millisecond; 30 s at most.
	Latency time.Duration
}

// Fault plans what goes wrong with the next calls on a server that was started
// [WithTestClock]. The faults of an operation come one after the other.
func (s *Server) Fault(t testing.TB, f Fault) {
	t.Helper()
	plan := map[string]any{"Operation": f.Operation, "LatencyMilliseconds": f.Latency.Milliseconds(), "Times": max(f.Times, 0)}
	if f.Times == 0 {
		plan["Times"] = 1
	}
	for member, text := range map[string]string{"Service": f.Service, "Code": f.Code} {
		if text != "" {
			plan[member] = text
		}
	}
	s.steer(t, http.MethodPost, "faults", plan)
}

// steer sends a request to one of the operations of a test double; it must succeed.
func (s *Server) steer(t testing.TB, method, what string, in any) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/carillon/v1/test/"+what, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	key := sigv4.Credentials{AccessKeyID: s.AccessKeyID, SecretAccessKey: s.SecretAccessKey}
	sigv4.Sign(r, body, key, "chime", s.Region, time.Now())
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatalf("test/%s: %v", what, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusBadRequest {
		text, _ := io.ReadAll(answer.Body)
		t.Fatalf("test/%s: %s %s", what, answer.Status, text)
	}
}

// New starts a server that stops when the test ends.
func New(t testing.TB, options ...Option) *Server {
	t.Helper()
	o := server.Options{
		Data: t.TempDir(), Fidelity: chime.Documented, Log: slog.New(slog.DiscardHandler),
		Root:   access.RootKey{AwsAccountID: "000000000000"},
		Quotas: chime.DefaultQuotas,
	}
	for _, option := range options {
		option(&o)
	}
	hs := httptest.NewUnstartedServer(nil)
	o.PublicURL = "http://" + hs.Listener.Addr().String()
	srv, err := server.Open(t.Context(), o)
	if err != nil {
		hs.Close()
		t.Fatalf("starting Carillon: %v", err)
	}
	hs.Config.Handler = srv.Handler
	hs.Start()
	t.Cleanup(func() {
		hs.Close()
		if err := srv.Close(); err != nil {
			t.Errorf("closing Carillon: %v", err)
		}
	})
	return &Server{
		URL: hs.URL, Region: "us-east-1",
		AccessKeyID: srv.Root.AccessKeyID, SecretAccessKey: srv.Root.SecretAccessKey, AwsAccountID: srv.Root.AwsAccountID,
	}
}
