package main

import (
	"errors"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// crowd is a number of connections that ask for more than fits.
type crowd struct {
	name        string
	server      *server
	supply      func(time.Duration) *batch
	connections int
	rate        float64 // of an open loop, requests per second; 0: a closed loop

	busy    time.Duration
	cpu     time.Duration   // of the server
	share   float64         // of the best rate of its sort
	good    []time.Duration // how long the answers took that were wanted
	refused int             // answers that said to come again
	failed  int
	problem error
	health  []time.Duration // how long the probes took
}

func newCrowd(name string, s *server, supply func(time.Duration) *batch, connections int) *crowd {
	return &crowd{name: name, server: s, supply: supply, connections: connections}
}

// goodput is how many answers a second were wanted.
func (c *crowd) goodput() float64 { return float64(len(c.good)) / c.busy.Seconds() }

// yield is how many there were for each second of the server's processor: on a
// machine that others use, they take time but not this.
func (c *crowd) yield() float64 { return float64(len(c.good)) / c.cpu.Seconds() }

// crowdSlice is how long a crowd is there at a time: longer than anybody waits.
const crowdSlice = 3 * time.Second

// lead is how long it is there before anything counts.
const lead = time.Second

// slice has the crowd there for a while.
func (c *crowd) slice(log string) error {
	run := &crowdRun{crowd: c, work: c.supply(lead + crowdSlice), began: time.Now()}
	run.counts, run.until = run.began.Add(lead), run.began.Add(lead+crowdSlice)
	p, err := startProber(log, c.server.addr)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	for range c.connections {
		group.Go(run.ask)
	}
	cpu, err := run.cpuTime()
	group.Wait()
	c.busy += crowdSlice
	c.cpu += cpu
	took, failed := p.result()
	err = errors.Join(err, failed)
	c.health = append(c.health, took...)
	return err
}

// crowdRun is one slice of a crowd.
type crowdRun struct {
	*crowd
	work                 *batch
	began, counts, until time.Time
	next                 atomic.Int64

	mu sync.Mutex
}

// cpuTime returns what the server takes while it counts.
func (r *crowdRun) cpuTime() (time.Duration, error) {
	time.Sleep(time.Until(r.counts))
	before, err := cpuTime(r.server.pid())
	if err != nil {
		return 0, err
	}
	time.Sleep(time.Until(r.until))
	after, err := cpuTime(r.server.pid())
	return after - before, err
}

// ask is one connection.
func (r *crowdRun) ask() {
	c := client{addr: r.server.addr, read: r.server.read, buffer: 4 << 10}
	defer c.close()
	var own crowd
	for r.due(&own) {
		q := r.work.take()
		if q == nil {
			break
		}
		began := time.Now()
		err := c.do(q)
		if now := time.Now(); now.After(r.counts) && now.Before(r.until) {
			own.note(now.Sub(began), err)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(&own)
}

// late is how long a request of an open loop waits for a free connection.
const late = 100 * time.Millisecond

// due waits until the next request is to be sent. false: there is none.
func (r *crowdRun) due(own *crowd) bool {
	for r.rate > 0 {
		at := r.began.Add(time.Duration(float64(r.next.Add(1)) / r.rate * float64(time.Second)))
		wait := time.Until(at)
		if wait < -late {
			continue
		}
		if at.After(r.until) {
			return false
		}
		time.Sleep(wait)
		break
	}
	return time.Now().Before(r.until)
}

// note counts an answer.
func (c *crowd) note(took time.Duration, err error) {
	var other *statusError
	switch {
	case err == nil:
		c.good = append(c.good, took)
	case errors.As(err, &other) && (other.status == http.StatusServiceUnavailable || other.status == http.StatusTooManyRequests):
		c.refused++
	default:
		c.failed++
		c.problem = err
	}
}

func (c *crowd) add(other *crowd) {
	c.good = append(c.good, other.good...)
	c.refused += other.refused
	c.failed += other.failed
	if other.problem != nil {
		c.problem = other.problem
	}
}

// percentile returns that of a list, which it sorts.
func percentile(list []time.Duration, p int) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[(len(list)-1)*p/100]
}
