package main

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// manager is the socket of a service manager.
type manager struct {
	*testing.T
	conn *net.UnixConn
}

func newManager(t *testing.T) *manager {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: no datagram sockets of files")
	}
	dir, err := os.MkdirTemp("", "notify") // t.TempDir may be longer than a socket's name
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return &manager{t, conn}
}

// await reads until a message begins with a line.
func (m *manager) await(line string) string {
	m.Helper()
	buffer := make([]byte, 4096)
	for {
		_ = m.conn.SetReadDeadline(time.Now().Add(30 * time.Second))
		n, err := m.conn.Read(buffer)
		if err != nil {
			m.Fatalf("waiting for %s: %v", line, err)
		}
		if message := string(buffer[:n]); message == line || strings.HasPrefix(message, line+"\n") {
			return message
		}
	}
}

// A service manager hears of start, life, reload and end.
func TestNotify_process(t *testing.T) {
	m := newManager(t)
	t.Setenv("WATCHDOG_USEC", "600000")
	cmd, s := start(t, t.TempDir())
	if got := m.await("READY=1"); !strings.Contains(got, "STATUS=serving at "+s.keyFile.EndpointURL) {
		t.Errorf("got %q", got)
	}
	m.await("WATCHDOG=1")
	m.await("WATCHDOG=1")
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	m.await("RELOADING=1")
	m.await("READY=1")
	if code := s.signal(cmd, syscall.SIGTERM); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	m.await("STOPPING=1")
}

// Who is not healthy does not feed the watchdog.
func TestNotify_unhealthy(t *testing.T) {
	m := newManager(t)
	n := newNotifier()
	n.period = time.Hour
	n.feed(t.Context(), func(context.Context) error { return errors.New("ill") })
	n.send("END=1")
	buffer := make([]byte, 100)
	if size, err := m.conn.Read(buffer); err != nil || string(buffer[:size]) != "END=1" {
		t.Errorf("got %q, %v", buffer[:size], err)
	}
	if err := health("http://127.0.0.1:1")(t.Context()); err == nil {
		t.Error("nobody is healthy")
	}
}

func TestNewNotifier(t *testing.T) {
	for _, test := range []struct {
		micros, pid string
		want        time.Duration
	}{
		{"", "", 0}, {"1000000", "", time.Second}, {"1000000", "1", 0}, {"-1", "", 0}, {"x", "", 0},
	} {
		t.Setenv("NOTIFY_SOCKET", "/nowhere")
		t.Setenv("WATCHDOG_USEC", test.micros)
		t.Setenv("WATCHDOG_PID", test.pid)
		n := newNotifier()
		if n.period != test.want || n.socket != "/nowhere" || os.Getenv("NOTIFY_SOCKET") != "" {
			t.Errorf("%v: got %+v", test, n)
		}
		n.send("READY=1") // harms nobody
	}
}
