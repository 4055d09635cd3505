package server

import (
	"io"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// exhausted is a listener in a process without file descriptors.
type exhausted struct{ net.Listener }

func (exhausted) Accept() (net.Conn, error) {
	return nil, &net.OpError{Op: "accept", Net: "tcp", Err: syscall.EMFILE}
}

// That no connection can be accepted is said as an error, but not each time.
func TestAccept_errors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{}
		l := &loudListener{Listener: exhausted{}, log: slog.New(slog.NewJSONHandler(r, nil))}
		for range 60 {
			if _, err := l.Accept(); err == nil {
				t.Fatal("accepted")
			}
			time.Sleep(time.Second / 2)
		}
		text := r.String()
		if n := strings.Count(text, "\n"); n != 3 || !strings.Contains(text, `"level":"ERROR"`) || !strings.Contains(text, "too many open files") || !strings.Contains(text, `"times":20`) {
			t.Errorf("%d lines: %s", n, text)
		}
	})
}

// The end of serving is no error.
func TestAccept_closed(t *testing.T) {
	r := &reader{}
	inner := listen(t)
	l := &loudListener{Listener: inner, log: slog.New(slog.NewJSONHandler(io.MultiWriter(r), nil))}
	inner.Close()
	if _, err := l.Accept(); err == nil || r.String() != "" {
		t.Errorf("%v, logged %s", err, r)
	}
}
