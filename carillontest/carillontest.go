// Package carillontest runs a Carillon server inside a Go test, for programs
// that talk to the Amazon Chime API. The server is the real one: real
// signatures, real errors, a real database in a temporary directory. It listens
// on loopback and stops with the test.
package carillontest

import (
	"bytes"
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
	body := []byte(`{"Advance":"` + d.String() + `"}`)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/carillon/v1/test/clock", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	key := sigv4.Credentials{AccessKeyID: s.AccessKeyID, SecretAccessKey: s.SecretAccessKey}
	sigv4.Sign(r, body, key, "chime", s.Region, time.Now())
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatalf("moving the clock: %v", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(answer.Body)
		t.Fatalf("moving the clock: %s %s", answer.Status, text)
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
