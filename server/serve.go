package server

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"carillon/internal/front"
)

// Limits of connections.
const (
	readHeaderTimeout = 10 * time.Second
	writeTimeout      = 90 * time.Second
	idleTimeout       = 3 * time.Minute
	maxHeaderBytes    = 64 << 10
	// maxStreams is how many requests an HTTP/2 connection may have at once;
	// the buffers are what it may send, in bytes, before somebody reads it.
	maxStreams   = 100
	streamBuffer = 64 << 10
	connBuffer   = 128 << 10

	shutdownTimeout = 30 * time.Second
	// headGrace is how long, after that, a request may take whose first bytes
	// were on their way when the server was told to stop.
	headGrace = 100 * time.Millisecond
)

// Serve answers on a listener until ctx ends. Then it stops accepting, drops
// requests that have not come whole, finishes the others, for 30 s at most, and
// returns. It returns an error only if it cannot serve.
func (s *Server) Serve(ctx context.Context, l net.Listener, files TLSFiles) error {
	certificates, err := s.loadCertificates(files)
	if err != nil {
		return err
	}
	conns := &youngConns{}
	hs := s.httpServer(conns)
	var plain web = hs
	if s.lean && files.Cert == "" {
		plain = front.New(hs)
	}
	var tasks sync.WaitGroup
	defer tasks.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := make(chan error, 1)
	tasks.Go(func() { failed <- certificates.serve(hs, plain, &loudListener{Listener: l, log: s.log}) })
	tasks.Go(func() { certificates.watch(ctx) })
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	s.shutDown(plain, conns)
	return nil
}

func (s *Server) httpServer(conns *youngConns) *http.Server {
	return &http.Server{
		Handler: s.Handler, ReadHeaderTimeout: readHeaderTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: maxStreams, MaxReceiveBufferPerStream: streamBuffer, MaxReceiveBufferPerConnection: connBuffer,
		},
		ConnState: conns.note, DisableGeneralOptionsHandler: true, // ours of OPTIONS * has a request id
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}

// web is what serves HTTP: net/http, alone or behind the front.
type web interface {
	Serve(net.Listener) error
	Shutdown(context.Context) error
	Close() error
}

// shutDown ends serving. Requests that take longer are cut off.
func (s *Server) shutDown(w web, conns *youngConns) {
	grace, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	s.handler.stop()
	dropped := time.AfterFunc(headGrace, conns.drop)
	defer dropped.Stop()
	if err := w.Shutdown(grace); err != nil {
		s.log.Warn("requests cut off that were still under way", "after", shutdownTimeout.String())
		_ = w.Close() // the listener is closed already
	}
}

// stop drops the requests that have not come whole, now and from now on.
func (h *handler) stop() {
	h.stopOnce.Do(func() { close(h.stopping) })
	h.arrivals.stop()
}

// youngConns are the connections whose first request has not come yet, or only
// a part of its head. net/http would wait for them when it shuts down.
type youngConns struct {
	mu      sync.Mutex
	dropped bool
	conns   map[net.Conn]struct{}
}

// note is told of the states of all connections.
func (y *youngConns) note(c net.Conn, state http.ConnState) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if state != http.StateNew {
		delete(y.conns, c)
		return
	}
	if y.conns == nil {
		y.conns = map[net.Conn]struct{}{}
	}
	y.conns[c] = struct{}{}
	if y.dropped {
		_ = c.Close() // net/http sees the error
	}
}

// drop closes them, now and from now on.
func (y *youngConns) drop() {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.dropped = true
	for c := range y.conns {
		_ = c.Close()
	}
}
