package server

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// Who speaks HTTP to the port of HTTPS is told so, in HTTP, and so is the log.
func TestTLS_plainHTTP(t *testing.T) {
	s := newSite(t)
	files, pool := certificate(t)
	v := s.serve(files)
	for name, text := range map[string]string{
		"no body":       "GET /accounts HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/8\r\n\r\n",
		"a body":        "POST /accounts HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/8\r\nContent-Length: 30000\r\n\r\n" + strings.Repeat("x", 30000),
		"in two pieces": "PUT /accounts HTTP/1.1\r\nHost: x\r\n|User-Agent: curl/8\r\n\r\n",
	} {
		c, err := net.Dial("tcp", v.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for piece := range strings.SplitSeq(text, "|") {
			fmt.Fprint(c, piece)
			time.Sleep(20 * time.Millisecond)
		}
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		body, err := io.ReadAll(answer.Body)
		if answer.StatusCode != 400 || !strings.Contains(string(body), "https://") || err != nil || answer.Header["X-Amzn-Requestid"] == nil || answer.Header.Get("Date") == "" {
			t.Errorf("%s: got %s %v %s, %v", name, answer.Status, answer.Header, body, err)
		}
	}
	lines := s.entries("plain HTTP on the TLS port")
	if len(lines) != 3 || lines[0]["level"] != "WARN" || lines[0]["remote"] != "127.0.0.1" || lines[0]["user_agent"] != "curl/8" || lines[0]["request_id"] == "" {
		t.Errorf("logged %v", lines)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	defer transport.CloseIdleConnections()
	if answer, err := s.get(&http.Client{Transport: transport}, "https://"+v.addr+"/accounts"); err != nil || answer.StatusCode != 200 {
		t.Errorf("HTTPS afterwards: %v, %v", answer, err)
	}
	v.stop()
	<-v.ended
}

// serial is the number of the certificate that a server shows.
func serial(t *testing.T, addr string) string {
	t.Helper()
	c, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return string(c.ConnectionState().PeerCertificates[0].Raw)
}

// A certificate that was renewed counts without a new start; one that is no
// good does not.
func TestTLS_renewed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	files, _ := certificate(t)
	v := s.serve(files)
	first := serial(t, v.addr)
	next, _ := certificate(t)
	move(t, next.Cert, files.Cert) // it does not go with the key that is there
	time.Sleep(2*watchCertificates + watchCertificates/2)
	if serial(t, v.addr) != first {
		t.Error("a certificate without its key is used")
	}
	if lines := s.entries("the certificate on disk cannot be used; the one before stays"); len(lines) != 1 {
		t.Errorf("logged %v", lines)
	}
	move(t, next.Key, files.Key)
	for end := time.Now().Add(10 * time.Second); serial(t, v.addr) == first; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("still the old certificate")
		}
	}
	if lines := s.entries("certificate changed"); len(lines) != 1 {
		t.Errorf("logged %v", lines)
	}
	third, _ := certificate(t)
	second := serial(t, v.addr)
	if changed := s.Reload(Settings{TLS: third}); fmt.Sprint(changed) != "[tls-cert]" || serial(t, v.addr) == second {
		t.Errorf("reloading from other files changed %v", changed)
	}
	if changed := s.Reload(Settings{TLS: third}); len(changed) > 0 {
		t.Errorf("reloading the same changed %v", changed)
	}
	v.stop()
	<-v.ended
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}
