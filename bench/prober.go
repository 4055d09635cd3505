package main

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// proberMode is the first argument of the child that asks a server whether it
// lives. It is a process of its own: in ours it would wait behind the crowd.
const proberMode = "prober"

// probeEvery is the pause between two questions.
const probeEvery = 10 * time.Millisecond

// probe asks for /healthz and /readyz in turns until it is told to stop, and
// prints how long each answer took.
func probe(addr string) error {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	c := client{addr: addr, read: readHTTP}
	paths := []string{"/healthz", "/readyz"}
	for i := 0; ; i++ {
		q := request{fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", paths[i%len(paths)], addr), http.StatusOK}
		began := time.Now()
		if err := c.do(&q); err != nil {
			return err
		}
		fmt.Println(time.Since(began))
		select {
		case <-stop:
			return nil
		case <-time.After(probeEvery):
		}
	}
}

// prober is such a child.
type prober struct{ *process }

func startProber(log, addr string) (prober, error) {
	program, err := os.Executable()
	if err != nil {
		return prober{}, err
	}
	free, err := pin(thread, 0, 1) // wherever there is room
	if err != nil {
		return prober{}, err
	}
	defer free()
	p, err := start(log, program, proberMode, addr)
	return prober{p}, err
}

// result stops the child and returns how long the answers took.
func (p prober) result() ([]time.Duration, error) {
	p.stop()
	text, err := os.ReadFile(p.log)
	if err != nil {
		return nil, err
	}
	var took []time.Duration
	for lines := bufio.NewScanner(strings.NewReader(string(text))); lines.Scan(); {
		d, err := time.ParseDuration(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("probing: %s", lines.Text())
		}
		took = append(took, d)
	}
	return took, nil
}
