package e2e

import (
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestShutdown_finishes_requests_in_flight(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		const body = `{"Name":"in flight"}`
		r := e.request(t, "POST", "/accounts", body)
		signerOf(e.caller).sign(r, body)
		var text strings.Builder
		succeed(t, r.Write(&text))
		conn := e.dial(t)
		_, err := io.WriteString(conn, text.String()[:text.Len()-1])
		succeed(t, err)
		time.Sleep(100 * time.Millisecond) // the server is waiting for the last byte

		stopped := make(chan error, 1)
		go func() { stopped <- e.server.stop() }()
		e.refusesConnections(t)
		_, err = io.WriteString(conn, body[len(body)-1:])
		succeed(t, err)
		res, err := readAnswer(conn)
		succeed(t, err)
		equal(t, "status", res.StatusCode, 201)
		succeed(t, <-stopped)

		next := e.server.restart(t)
		out := newCaller(next.endpoint, next.keys).send(t, "GET", "/accounts", "")
		if !strings.Contains(out.body, `"Name":"in flight"`) {
			t.Errorf("the account is not there: %s", out.body)
		}
	})
}

// refusesConnections waits until the server takes no new connections.
func (e *env) refusesConnections(t *testing.T) {
	t.Helper()
	u, err := url.Parse(e.endpoint)
	succeed(t, err)
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			return
		}
		conn.Close()
	}
	t.Error("the server still takes connections 5 s after SIGTERM")
}

func TestShutdown_signals(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		e := ownServer(t)
		e.team(t)
		succeed(t, e.server.cmd.Process.Signal(signal))
		select {
		case <-e.server.exited:
			succeed(t, e.server.exitCode())
		case <-time.After(5 * time.Second):
			t.Errorf("the server still runs 5 s after %s", signal)
		}
	}
}
