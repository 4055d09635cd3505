package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// subject is something to measure.
type subject struct {
	name string
	// pids are the processes whose CPU time counts.
	pids []int
	// profile is where the server offers its CPU profile; empty: nowhere.
	profile string
	// prepare is called before a slice of that length, off the clock.
	prepare func(time.Duration) error
	// workers do one piece of work a call, each on a goroutine of its own.
	workers []func() error
	// close releases what the workers hold.
	close func()
}

// errDone ends a worker's slice early: there is no work left.
var errDone = errors.New("no work left")

const (
	// warmUp is for caches, prepared statements and connections.
	warmUp = 300 * time.Millisecond
	// settle is how long CPU time still counts after a slice, so that work
	// which was left to the background, as checkpoints are, is in the figures.
	settle = 100 * time.Millisecond
	// maxFailures is after how many failures a worker gives a slice up.
	maxFailures = 100
)

// measurement is what was found of a subject.
type measurement struct {
	Name                 string
	Requests, Unexpected int
	Problem              error     // of one that was unexpected
	CPU                  float64   // of the subject per request, µs
	Slices               []float64 // the same for each slice
	Floor                float64   // of the floor in the same minutes; 0: not measured
	FloorP99             time.Duration
	Generator            float64 // CPU of this process per request, µs
	Rate                 float64 // requests per second
	P50, P99             time.Duration
}

func (m measurement) String() string {
	text := fmt.Sprintf("%-14s %8d requests %8.1f µs %8.0f/s  p50 %s ms  p99 %s ms", m.Name, m.Requests, m.CPU, m.Rate, ms(m.P50), ms(m.P99))
	if m.Floor > 0 {
		text += fmt.Sprintf("  %.2f × floor (%.1f µs, p99 %s ms)", m.CPU/m.Floor, m.Floor, ms(m.FloorP99))
	}
	if m.Unexpected > 0 {
		text += fmt.Sprintf("  %d UNEXPECTED, one: %v", m.Unexpected, m.Problem)
	}
	return text
}

// recorder gathers the slices of one subject.
type recorder struct {
	tally
	subject *subject
	busy    time.Duration // wall time of the slices
	cpu     time.Duration // of the subject
	own     time.Duration // CPU of this process
	slices  []float64     // CPU of the subject per request, µs
}

// slice puts the subject under load for a while.
func (r *recorder) slice(d time.Duration) error {
	if err := r.subject.prepare(d); err != nil {
		return err
	}
	before, err := cpuTime(r.subject.pids...)
	if err != nil {
		return err
	}
	requests := len(r.latencies)
	if err := r.load(d); err != nil {
		return err
	}
	time.Sleep(settle)
	after, err := cpuTime(r.subject.pids...)
	r.cpu += after - before
	r.slices = append(r.slices, perRequest(after-before, len(r.latencies)-requests))
	return err
}

// load runs the workers.
func (r *recorder) load(d time.Duration) error {
	before, err := cpuTime(self)
	if err != nil {
		return err
	}
	began := time.Now()
	tallies := make([]tally, len(r.subject.workers))
	var group sync.WaitGroup
	for i, work := range r.subject.workers {
		group.Go(func() { tallies[i].run(work, began.Add(d)) })
	}
	group.Wait()
	r.busy += time.Since(began)
	after, err := cpuTime(self)
	r.own += after - before
	for i := range tallies {
		r.add(&tallies[i])
	}
	return err
}

func (r *recorder) result() (measurement, error) {
	m := measurement{Name: r.subject.name, Requests: len(r.latencies), Unexpected: r.unexpected, Problem: r.problem, Slices: r.slices}
	if m.Requests == 0 {
		return m, fmt.Errorf("%s: no request was answered", m.Name)
	}
	slices.Sort(r.latencies)
	m.P50, m.P99 = r.latencies[m.Requests/2], r.latencies[m.Requests*99/100]
	m.CPU = perRequest(r.cpu, m.Requests)
	if !slices.Contains(r.subject.pids, self) {
		m.Generator = perRequest(r.own, m.Requests)
	}
	m.Rate = float64(m.Requests) / r.busy.Seconds()
	return m, nil
}

// perRequest returns microseconds per request.
func perRequest(d time.Duration, requests int) float64 {
	return float64(d.Nanoseconds()) / 1000 / float64(requests)
}

// tally is what workers have done.
type tally struct {
	latencies  []time.Duration
	unexpected int
	problem    error
}

// run works until the deadline.
func (t *tally) run(work func() error, deadline time.Time) {
	for now := time.Now(); now.Before(deadline) && t.unexpected < maxFailures; {
		err := work()
		if errors.Is(err, errDone) {
			return
		}
		then := time.Now()
		t.latencies = append(t.latencies, then.Sub(now))
		now = then
		if err != nil {
			t.unexpected++
			t.problem = err
		}
	}
}

func (t *tally) add(other *tally) {
	t.latencies = append(t.latencies, other.latencies...)
	t.unexpected += other.unexpected
	if other.problem != nil {
		t.problem = other.problem
	}
}
