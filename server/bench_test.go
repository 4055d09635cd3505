package server

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"carillon/access"
	"carillon/chime"
	"carillon/sigv4"
)

// What a request costs without the network: signature, decoding, rule, store,
// encoding, metrics and log line.
func BenchmarkHandler(b *testing.B) { benchmarkHandler(b, func(*Options) {}) }

// The same with each request in a trace that a collector takes.
func BenchmarkHandlerTraced(b *testing.B) {
	benchmarkHandler(b, tracedTo(b, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
}

func benchmarkHandler(b *testing.B, change func(*Options)) {
	o := Options{
		Data: b.TempDir(), Fidelity: chime.Documented, Root: access.RootKey{AwsAccountID: aws}, Quotas: chime.DefaultQuotas,
	}
	log := NewLog(io.Discard, "json", slog.LevelInfo)
	defer log.Close()
	o.Log = log.Logger
	change(&o)
	srv, err := Open(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	defer srv.Close()
	c := benchClient{srv, sigv4.Credentials{AccessKeyID: srv.Root.AccessKeyID, SecretAccessKey: srv.Root.SecretAccessKey}}
	account := c.created(b, "/accounts", `{"Name":"Bench"}`, "Account", "AccountId")
	users := "/accounts/" + account + "/users"
	var one, byEmail []string
	for i := range 150 {
		id := c.created(b, users+"?operation=create", fmt.Sprintf(`{"Email":"user%d@example.com"}`, i), "User", "UserId")
		one = append(one, users+"/"+id)
		byEmail = append(byEmail, fmt.Sprintf("%s?user-email=user%d%%40example.com", users, i))
	}
	b.Run("GetUser", func(b *testing.B) { c.repeat(b, http.MethodGet, one, "") })
	b.Run("ListUsersByEmail", func(b *testing.B) { c.repeat(b, http.MethodGet, byEmail, "") })
	b.Run("ListUsers100", func(b *testing.B) { c.repeat(b, http.MethodGet, []string{users}, "") })
	b.Run("UpdateUser", func(b *testing.B) { c.repeat(b, http.MethodPost, one, `{"LicenseType":"Basic"}`) })
}

type benchClient struct {
	srv *Server
	key sigv4.Credentials
}

func (c benchClient) request(method, target, body string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	sigv4.Sign(r, []byte(body), c.key, "chime", "us-east-1", time.Now())
	return r
}

// created makes something and returns its id.
func (c benchClient) created(b *testing.B, target, body, shape, member string) string {
	w := httptest.NewRecorder()
	c.srv.Handler.ServeHTTP(w, c.request(http.MethodPost, target, body))
	var out map[string]map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusCreated {
		b.Fatalf("%d %s", w.Code, w.Body)
	}
	return out[shape][member].(string)
}

// repeat sends the requests for some targets over and over.
func (c benchClient) repeat(b *testing.B, method string, targets []string, body string) {
	var list []*http.Request
	for _, target := range targets {
		list = append(list, c.request(method, target, body))
	}
	content := strings.NewReader(body)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r := list[i%len(list)]
		content.Reset(body)
		r.Body = io.NopCloser(content)
		w := discard{header: http.Header{}}
		c.srv.Handler.ServeHTTP(&w, r)
		if w.status != http.StatusOK {
			b.Fatal(w.status)
		}
	}
}

// discard is an answer that nobody reads, on a connection that has deadlines.
type discard struct {
	header http.Header
	status int
}

func (d *discard) SetReadDeadline(time.Time) error  { return nil }
func (d *discard) SetWriteDeadline(time.Time) error { return nil }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
