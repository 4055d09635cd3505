package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A server that stops waits for no request that has not come whole: not for
// the rest of its head, nor for the rest of its body.
func TestServe_dropsHalfRequests(t *testing.T) {
	s := newSite(t)
	files, _ := certificate(t)
	for name, f := range map[string]TLSFiles{"plain": {}, "net/http": {}, "TLS": files} {
		s.lean = name == "plain"
		v := s.serve(f)
		hold(t, v.addr, "", 3)
		hold(t, v.addr, "\x16\x03\x01", 3)
		if name != "TLS" {
			hold(t, v.addr, "GET /accounts HTTP/1.1\r\nHost: x\r\n", 3)
			hold(t, v.addr, head(s.signed("POST", "http://"+v.addr+"/accounts", padded(2000)), 2000)+"{", 3)
			hold(t, v.addr, head(s.signed("POST", "http://"+v.addr+"/accounts", padded(1<<19)), 1<<19)+"{", 3)
		}
		time.Sleep(100 * time.Millisecond)
		began := time.Now()
		v.stop()
		if err := <-v.ended; err != nil || time.Since(began) > 20*time.Second {
			t.Errorf("%s: ended after %s with %v", name, time.Since(began), err)
		}
		s.h.arrivals.stopped = false // for the next round
	}
}

// What is dropped is told so.
func TestServe_dropped(t *testing.T) {
	s := newSite(t)
	v := s.serve(TLSFiles{})
	c, err := net.Dial("tcp", v.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, head(s.signed("POST", "http://"+v.addr+"/accounts", padded(2000)), 2000)+"{")
	time.Sleep(100 * time.Millisecond)
	v.stop()
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != 503 || !strings.Contains(string(body), "not begun") || answer.Header.Get("Retry-After") == "" {
		t.Errorf("got %s %s", answer.Status, body)
	}
	if err := <-v.ended; err != nil {
		t.Error(err)
	}
}

// ours are the goroutines that run code of this module, but for those of tests
// and of their databases.
func ours() (list []string) {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		if strings.Contains(stack, "carillon/") && !strings.Contains(stack, "testing.tRunner") && !strings.Contains(stack, "/internal/pgtest.") {
			list = append(list, stack)
		}
	}
	return list
}

// left are those of ours that do not end: one that has told whoever joins it
// that it is done may have yet to return.
func left() (list []string) {
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if list = ours(); len(list) == 0 || time.Now().After(deadline) {
			return list
		}
	}
}

// When Close returns, nothing of the server runs any more.
func TestClose_joinsAll(t *testing.T) {
	if list := ours(); len(list) > 0 {
		t.Fatalf("before the test runs\n%s", strings.Join(list, "\n\n"))
	}
	o := testOptions(t, new(lines))
	o.TestClock = true
	log := NewLog(new(lines), "json", 0)
	o.Log = log.Logger
	srv, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{T: t, Server: srv, h: srv.Handler.(*handler), log: new(lines)}
	s.root.AccessKeyID, s.root.SecretAccessKey = srv.Root.AccessKeyID, srv.Root.SecretAccessKey
	files, _ := certificate(t)
	v := s.serve(files)
	stop := srv.ServeMetrics(listen(t), true)
	s.call("POST", "/accounts/"+s.account()+"/users?operation=create", `{"Email": "a@example.com"}`, nil)
	hold(t, v.addr, "\x16", 1)
	v.stop()
	if err := <-v.ended; err != nil {
		t.Error(err)
	}
	stop()
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	log.Close()
	if list := left(); len(list) > 0 {
		t.Errorf("still running:\n%s", strings.Join(list, "\n\n"))
	}
}
