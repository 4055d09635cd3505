package server

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// health answers the two unsigned probes.
func (h *handler) health(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	switch r.URL.Path {
	case "/healthz":
		w.WriteHeader(http.StatusOK)
	case "/readyz":
		w.WriteHeader(h.ready.status())
	default:
		return false
	}
	return true
}

// options answers "OPTIONS *", which asks whether there is a server at all.
func options(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodOptions || r.RequestURI != "*" {
		return false
	}
	w.Header().Set("Content-Length", "0")
	return true
}

// readyTimeout bounds the look at the database behind /readyz.
const readyTimeout = 2 * time.Second

// probe looks whether the server can serve. Anybody may ask, so one look at a
// time answers all who ask meanwhile.
type probe struct {
	look func(context.Context) error
	log  *slog.Logger
	mu   sync.Mutex
	now  *look // nil: nobody looks
}

type look struct {
	done chan struct{} // closed when err counts
	err  error
}

// status returns what /readyz answers.
func (p *probe) status() int {
	l, first := p.join()
	if first {
		p.run(l)
	}
	<-l.done
	if l.err != nil {
		return http.StatusServiceUnavailable
	}
	return http.StatusOK
}

// join returns the look that goes on, or a new one, which the caller has to run.
func (p *probe) join() (l *look, first bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now != nil {
		return p.now, false
	}
	p.now = &look{done: make(chan struct{})}
	return p.now, true
}

func (p *probe) run(l *look) {
	ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
	defer cancel()
	if l.err = p.look(ctx); l.err != nil {
		p.log.Warn("not ready", "error", l.err.Error())
	}
	p.mu.Lock()
	p.now = nil
	p.mu.Unlock()
	close(l.done)
}
