package server

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carillon/api"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// serving is a server that serves until stop is called.
type serving struct {
	addr  string
	stop  context.CancelFunc
	ended chan error
}

func (s *site) serve(files TLSFiles) *serving {
	s.Helper()
	l := listen(s.T)
	ctx, stop := context.WithCancel(s.Context())
	v := &serving{addr: l.Addr().String(), stop: stop, ended: make(chan error, 1)}
	go func() { v.ended <- s.Serve(ctx, l, files) }()
	return v
}

// get sends a signed request over the network.
func (s *site) get(client *http.Client, url string) (*http.Response, error) {
	r := s.signed("GET", url, "")
	r.RequestURI = ""
	return client.Do(r)
}

// A request that is under way when the server is told to stop gets its answer;
// new ones are not accepted.
func TestServe_shutdown(t *testing.T) {
	s := newSite(t)
	entered, leave := make(chan struct{}), make(chan struct{})
	s.behave(func(*api.GetAccountInput) error {
		close(entered)
		<-leave
		return nil
	})
	v := s.serve(TLSFiles{})
	type result struct {
		status int
		err    error
	}
	answered := make(chan result, 1)
	go func() {
		answer, err := s.get(http.DefaultClient, "http://"+v.addr+"/accounts/a")
		if err != nil {
			answered <- result{err: err}
			return
		}
		_, err = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		answered <- result{answer.StatusCode, err}
	}()
	<-entered
	v.stop()
	wantRefused(t, v.addr)
	select {
	case err := <-v.ended:
		t.Errorf("ended before the request: %v", err)
	default:
	}
	close(leave)
	if r := <-answered; r.err != nil || r.status != http.StatusOK {
		t.Errorf("the request under way: %d, %v", r.status, r.err)
	}
	if err := <-v.ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

// wantRefused waits until nobody listens at an address.
func wantRefused(t *testing.T, addr string) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		c.Close()
	}
	t.Error("still accepts connections")
}

func TestServe_listenerFails(t *testing.T) {
	s := newSite(t)
	l := listen(t)
	l.Close()
	if err := s.Serve(t.Context(), l, TLSFiles{}); err == nil {
		t.Error("serves on a closed listener")
	}
	if err := s.Serve(t.Context(), listen(t), TLSFiles{"no.pem", "no.pem"}); err == nil {
		t.Error("serves without its certificate")
	}
}

func TestServe_tls(t *testing.T) {
	s := newSite(t)
	files, pool := certificate(t)
	v := s.serve(files)
	for _, protocols := range [][]string{{"h2"}, {"http/1.1"}} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, NextProtos: protocols}, ForceAttemptHTTP2: protocols[0] == "h2"}
		answer, err := s.get(&http.Client{Transport: transport}, "https://"+v.addr+"/accounts")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		transport.CloseIdleConnections()
		if answer.StatusCode != http.StatusOK || answer.Header.Get("x-amzn-RequestId") == "" || answer.Header.Get("Date") == "" {
			t.Errorf("%v: %s %v", protocols, answer.Status, answer.Header)
		}
	}
	v.stop()
	if err := <-v.ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

// certificate makes a certificate for 127.0.0.1 and a pool that trusts it.
func certificate(t *testing.T) (TLSFiles, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files := TLSFiles{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
	writePEM(t, files.Cert, "CERTIFICATE", cert)
	writePEM(t, files.Key, "PRIVATE KEY", private)
	parsed, err := x509.ParseCertificate(cert)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return files, pool
}

func writePEM(t *testing.T, path, kind string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600); err != nil {
		t.Fatal(err)
	}
}

func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func TestServeMetrics(t *testing.T) {
	s := newSite(t)
	s.send(s.signed("GET", "/accounts", ""))
	s.send(s.signed("GET", "/accounts", ""))
	s.send(s.signed("GET", "/accounts/ghost", ""))
	s.send(request("GET", "/accounts", ""))
	l := listen(t)
	stop := s.ServeMetrics(l, true)
	base := "http://" + l.Addr().String()
	status, text := fetch(t, base+"/metrics")
	for _, line := range []string{
		"# TYPE carillon_requests_total counter",
		`carillon_requests_total{code="200",operation="ListAccounts"} 2`,
		`carillon_requests_total{code="404",operation="GetAccount"} 1`,
		`carillon_requests_total{code="403",operation="unknown"} 1`,
		"# TYPE carillon_request_duration_seconds histogram",
		`carillon_request_duration_seconds_bucket{operation="ListAccounts",le="+Inf"} 2`,
		`carillon_request_duration_seconds_count{operation="GetAccount"} 1`,
		"go_goroutines", "process_cpu_seconds_total",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
	profile, _ := fetch(t, base+"/debug/pprof/")
	other, _ := fetch(t, base+"/accounts")
	if status != 200 || profile != 200 || other != 404 {
		t.Errorf("metrics %d, profiles %d, anything else %d", status, profile, other)
	}
	stop()
	wantRefused(t, l.Addr().String())
}

// The metrics are on their own address only.
func TestServeMetrics_apart(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/metrics", "/debug/pprof/"} {
		s.wantError(path, s.send(request("GET", path, "")), 403, "MissingAuthenticationTokenException")
		s.wantError(path, s.send(s.signed("GET", path, "")), 404, "UnknownOperationException")
	}
}
