package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// slowPost begins requests that announce a body and do not send it.
func (e *env) slowPost(t *testing.T, n int, r *http.Request, length int) []net.Conn {
	t.Helper()
	var head strings.Builder
	fmt.Fprintf(&head, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", r.URL.RequestURI(), r.Host, length)
	for name := range r.Header {
		fmt.Fprintf(&head, "%s: %s\r\n", name, r.Header.Get(name))
	}
	conns := make([]net.Conn, n)
	for i := range conns {
		conns[i] = e.dial(t)
		_, err := io.WriteString(conns[i], head.String()+"\r\n{")
		succeed(t, err)
	}
	return conns
}

// unharmed checks for a while that others are served, and sooner than if they
// waited for those who are slow.
func (e *env) unharmed(t *testing.T, d time.Duration) {
	t.Helper()
	for deadline := time.Now().Add(d); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		began := time.Now()
		e.send(t, "GET", "/accounts", "").ok(t, 200)
		e.send(t, "POST", "/accounts", `{"Name":"x"}`).ok(t, 201)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("two requests took %s", took)
		}
	}
}

// Thousands of slow connections, of which some name a key and none has one, are
// in nobody's way, and are told to be quicker. The test runs alone: its crowd
// would be in the way of other tests.
func TestSlow_connections(t *testing.T) {
	waits(t, "10 seconds")
	e := ownServer(t)
	stranger := e.request(t, "POST", "/incomingwebhooks/x?token=y", "{}")
	liar := e.request(t, "POST", "/accounts", "{}")
	keys := e.keys
	keys.SecretAccessKey += "x"
	signerOf(newCaller(e.endpoint, keys)).sign(liar, "{}")
	e.unharmed(t, time.Second)
	conns := e.slowPost(t, 3000, stranger, 1000)
	e.slowPost(t, 1200, liar, 1000)
	began := time.Now()
	e.unharmed(t, 8*time.Second)
	succeed(t, conns[0].SetReadDeadline(time.Now().Add(30*time.Second)))
	res, err := readAnswer(conns[0])
	succeed(t, err)
	equal(t, "status", res.StatusCode, http.StatusRequestTimeout)
	t.Logf("answered within %s", time.Since(began))
	e.slowPost(t, 300, liar, 1<<20)
	e.unharmed(t, time.Second)
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// tookAtMost checks how much memory a server has had at its height.
func (s *server) tookAtMost(t *testing.T, mib int) {
	t.Helper()
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "status"))
	if err != nil {
		t.Skipf("SKIPPED: how much memory the server took is not to be had: %v", err)
	}
	kib, err := strconv.Atoi(string(highWater.FindSubmatch(status)[1]))
	succeed(t, err)
	t.Logf("the server took %d MiB", kib>>10)
	if kib > mib<<10 {
		t.Errorf("the server took %d MiB, more than %d", kib>>10, mib)
	}
}

// In a container of 128 MiB the server takes large bodies from many callers.
// The runtime is told what it would find there.
func TestMemory_large_bodies(t *testing.T) {
	t.Parallel()
	s := startWith(t, []string{"GOMEMLIMIT=96MiB"})
	e := newEnv(engines()[0], s)
	body := `{"Name":"x","More":"` + ofLength(1<<20-30, "x") + `"}`
	var callers sync.WaitGroup
	for range 64 {
		callers.Go(func() {
			for range 5 {
				if got := e.send(t, "POST", "/accounts", body); got.status != 201 {
					t.Errorf("got %d %s", got.status, got.body)
				}
			}
		})
	}
	callers.Wait()
	e.works(t, true)
	s.tookAtMost(t, 128)
}

// A thousand large bodies that never end do not fill the memory. It runs alone
// for the same reason.
func TestMemory_unfinished_bodies(t *testing.T) {
	e := ownServer(t)
	liar := e.request(t, "POST", "/accounts", "{}")
	keys := e.keys
	keys.SecretAccessKey += "x"
	signerOf(newCaller(e.endpoint, keys)).sign(liar, "{}")
	e.works(t, true) // so that the liar's address is the owner's
	rest := ofLength(1<<20-2, "x")
	var senders sync.WaitGroup
	for _, conn := range e.slowPost(t, 1000, liar, 1<<20) {
		senders.Go(func() {
			_ = conn.SetWriteDeadline(time.Now().Add(4 * time.Second)) // most are not read
			_, _ = io.WriteString(conn, rest)
		})
	}
	senders.Wait()
	e.unharmed(t, time.Second)
	e.server.tookAtMost(t, 300)
}
