package server

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"carillon/access"
	"carillon/api"
	"carillon/chime"
	"carillon/dispatch"
	"carillon/sigv4"
	"carillon/work"
)

const aws = "111122223333"

// site is a server under test and what it has logged.
type site struct {
	*testing.T
	*Server
	h    *handler
	log  *lines
	root sigv4.Credentials
}

// lines is a log that several goroutines may write.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func testOptions(t *testing.T, w *lines) Options {
	return Options{
		Data: t.TempDir(), Fidelity: chime.Documented, LeanHTTP: true, Root: access.RootKey{AwsAccountID: aws}, Quotas: chime.DefaultQuotas,
		Log: slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

// newSite opens a server; change, if given, changes its options.
func newSite(t *testing.T, change ...func(*Options)) *site {
	t.Helper()
	log := new(lines)
	o := testOptions(t, log)
	for _, fn := range change {
		fn(&o)
	}
	srv, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	root := sigv4.Credentials{AccessKeyID: srv.Root.AccessKeyID, SecretAccessKey: srv.Root.SecretAccessKey}
	return &site{T: t, Server: srv, h: srv.Handler.(*handler), log: log, root: root}
}

// request is one that is not signed.
func request(method, target, body string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// signed returns a request with the signature of the root key.
func (s *site) signed(method, target, body string) *http.Request {
	return signedBy(s.root, method, target, body)
}

func signedBy(c sigv4.Credentials, method, target, body string) *http.Request {
	r := request(method, target, body)
	sigv4.Sign(r, []byte(body), c, "chime", "us-east-1", time.Now())
	return r
}

// send lets the handler answer.
func (s *site) send(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, r)
	return w
}

// call sends a request of the root key, which must succeed, and reads its answer.
func (s *site) call(method, target, body string, out any) {
	s.Helper()
	w := s.send(s.signed(method, target, body))
	if w.Code >= 300 {
		s.Fatalf("%s %s: %d %s", method, target, w.Code, w.Body)
	}
	if out != nil {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			s.Fatal(err)
		}
	}
}

// account makes a Team account.
func (s *site) account() string {
	s.Helper()
	var out struct{ Account struct{ AccountId string } }
	s.call("POST", "/accounts", `{"Name": "Example"}`, &out)
	return out.Account.AccountId
}

// key makes an access key of a named user.
func (s *site) key() sigv4.Credentials {
	s.Helper()
	var out struct{ AccessKeyId, SecretAccessKey string }
	s.call("POST", "/carillon/v1/access-keys", `{"UserName": "alice"}`, &out)
	return sigv4.Credentials{AccessKeyID: out.AccessKeyId, SecretAccessKey: out.SecretAccessKey}
}

// exact returns the value of a header that has exactly this spelling.
func exact(w *httptest.ResponseRecorder, name string) string {
	if list := w.Header()[name]; len(list) == 1 {
		return list[0]
	}
	return ""
}

// errorName returns the name of the error that an answer is.
func errorName(w *httptest.ResponseRecorder) string { return exact(w, "x-amzn-ErrorType") }

func requestID(w *httptest.ResponseRecorder) string { return exact(w, "x-amzn-RequestId") }

// wantError checks status and name of a refusal.
func (s *site) wantError(what string, w *httptest.ResponseRecorder, status int, name string) {
	s.Helper()
	if w.Code != status || errorName(w) != name {
		s.Errorf("%s: got %d %s %s, want %d %s", what, w.Code, errorName(w), w.Body, status, name)
	}
}

// entries returns the log lines with this message.
func (s *site) entries(message string) (list []map[string]any) {
	s.Helper()
	for line := range strings.Lines(s.log.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			s.Fatalf("a log line is not JSON: %s", line)
		}
		if entry["msg"] == message {
			list = append(list, entry)
		}
	}
	return list
}

// behave makes GetAccount do what fn does.
func (s *site) behave(fn func(*api.GetAccountInput) error) {
	rules := maps.Clone(s.h.dispatch.Rules)
	rules[api.Operation("GetAccount")] = dispatch.Rule{Call: func(_ *work.Unit, in api.Input) (api.Output, error) {
		return &api.GetAccountOutput{}, fn(in.(*api.GetAccountInput))
	}}
	c := s.h.dispatch.Config
	c.Rules = rules
	s.h.dispatch = dispatch.New(c)
}
