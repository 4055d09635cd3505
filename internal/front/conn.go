package front

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
)

// conn is a connection. But for its state, and what mu guards, it belongs to the
// goroutine that serves it.
type conn struct {
	server *Server
	rwc    net.Conn
	remote string
	base   context.Context // of its requests
	state  atomicState

	in     []byte // room for a head and more
	filled int    // bytes that have come
	used   int    // of these by the request
	head   head
	draft  http.Request // has no context yet
	blanks int          // bytes of line breaks that may come before the next request
	active bool         // there was a request
	handed bool         // it is net/http's now

	// cancel ends the context of the request under way. The watch, which holds mu,
	// may call it while the state is busy.
	cancel  context.CancelFunc
	mu      sync.Mutex
	bounded bool // the answer has a deadline
}

func newConn(s *Server, rwc net.Conn) *conn {
	base := context.WithValue(context.WithValue(context.Background(), http.ServerContextKey, s.rest), http.LocalAddrContextKey, rwc.LocalAddr())
	c := &conn{server: s, rwc: rwc, remote: rwc.RemoteAddr().String(), base: base, in: make([]byte, firstHead), cancel: func() {}}
	c.enter(fresh)
	return c
}

// serve serves requests until one is not plain, or the connection ends.
func (c *conn) serve() {
	defer c.leave()
	for {
		switch c.receive() {
		case plain:
			if !c.answer() {
				return
			}
		case odd:
			c.handOver()
			return
		default:
			return
		}
	}
}

// leave ends the connection, unless it was handed over.
func (c *conn) leave() {
	if p := recover(); p != nil && p != http.ErrAbortHandler {
		c.logf("http: panic serving %v: %v\n%s", c.remote, p, debug.Stack())
	}
	c.cancel()
	if !c.handed {
		c.enter(gone)
		_ = c.rwc.Close()
		c.server.note(c.rwc, http.StateClosed)
	}
	c.server.leave(c)
}

func (c *conn) logf(format string, args ...any) {
	if l := c.server.rest.ErrorLog; l != nil {
		l.Printf(format, args...)
		return
	}
	log.Printf(format, args...)
}

// receive reads the next head.
func (c *conn) receive() verdict {
	c.head.summary = summary{}
	for {
		c.skipBlank()
		if v := c.head.read(c.in[:c.filled]); v != unfinished {
			return v
		}
		if c.filled > 0 && c.state.load().phase() == idle && !c.enter(begun) {
			return lost
		}
		if v := c.fill(); v != unfinished {
			return v
		}
	}
}

// skipBlank drops the line break that some old clients send after the body of a
// POST, as net/http does.
func (c *conn) skipBlank() {
	n := 0
	for !c.head.begun && n < min(c.filled, c.blanks) && (c.in[n] == '\r' || c.in[n] == '\n') {
		n++
	}
	c.blanks -= n
	c.drop(n)
}

// drop forgets the first bytes that have come.
func (c *conn) drop(n int) {
	if n > 0 {
		copy(c.in, c.in[n:c.filled])
		c.filled -= n
	}
}

// fill reads more of a head.
func (c *conn) fill() verdict {
	if c.filled == len(c.in) {
		if c.filled >= maxHead {
			return odd
		}
		c.in = append(c.in, make([]byte, maxHead-len(c.in))...)
	}
	n, err := c.rwc.Read(c.in[c.filled:])
	c.filled += n
	switch {
	case n > 0 || err == nil:
		return unfinished
	case errors.Is(err, io.EOF) && c.filled > 0:
		return odd
	}
	return lost
}

// answer has the handler answer the request whose head has come. It reports
// whether another may follow.
func (c *conn) answer() bool {
	ctx, cancel := context.WithCancel(c.base)
	c.cancel = cancel
	defer cancel()
	if !c.enter(busy) || c.server.stopping.Load() {
		return false
	}
	c.activate()
	w := newResponse(c)
	c.server.rest.Handler.ServeHTTP(w, c.request(ctx, &w.body))
	w.finish()
	return !w.closing && c.again()
}

// request returns the request of the head, with its body.
func (c *conn) request(ctx context.Context, body *requestBody) *http.Request {
	c.used = c.head.end
	r := &c.draft
	*r = c.head.request(c.in)
	r.RemoteAddr = c.remote
	if body.left = r.ContentLength; body.left > 0 {
		r.Body = body
	} else {
		c.state.add(whole)
	}
	return r.WithContext(ctx)
}

// activate tells of the first request.
func (c *conn) activate() {
	if !c.active {
		c.active = true
		c.server.note(c.rwc, http.StateActive)
	}
}

// again makes the connection ready for another request.
func (c *conn) again() bool {
	if c.blanks = 0; c.head.method == http.MethodPost {
		c.blanks = 4
	}
	c.draft = http.Request{}
	c.drop(c.used)
	if c.server.stopping.Load() {
		return false
	}
	if c.filled > 0 {
		return c.enter(begun)
	}
	return c.enter(idle)
}

// handOver gives the connection to net/http, with what has come.
func (c *conn) handOver() {
	if !c.enter(gone) {
		return
	}
	c.handed = true
	c.server.note(c.rwc, http.StateHijacked)
	c.server.others.give(&begunConn{Conn: c.rwc, begun: c.in[:c.filled]})
}

// requestBody is the body of a request, of known length.
type requestBody struct {
	conn   *conn
	left   int64 // bytes to come
	closed bool
}

// Read implements io.Reader.
func (b *requestBody) Read(p []byte) (n int, err error) {
	switch {
	case b.closed:
		return 0, http.ErrBodyReadAfterClose
	case b.left == 0:
		return 0, io.EOF
	case len(p) == 0:
		return 0, nil
	}
	n, err = b.conn.readBody(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	switch {
	case b.left == 0:
		b.conn.state.add(whole)
		return n, io.EOF
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// readBody reads bytes that follow the head.
func (c *conn) readBody(p []byte) (int, error) {
	if c.used < c.filled {
		n := copy(p, c.in[c.used:c.filled])
		c.used += n
		return n, nil
	}
	return c.rwc.Read(p)
}

// Close implements io.Closer. What is left is read after the handler.
func (b *requestBody) Close() error {
	b.closed = true
	return nil
}

// drain reads what the handler has left, so that the next request can be found.
// It reports whether it could.
func (b *requestBody) drain() bool {
	b.closed = false
	if b.left > 0 {
		_, _ = io.Copy(io.Discard, b) // what fails is seen by what is left
	}
	b.closed = true
	return b.left == 0
}
