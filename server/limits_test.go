package server

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"carillon/internal/fair"
	"carillon/sigv4"
)

// head is a request line and headers, of a request with a body yet to come.
func head(r *http.Request, length int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", r.Method, r.URL.RequestURI(), r.Host, length)
	for name := range r.Header {
		fmt.Fprintf(&b, "%s: %s\r\n", name, r.Header.Get(name))
	}
	return b.String() + "\r\n"
}

// hold opens connections that each begin a request and send no more of it.
func hold(t *testing.T, addr, text string, n int) {
	t.Helper()
	for range n {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
	}
}

// liar is somebody who knows the id of a key but not its secret.
func (s *site) liar() sigv4.Credentials {
	c := s.root
	c.SecretAccessKey = "x"
	return c
}

// served checks that the server answers everybody else, at once.
func (s *site) served(client *http.Client, base string) {
	s.Helper()
	for i := range 20 {
		began := time.Now()
		for what, r := range map[string]*http.Request{
			"read": s.signed("GET", base+"/accounts", ""), "write": s.signed("POST", base+"/accounts", fmt.Sprintf(`{"Name":"%d"}`, i)),
			"large write": s.signed("POST", base+"/accounts", padded(1<<18)),
		} {
			r.RequestURI = ""
			answer, err := client.Do(r)
			if err != nil {
				s.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode >= 300 {
				s.Errorf("%s: %s", what, answer.Status)
			}
		}
		if took := time.Since(began); took > 10*time.Second {
			s.Errorf("took %s", took)
		}
	}
}

// Slow senders, of whom the server knows nothing or who only name a key, leave
// everybody else alone: they hold no place, and little memory.
func TestLimits_slowSenders(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	v := s.serve(TLSFiles{})
	base := "http://" + v.addr
	s.served(http.DefaultClient, base) // from now on this address is known
	hold(t, v.addr, head(request("POST", base+webhookPath+"x?token=y", "{}"), 1000), 600)
	hold(t, v.addr, head(signedBy(s.liar(), "POST", base+"/accounts", "{}"), 1000), 600)
	hold(t, v.addr, head(request("POST", base+"/accounts", "{}"), 1000), 100)
	s.served(http.DefaultClient, base)
	hold(t, v.addr, head(request("POST", base+webhookPath+"x?token=y", "{}"), 1<<20), 100)
	s.served(http.DefaultClient, base)
	v.stop()
	if err := <-v.ended; err != nil {
		t.Error(err)
	}
}

// never is a body that does not come.
type never struct{ ctx context.Context }

func (n never) Read([]byte) (int, error) {
	<-n.ctx.Done()
	return 0, io.EOF
}

// Over HTTP/2 too, where a connection has a hundred streams at most.
func TestLimits_slowStreams(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	files, pool := certificate(t)
	v := s.serve(files)
	base := "https://" + v.addr
	config := &tls.Config{RootCAs: pool, InsecureSkipVerify: true}
	ctx, cancel := context.WithCancel(t.Context())
	var streams sync.WaitGroup
	defer streams.Wait()
	defer cancel()
	for range 17 {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: config.Clone(), ForceAttemptHTTP2: true, HTTP2: &http.HTTP2Config{StrictMaxConcurrentRequests: true}}}
		defer client.CloseIdleConnections()
		if answer, err := client.Get(base + "/healthz"); err != nil { // makes the one connection
			t.Fatal(err)
		} else {
			answer.Body.Close()
		}
		for range 150 {
			streams.Go(func() {
				r, _ := http.NewRequestWithContext(ctx, "POST", base+webhookPath+"x?token=y", never{ctx})
				if answer, err := client.Do(r); err == nil {
					answer.Body.Close()
				}
			})
		}
	}
	time.Sleep(time.Second)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	s.served(client, base)
	s.h.arrivals.mu.Lock()
	if n := s.h.arrivals.coming.Len(); n > 17*maxStreams {
		t.Errorf("%d streams", n)
	}
	s.h.arrivals.mu.Unlock()
}

// A refusal does not wait for a body that nobody reads.
func TestLimits_refusedAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	v := s.serve(TLSFiles{})
	for _, text := range []string{
		head(request("POST", "http://x/accounts", "{}"), 1000),
		head(request("GET", "http://x/healthz", "{}"), 1000),
		"OPTIONS * HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
	} {
		c, err := net.Dial("tcp", v.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		began := time.Now()
		fmt.Fprint(c, text)
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if took := time.Since(began); took > 10*drainTime || answer.Header["X-Amzn-Requestid"] == nil {
			t.Errorf("%.20s: %s %v after %s", text, answer.Status, answer.Header, took)
		}
	}
}

// One tenant has no more than three quarters of the places, so that others get in.
func TestLimits_tenants(t *testing.T) {
	s := newSite(t)
	alice := s.stranger("999900001111")
	s.h.limits.gate.permits, s.h.limits.gate.outside = fair.NewSemaphore(4, 4), newShares(0, 0, s.h.stopping)
	for s.h.limits.gate.permits.TryAcquire(aws) {
	}
	s.wantError("the busy one", s.send(s.signed("GET", "/accounts", "")), 503, "ServiceUnavailableException")
	if w := s.send(signedBy(alice, "GET", "/accounts", "")); w.Code != 200 {
		t.Errorf("the other: %d %s", w.Code, w.Body)
	}
}

// stranger makes a key of another AWS account.
func (s *site) stranger(awsAccountID string) sigv4.Credentials {
	s.Helper()
	var out struct{ AccessKeyId, SecretAccessKey string }
	s.call("POST", "/carillon/v1/access-keys", `{"UserName": "alice", "AwsAccountId": "`+awsAccountID+`"}`, &out)
	return sigv4.Credentials{AccessKeyID: out.AccessKeyId, SecretAccessKey: out.SecretAccessKey}
}

// Who knows the address of a webhook does not count as a stranger.
func TestLimits_webhooks(t *testing.T) {
	s := newSite(t, hooks)
	_, path := s.hook()
	s.h.limits.strangers.places = counted{newShares(0, 0, s.h.stopping)}
	s.wantError("a stranger", s.send(request("POST", webhookPath+"ghost?token=x", `{"Content": "x"}`)), 503, "ServiceUnavailableException")
	if w := s.send(request("POST", path, `{"Content": "x"}`)); w.Code != 200 {
		t.Errorf("with the token: %d %s", w.Code, w.Body)
	}
	s.wantError("unknown key", s.send(signedBy(sigv4.Credentials{AccessKeyID: "AKIAGHOST", SecretAccessKey: "x"}, "GET", "/accounts", "")), 503, "ServiceUnavailableException")
	s.call("GET", "/accounts", "", nil)
}
