package main

import (
	"errors"
	"testing"
	"time"
)

// A refusal is neither an answer nor a failure, and only answers have latencies.
func TestCrowd_note(t *testing.T) {
	c := crowd{busy: 2 * time.Second, cpu: time.Second}
	for _, err := range []error{nil, nil, &statusError{503, 200}, &statusError{429, 200}, &statusError{500, 200}, errors.New("reset")} {
		c.note(time.Millisecond, err)
	}
	if len(c.good) != 2 || c.refused != 2 || c.failed != 2 {
		t.Errorf("%d answers, %d refused, %d failed", len(c.good), c.refused, c.failed)
	}
	if c.goodput() != 1 || c.yield() != 2 {
		t.Errorf("%v a second, %v of CPU", c.goodput(), c.yield())
	}
}

func TestPercentile(t *testing.T) {
	list := []time.Duration{3, 1, 2}
	if got := percentile(list, 50); got != 2 || percentile(list, 99) != 2 || percentile(list, 100) != 3 || percentile(nil, 50) != 0 {
		t.Errorf("median %d", got)
	}
}

// What the targets ask for is found under the names that are measured.
func TestCrowdTargets(t *testing.T) {
	b := &bench{crowds: []*crowd{
		{name: "get, 4096 connections", share: 0.5, busy: 1, cpu: 1, good: []time.Duration{time.Second}},
		{name: "create, 10 × the best rate", share: 0.25, busy: 1, cpu: 1, health: []time.Duration{time.Millisecond}},
	}}
	for want, value := range map[float64]func(*bench) (float64, bool){
		0.5: crowdShare("get", atMost), 0.25: crowdShare("create", tenfold),
		1000: slowest(func(c *crowd) []time.Duration { return c.good }), 1: slowest(func(c *crowd) []time.Duration { return c.health }),
	} {
		if got, ok := value(b); !ok || got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	if _, ok := crowdShare("get", tenfold)(b); ok {
		t.Error("found what was not measured")
	}
}
