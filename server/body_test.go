package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"carillon/sigv4"
)

// padded is a good body of CreateAccount of some size.
func padded(size int) string {
	const start, end = `{"Name": "x", "More": "`, `"}`
	return start + strings.Repeat("x", size-len(start)-len(end)) + end
}

func TestBody_limit(t *testing.T) {
	s := newSite(t)
	for _, test := range []struct {
		size   int
		status int
	}{
		{1000, 201},
		{1 << 20, 201},
		{1<<20 + 1, 413},
		{3 << 20, 413},
		{1000, 201},
	} {
		for _, chunked := range []bool{false, true} {
			body := padded(test.size)
			r := request("POST", "/accounts", body)
			if chunked {
				r.ContentLength = -1
			}
			sigv4.Sign(r, []byte(body), s.root, "chime", "us-east-1", time.Now())
			w := s.send(r)
			if w.Code != test.status {
				t.Errorf("%d bytes, chunked %v: got %d %s", test.size, chunked, w.Code, w.Body)
			}
			if test.status == http.StatusRequestEntityTooLarge {
				s.wantError("too large", w, 413, "RequestEntityTooLargeException")
			}
		}
	}
}

// A large body is not read before its sender is known.
func TestBody_notRead(t *testing.T) {
	s := newSite(t)
	for name, who := range map[string]*sigv4.Credentials{"nobody": nil, "a stranger": {AccessKeyID: "AKIAGHOST", SecretAccessKey: "x"}} {
		r := request("POST", "/accounts", padded(1000))
		if who != nil {
			r = signedBy(*who, "POST", "/accounts", padded(1000))
		}
		body := &counter{Reader: r.Body}
		r.Body = body
		s.send(r)
		if body.n > 0 {
			t.Errorf("%d bytes of %s were read", body.n, name)
		}
	}
}

type counter struct {
	io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

func (c *counter) Close() error { return nil }

// A body must be the one that was signed.
func TestBody_changed(t *testing.T) {
	s := newSite(t)
	r := s.signed("POST", "/accounts", `{"Name": "a"}`)
	r.Body = io.NopCloser(strings.NewReader(`{"Name": "b"}`))
	s.wantError("changed", s.send(r), 403, "InvalidSignatureException")
}

// A body that ends early is the client's fault, not ours.
func TestBody_endsEarly(t *testing.T) {
	s := newSite(t)
	server := httptest.NewServer(s.Handler)
	defer server.Close()
	signed := s.signed("POST", server.URL+"/accounts", `{"Name": "a"}`)
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST /accounts HTTP/1.1\r\nHost: %s\r\nContent-Length: 13\r\n", signed.Host)
	for name := range signed.Header {
		fmt.Fprintf(c, "%s: %s\r\n", name, signed.Header.Get(name))
	}
	fmt.Fprint(c, "\r\n{\"Name\":")
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusBadRequest || answer.Header.Get("x-amzn-ErrorType") != "BadRequestException" {
		t.Errorf("got %s %v", answer.Status, answer.Header)
	}
}

// timeout is how a body fails that does not arrive in time.
type timeout struct{}

func (timeout) Read([]byte) (int, error) { return 0, timeout{} }
func (timeout) Close() error             { return nil }
func (timeout) Error() string            { return "i/o timeout" }
func (timeout) Timeout() bool            { return true }
func (timeout) Temporary() bool          { return true }

func TestBody_tooSlow(t *testing.T) {
	s := newSite(t)
	r := s.signed("POST", "/accounts", `{"Name": "a"}`)
	r.Body = timeout{}
	s.wantError("too slow", s.send(r), 408, "RequestTimeoutException")
}
