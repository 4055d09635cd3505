// Package front serves plain requests of HTTP/1.1 for less than net/http does,
// and leaves everything else to net/http.
//
// Plain is what common clients send over a connection without TLS: HTTP/1.1, a
// head of 8 KiB at most, an origin-form target, one Host, a Content-Length of 64
// KiB at most or no body, and no byte that readers of HTTP disagree about. The
// first request of a connection that is anything else goes, with all bytes that
// have come, to an [http.Server], which keeps the connection: it refuses what is
// malformed, and speaks what is not spoken here (chunked bodies, 100-continue,
// upgrades, HTTP/1.0).
//
// Handlers see no difference, but for this: they cannot hijack a connection, nor
// send trailers or answers of status 1xx.
package front

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Server serves the connections of one listener.
type Server struct {
	// rest takes what is not plain. Its settings count for what is plain as well:
	// Handler, timeouts, ConnState (without StateIdle, and StateActive once) and
	// ErrorLog. What has its ReadTimeout or ConnContext must not come here.
	rest   *http.Server
	others *handover

	tick     atomic.Uint64 // of the watch
	stopping atomic.Bool

	mu       sync.Mutex
	listener net.Listener
	conns    map[*conn]struct{}
	running  sync.WaitGroup // connections
}

// New returns a server in front of another, which must not serve yet.
func New(rest *http.Server) *Server {
	return &Server{rest: rest, others: newHandover(), conns: map[*conn]struct{}{}}
}

// Serve serves a listener until Shutdown or Close; then it returns
// [http.ErrServerClosed]. It is called once.
func (s *Server) Serve(l net.Listener) error {
	if !canWatch {
		return s.rest.Serve(l)
	}
	if !s.begin(l) {
		return http.ErrServerClosed
	}
	watched := make(chan struct{})
	go s.watch(watched)
	go s.await(watched)
	s.others.addr = l.Addr()
	var rest sync.WaitGroup
	rest.Go(func() { _ = s.rest.Serve(s.others) }) // ends with the front
	defer rest.Wait()
	defer s.others.Close()
	return s.accept(l)
}

func (s *Server) begin(l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping.Load() {
		return false
	}
	s.listener = l
	s.running.Add(1) // the listener's, so that the watch lasts
	return true
}

// accept takes connections. Like net/http it tries again where others than the
// listener are at fault, as when there are too many open files.
func (s *Server) accept(l net.Listener) error {
	defer s.running.Done()
	for pause := time.Duration(0); ; {
		c, err := l.Accept()
		var network net.Error
		switch {
		case err == nil:
			pause = 0
			s.take(c)
		case s.stopping.Load():
			return http.ErrServerClosed
		//lint:ignore SA1019 it is what tells these errors, for net/http as well
		case errors.As(err, &network) && network.Temporary():
			pause = min(max(2*pause, 5*time.Millisecond), time.Second)
			time.Sleep(pause)
		default:
			return err
		}
	}
}

// take begins to serve a connection.
func (s *Server) take(rwc net.Conn) {
	c := newConn(s, rwc)
	s.mu.Lock()
	s.conns[c] = struct{}{}
	s.running.Add(1)
	s.mu.Unlock()
	s.note(rwc, http.StateNew)
	go c.serve()
}

// leave forgets a connection.
func (s *Server) leave(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	s.running.Done()
}

// note tells of the state of a connection.
func (s *Server) note(c net.Conn, state http.ConnState) {
	if s.rest.ConnState != nil {
		s.rest.ConnState(c, state)
	}
}

// stop ends accepting.
func (s *Server) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping.Store(true)
	if s.listener != nil {
		_ = s.listener.Close()
	}
}

// each calls fn with the connections there are.
func (s *Server) each(fn func(*conn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		fn(c)
	}
}

// Shutdown stops accepting, closes connections without a request under way, and
// waits for the others until ctx ends. Like that of [http.Server] it waits for
// those on which nothing came yet: whoever minds closes them by ConnState.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stop()
	s.each(func(c *conn) {
		if p := c.state.load().phase(); p == idle || p == begun {
			c.abandon()
		}
	})
	if err := s.rest.Shutdown(ctx); err != nil {
		return err
	}
	done := make(chan struct{})
	go s.await(done)
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// await closes done when there are no connections, and will be none.
func (s *Server) await(done chan<- struct{}) {
	s.running.Wait()
	close(done)
}

// Close closes everything at once. The contexts of requests end within a second.
func (s *Server) Close() error {
	s.stop()
	s.each((*conn).close)
	return s.rest.Close()
}
