package e2e

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// inFlight is a request that the server works on: it waits for an endpoint.
type inFlight struct {
	answered chan error // the outcome
	leave    func()     // lets the endpoint answer
}

// slowRequest begins a request that lasts until it is let go.
func (e *env) slowRequest(t *testing.T) inFlight {
	t.Helper()
	id := e.enterprise(t)
	bot, h := e.bot(t, id, "Slow"), newHook(t)
	entered, left := make(chan struct{}), make(chan struct{})
	h.answerChallenges(func(w http.ResponseWriter, challenge string) {
		close(entered)
		<-left
		repeatChallenge(w, challenge)
	})
	f := inFlight{make(chan error, 1), sync.OnceFunc(func() { close(left) })}
	t.Cleanup(f.leave)
	go func() {
		_, err := e.tryHook(t, id, bot.BotId, h.url)
		f.answered <- err
	}()
	<-entered
	return f
}

// slowServer is a server that can be given slow requests.
func slowServer(t *testing.T) *env {
	t.Helper()
	s := startWith(t, reception(t).trust(), "--allow-private-webhooks")
	return newEnv(engines()[0], s)
}

func TestShutdown_finishes_requests_in_flight(t *testing.T) {
	t.Parallel()
	e := slowServer(t)
	f := e.slowRequest(t)
	stopped := make(chan error, 1)
	go func() { stopped <- e.server.stop() }()
	e.refusesConnections(t)
	select {
	case err := <-stopped:
		t.Fatalf("the server ended before the request: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	f.leave()
	succeed(t, <-f.answered)
	succeed(t, <-stopped)
}

// A second signal ends the server although a request is under way.
func TestShutdown_second_signal(t *testing.T) {
	t.Parallel()
	e := slowServer(t)
	e.slowRequest(t)
	succeed(t, e.server.cmd.Process.Signal(syscall.SIGTERM))
	e.refusesConnections(t)
	succeed(t, e.server.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-e.server.exited:
	case <-time.After(10 * time.Second):
		t.Error("the server still runs ten seconds after the second signal")
	}
}

// What has not come whole is dropped: it is not done, and nobody waits for it.
func TestShutdown_drops_half_requests(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		body := `{"Name":"half"}`
		r := e.request(t, "POST", "/accounts", body)
		signerOf(e.caller).sign(r, body)
		var text strings.Builder
		succeed(t, r.Write(&text))
		whole := text.String()
		half := e.dial(t)
		for conn, part := range map[net.Conn]string{half: whole[:len(whole)-1], e.dial(t): whole[:len(whole)/2], e.dial(t): "P", e.dial(t): ""} {
			_, err := io.WriteString(conn, part)
			succeed(t, err)
		}
		time.Sleep(100 * time.Millisecond) // the server is waiting for the last byte
		began := time.Now()
		succeed(t, e.server.stop())
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("the server took %s to end", took)
		}
		_, _ = io.WriteString(half, whole[len(whole)-1:]) // the connection may be closed
		next := e.server.restart(t)
		equal(t, "accounts", newCaller(next.endpoint, next.keys).send(t, "GET", "/accounts", "").body, `{"Accounts":[],"NextToken":null}`)
	})
}

// refusesConnections waits until the server takes no new connections.
func (e *env) refusesConnections(t *testing.T) {
	t.Helper()
	u, err := url.Parse(e.endpoint)
	succeed(t, err)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			return
		}
		conn.Close()
	}
	t.Error("the server still takes connections 20 s after SIGTERM")
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
		case <-time.After(stopTimeout):
			t.Errorf("the server still runs %s after %s", stopTimeout, signal)
		}
	}
}

// Nothing but the signals to end does end the server.
func TestShutdown_other_signals(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	for _, signal := range []os.Signal{
		syscall.SIGHUP, syscall.SIGPIPE, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGWINCH, syscall.SIGCONT,
		syscall.SIGABRT, syscall.SIGSYS, syscall.SIGTRAP,
	} {
		succeed(t, e.server.cmd.Process.Signal(signal))
	}
	time.Sleep(200 * time.Millisecond)
	e.works(t, true)
}

// SIGQUIT shows what every goroutine does.
func TestShutdown_quit(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	succeed(t, e.server.cmd.Process.Signal(syscall.SIGQUIT))
	<-e.server.exited
	if e.server.cmd.ProcessState.Success() || !strings.Contains(readFile(e.server.log()), "\ngoroutine 1 ") {
		t.Errorf("%s; the log ends:\n%s", e.server.cmd.ProcessState, e.server.tail())
	}
}
