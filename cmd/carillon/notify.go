package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// notifier tells the service manager how the server is, by the protocol of
// sd_notify. Where no manager listens it does nothing.
type notifier struct {
	socket string        // empty: nobody listens
	period time.Duration // of the watchdog; 0: none
}

// newNotifier reads what the manager has set, and hides it from what this
// process starts.
func newNotifier() *notifier {
	n := &notifier{socket: os.Getenv("NOTIFY_SOCKET")}
	micros, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	pid := os.Getenv("WATCHDOG_PID")
	if err == nil && micros > 0 && (pid == "" || pid == strconv.Itoa(os.Getpid())) {
		n.period = time.Duration(micros) * time.Microsecond
	}
	for _, name := range []string{"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} {
		os.Unsetenv(name)
	}
	return n
}

// send sends lines such as READY=1. A manager that cannot be reached is not
// worth ending for: it will notice.
func (n *notifier) send(lines ...string) {
	if n.socket == "" {
		return
	}
	name := n.socket
	if strings.HasPrefix(name, "@") { // abstract
		name = "\x00" + name[1:]
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		return
	}
	defer c.Close()
	_ = c.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = c.Write([]byte(strings.Join(lines, "\n")))
}

// ready says that the server serves at an endpoint.
func (n *notifier) ready(endpoint string) { n.send("READY=1", "STATUS=serving at "+endpoint) }

// reloading says so until done is called.
func (n *notifier) reloading() (done func()) {
	n.send("RELOADING=1")
	return func() { n.send("READY=1") }
}

// guard feeds the watchdog while alive answers in time, until stop is called.
func (n *notifier) guard(alive func(context.Context) error) (stop func()) {
	if n.socket == "" || n.period == 0 {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		beat := time.NewTicker(n.period / 3)
		defer beat.Stop()
		for {
			n.feed(ctx, alive)
			select {
			case <-ctx.Done():
				return
			case <-beat.C:
			}
		}
	})
	return func() {
		cancel()
		running.Wait()
	}
}

func (n *notifier) feed(ctx context.Context, alive func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, n.period/3)
	defer cancel()
	if alive(ctx) == nil {
		n.send("WATCHDOG=1")
	}
}

// health asks a server for its health by the door that everybody uses, so that
// the watchdog sees a listener that takes nobody any more.
func health(endpoint string) func(context.Context) error {
	// The name in the certificate is not the one of loopback.
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true, //nolint:gosec // it tells and believes nothing
	}}
	return func(ctx context.Context) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint+"/healthz", nil)
		if err != nil {
			return err
		}
		answer, err := client.Do(r)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return errors.New(answer.Status)
		}
		return nil
	}
}
