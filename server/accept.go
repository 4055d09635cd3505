package server

import (
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"
)

// loudListener says aloud that connections cannot be accepted, as when the
// process has no file descriptors left: net/http only tries again.
type loudListener struct {
	net.Listener
	log *slog.Logger

	mu     sync.Mutex
	last   time.Time
	errors int // since the last line
}

// complainEvery is the time between two lines of the log about it.
const complainEvery = 10 * time.Second

// Accept implements net.Listener.
func (l *loudListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil && !errors.Is(err, net.ErrClosed) {
		l.complain(err)
	}
	return c, err
}

func (l *loudListener) complain(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.errors++
	if time.Since(l.last) < complainEvery {
		return
	}
	l.log.Error("connections cannot be accepted", "error", err.Error(), "times", l.errors)
	l.last, l.errors = time.Now(), 0
}
