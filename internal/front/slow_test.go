package front

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// Heads and bodies that come byte by byte are those that come at once.
func TestServe_byteByByte(t *testing.T) {
	sent := "POST /a HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabc" + next
	got := map[string][]answer{}
	for sort, v := range both(t, echo) {
		c := v.dial(t)
		go func() {
			for i := range len(sent) {
				_, _ = io.WriteString(c, sent[i:i+1])
				time.Sleep(time.Millisecond)
			}
			_ = c.CloseWrite()
		}()
		got[sort] = readAnswers(t, c, nil)
	}
	wantSame(t, "byte by byte", got, 200, 200)
}

// ends checks that the server closes a connection without an answer.
func ends(t *testing.T, name string, c net.Conn) {
	t.Helper()
	if text := readEnd(t, name, c); text != "" {
		t.Errorf("%s: got %q", name, text)
	}
}

// expires is ends, but net/http answers some of those who are too slow.
func expires(t *testing.T, name string, c net.Conn) {
	t.Helper()
	if text := readEnd(t, name, c); text != "" && !strings.HasPrefix(text, "HTTP/1.1 400 ") {
		t.Errorf("%s: got %q", name, text)
	}
}

// readEnd returns what comes until the server closes a connection.
func readEnd(t *testing.T, name string, c net.Conn) string {
	t.Helper()
	text, err := io.ReadAll(c)
	var network *net.OpError
	if errors.As(err, &network) && network.Timeout() {
		t.Errorf("%s: it goes on", name)
	}
	return string(text)
}

// A connection on which nothing happens ends: at first, within a head, and between
// two requests.
func TestServe_timeouts(t *testing.T) {
	sites := both(t, echo, func(s *http.Server) {
		s.ReadHeaderTimeout, s.IdleTimeout = 300*time.Millisecond, 300*time.Millisecond
	})
	for sort, v := range sites {
		for name, sent := range map[string]string{
			"silent": "", "half a head": "GET /a HTTP/1.1\r\nHost: h\r\n", "half an odd head": "GET /a HTTP/1.1\r\nHost: h\r\nX\x00: ",
		} {
			c := v.dial(t)
			_, _ = io.WriteString(c, sent)
			expires(t, sort+", "+name, c)
		}
		for name, sent := range map[string]string{"idle": "", "half the next head": "GET /a"} {
			c := v.dial(t)
			v.used(t, c)
			_, _ = io.WriteString(c, sent)
			expires(t, sort+", "+name, c)
		}
	}
}

// used has a connection answer a request.
func (v *site) used(t *testing.T, c net.Conn) {
	t.Helper()
	_, _ = io.WriteString(c, next)
	if _, err := c.Read(make([]byte, 4096)); err != nil {
		t.Fatal(err)
	}
}

// A head whose bytes come one by one has no more time than one that stops, on a
// new connection and on one that has had a request.
func TestServe_tricklingHead(t *testing.T) {
	sites := both(t, echo, func(s *http.Server) { s.ReadHeaderTimeout = 500 * time.Millisecond })
	for sort, v := range sites {
		for name, odd := range map[string]string{"plain": "X", "odd": "\x01"} {
			c := v.dial(t)
			if name == "odd" {
				v.used(t, c)
			}
			ended := make(chan struct{})
			go trickle(c, "GET /a HTTP/1.1\r\nHost: h\r\n"+odd, ended)
			began := time.Now()
			expires(t, sort+", "+name, c)
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("%s, %s: took %s", sort, name, took)
			}
			close(ended)
		}
	}
}

