package outbound_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"carillon/outbound"
)

// endpoint is a server on loopback.
func endpoint(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}

func TestPost(t *testing.T) {
	srv := endpoint(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != `{"a": 1}` || r.Method != http.MethodPost || r.URL.Path != "/p" || r.URL.Query().Get("q") != "1" ||
			r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Chime-Signature") != "s+/=" || r.Header.Get("Chime-Request-Timestamp") != "t" {
			t.Errorf("got %s %s %v %q, %v", r.Method, r.URL, r.Header, body, err)
		}
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write([]byte("answer"))
	})
	header := map[string]string{"Chime-Signature": "s+/=", "Chime-Request-Timestamp": "t"}
	status, answer, err := outbound.New(true).Post(t.Context(), srv.URL+"/p?q=1", header, []byte(`{"a": 1}`))
	if err != nil || status != http.StatusTeapot || string(answer) != "answer" {
		t.Errorf("got %+v, %v", answer, err)
	}
}

// wantError checks that an error says what it must and never where.
func wantError(t *testing.T, what, target string, err error, part string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Errorf("%s: got %v, want %q", what, err, part)
		return
	}
	u, failed := url.Parse(target)
	if failed != nil || u.Host == "" {
		return
	}
	for _, secret := range []string{u.Host, u.Hostname(), "secret"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %q tells %q", what, err, secret)
		}
	}
}

// Guarded clients reach nothing on loopback, by whatever name, and send nothing.
func TestPost_guarded(t *testing.T) {
	var requests atomic.Int64
	srv := endpoint(t, func(http.ResponseWriter, *http.Request) { requests.Add(1) })
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1"} {
		target := "http://" + net.JoinHostPort(strings.Trim(host, "[]"), port) + "/secret"
		_, _, err := outbound.New(false).Post(t.Context(), target, nil, nil)
		if host == "127.1" { // no address and no name either
			wantError(t, host, target, err, "it")
			continue
		}
		wantError(t, host, target, err, "private")
		if !errors.Is(err, outbound.ErrPrivate) {
			t.Errorf("%s: got %v", host, err)
		}
	}
	if n := requests.Load(); n > 0 {
		t.Errorf("%d requests arrived", n)
	}
	if _, _, err := outbound.New(true).Post(t.Context(), srv.URL, nil, nil); err != nil {
		t.Errorf("unguarded: %v", err)
	}
}

// The environment does not send requests elsewhere.
func TestPost_noProxy(t *testing.T) {
	proxy := endpoint(t, func(http.ResponseWriter, *http.Request) { t.Error("a request went to the proxy") })
	srv := endpoint(t, func(http.ResponseWriter, *http.Request) {})
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	if _, _, err := outbound.New(true).Post(t.Context(), srv.URL, nil, nil); err != nil {
		t.Error(err)
	}
}

func TestPost_redirect(t *testing.T) {
	other := endpoint(t, func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	for _, status := range []int{301, 302, 303, 307, 308} {
		srv := endpoint(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, status) })
		got, answer, err := outbound.New(true).Post(t.Context(), srv.URL, nil, []byte("{}"))
		if err != nil || got != status {
			t.Errorf("%d: got %d %q, %v", status, got, answer, err)
		}
	}
}

// An endpoint has two seconds for its whole answer.
func TestPost_slow(t *testing.T) {
	gone := make(chan struct{})
	t.Cleanup(func() { close(gone) })
	for name, handler := range map[string]http.HandlerFunc{
		"no answer": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			select {
			case <-r.Context().Done():
			case <-gone:
			}
		},
		"drop by drop": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte("x"))
				_ = http.NewResponseController(w).Flush()
				time.Sleep(20 * time.Millisecond)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(handler)
			defer srv.CloseClientConnections()
			began := time.Now()
			_, _, err := outbound.New(true).Post(t.Context(), srv.URL+"/secret", nil, []byte("{}"))
			wantError(t, name, srv.URL, err, "2s")
			if took := time.Since(began); took < 1500*time.Millisecond || took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// Of a long answer only the beginning is read.
func TestPost_longAnswer(t *testing.T) {
	srv := endpoint(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(bytes.Repeat([]byte("x"), 1<<20))
	})
	_, answer, err := outbound.New(true).Post(t.Context(), srv.URL, nil, nil)
	if err != nil || len(answer) != 64<<10 {
		t.Errorf("%d bytes, %v", len(answer), err)
	}
}

// Errors reach the log and the caller; they must not tell the endpoint.
func TestPost_errors(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	plain := endpoint(t, func(http.ResponseWriter, *http.Request) {})
	secure := httptest.NewUnstartedServer(nil)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	cut := endpoint(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = w.Write([]byte("x"))
	})
	for name, test := range map[string]struct{ url, part string }{
		"nobody listens":       {closed.URL + "/secret", "refused"},
		"no such name":         {"https://secret.invalid/x", "resolve"},
		"unknown authority":    {secure.URL + "/secret", "certificate"},
		"no TLS":               {strings.Replace(plain.URL, "http:", "https:", 1) + "/secret", "failed"},
		"cut off":              {cut.URL + "/secret", "failed"},
		"no URL":               {"https://secret.example:port/", "not a URL"},
		"scheme":               {"ftp://secret.example/", "failed"},
		"a control character":  {"https://secret.example/\x00", "not a URL"},
		"port that is too big": {"http://127.0.0.1:99999/secret", "failed"},
	} {
		_, _, err := outbound.New(true).Post(t.Context(), test.url, nil, []byte("{}"))
		wantError(t, name, test.url, err, test.part)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := outbound.New(true).Post(ctx, plain.URL+"/secret", nil, nil)
	wantError(t, "given up", plain.URL, err, "failed")
}