// trickle sends a text, and then byte after byte until ended.
func trickle(c net.Conn, text string, ended <-chan struct{}) {
	for {
		_, _ = io.WriteString(c, text)
		text = "x"
		select {
		case <-ended:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// A client that does not read its answer has the time for it that all have.
func TestServe_stalledReader(t *testing.T) {
	failed := make(chan error, 1)
	sites := both(t, func(w http.ResponseWriter, r *http.Request) {
		for piece := strings.Repeat("x", 1<<20); ; {
			if _, err := io.WriteString(w, piece); err != nil {
				failed <- r.Context().Err()
				return
			}
		}
	}, func(s *http.Server) { s.WriteTimeout = time.Second })
	for sort, v := range sites {
		_, _ = io.WriteString(v.dial(t), next)
		select {
		case err := <-failed:
			if err == nil {
				t.Errorf("%s: the context goes on", sort)
			}
		case <-time.After(timeout):
			t.Errorf("%s: it writes on", sort)
		}
	}
}

// waiting has handlers that wait for the end of their context.
type waiting struct{ entered, left chan struct{} }

func newWaiting() *waiting {
	return &waiting{make(chan struct{}, 10), make(chan struct{}, 10)}
}

func (w *waiting) serve(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.entered <- struct{}{}
	<-r.Context().Done()
	w.left <- struct{}{}
}

func within(t *testing.T, what string, happened <-chan struct{}) {
	t.Helper()
	select {
	case <-happened:
	case <-time.After(timeout):
		t.Fatalf("%s: not within %s", what, timeout)
	}
}

// The context of a request ends when the client leaves, or will send no more, and
// when the server is closed.
func TestServe_context(t *testing.T) {
	h := newWaiting()
	for sort, v := range both(t, h.serve) {
		for name, sent := range map[string]string{"GET": next, "POST": "POST /a HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabc"} {
			for how, leave := range map[string]func(*net.TCPConn) error{"closed": (*net.TCPConn).Close, "half-closed": (*net.TCPConn).CloseWrite} {
				c := v.dial(t)
				_, _ = io.WriteString(c, sent)
				within(t, sort+", "+name+" entered", h.entered)
				_ = leave(c)
				within(t, sort+", "+name+" "+how, h.left)
			}
		}
		_, _ = io.WriteString(v.dial(t), next)
		within(t, sort+" entered", h.entered)
		v.Close()
		within(t, sort+" left", h.left)
	}
}

// Deadlines that a handler sets end with its request.
func TestServe_deadlines(t *testing.T) {
	v := start(t, New(restOf(func(w http.ResponseWriter, r *http.Request) {
		conn := http.NewResponseController(w)
		if err := errors.Join(conn.SetReadDeadline(time.Now().Add(700*time.Millisecond)), conn.SetWriteDeadline(time.Now().Add(timeout))); err != nil {
			t.Error(err)
		}
		echo(w, r)
	})))
	c := v.dial(t)
	for range 2 {
		_, _ = io.WriteString(c, next)
		if n, err := c.Read(make([]byte, 4096)); n == 0 {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
	}
}

// Shutdown closes what is idle, waits for what is under way, and accepts nothing.
func TestShutdown(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	s := New(restOf(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/next" {
			close(entered)
			<-leave
		}
		echo(w, r)
	}))
	v := start(t, s)
	idle, half, busy := v.dial(t), v.dial(t), v.dial(t)
	for _, c := range []net.Conn{idle, half} {
		_, _ = io.WriteString(c, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n")
		if _, err := c.Read(make([]byte, 4096)); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = io.WriteString(half, "GET /a")
	_, _ = io.WriteString(busy, next)
	within(t, "entered", entered)
	ended := make(chan error, 1)
	go func() { ended <- s.Shutdown(t.Context()) }()
	ends(t, "idle", idle)
	ends(t, "half a head", half)
	if c, err := net.Dial("tcp", v.addr); err == nil {
		ends(t, "new", c)
	}
	close(leave)
	if got := readAnswers(t, busy, nil); len(got) != 1 || !got[0].Close {
		t.Errorf("got %+v", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := <-v.ended; !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("Serve returned %v", err)
	}
	v.ended <- nil // for the end of the test
}

// A request that comes while the server shuts down is not begun, whoever reads it,
// though it is the first of its connection.
func TestShutdown_firstRequests(t *testing.T) {
	for sort, v := range both(t, echo) {
		plain, odd := v.dial(t), v.dial(t)
		v.used(t, v.dial(t)) // so these two are accepted
		ended := make(chan error, 1)
		go func() { ended <- v.server.(interface{ Shutdown(context.Context) error }).Shutdown(t.Context()) }()
		time.Sleep(200 * time.Millisecond)
		_, _ = io.WriteString(plain, next)
		_, _ = io.WriteString(odd, strings.Replace(next, "/next", "http://h/next", 1))
		for name, c := range map[string]net.Conn{"plain": plain, "odd": odd} {
			ends(t, sort+", "+name, c)
		}
		if err := <-ended; err != nil {
			t.Errorf("%s: %v", sort, err)
		}
	}
}

// Shutdown gives up when its context ends, and Close ends what is left.
func TestShutdown_cutOff(t *testing.T) {
	h := newWaiting()
	s := New(restOf(h.serve))
	_, _ = io.WriteString(start(t, s).dial(t), next)
	within(t, "entered", h.entered)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	s.Close()
	within(t, "left", h.left)
	if err := s.Serve(nil); !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("Serve after Close: %v", err)
	}
}

// ConnState hears of each connection when it comes, of its first request, and of
// its end; if it is handed over, net/http goes on telling.
func TestServe_connState(t *testing.T) {
	var mu sync.Mutex
	open := map[net.Conn]http.ConnState{}
	rest := restOf(echo)
	rest.ConnState = func(c net.Conn, state http.ConnState) {
		mu.Lock()
		defer mu.Unlock()
		open[c] = state
		if state == http.StateClosed || state == http.StateHijacked {
			delete(open, c)
		}
	}
	v := start(t, New(rest))
	v.exchange(t, next+next)
	v.exchange(t, next+"GET * HTTP/1.1\r\n\r\n")
	if err := v.server.(*Server).Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(open) > 0 {
		t.Errorf("still open: %v", open)
	}
}

// A connection that does nothing takes little memory.
func TestServe_idleMemory(t *testing.T) {
	const crowd = 300
	v := start(t, New(restOf(echo)))
	before := inUse()
	conns := make([]*net.TCPConn, crowd)
	for i := range conns {
		conns[i] = v.dial(t)
		_, _ = io.WriteString(conns[i], next)
		if _, err := conns[i].Read(make([]byte, 4096)); err != nil {
			t.Fatal(err)
		}
	}
	if each := (inUse() - before) / crowd; each > 40<<10 {
		t.Errorf("each takes %d bytes, with its client", each)
	}
}

// inUse is what the heap and the stacks take.
func inUse() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc + m.StackInuse)
}
