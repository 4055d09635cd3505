package server

import (
	"runtime"
	"sync/atomic"
	"time"
)

const (
	// beat is the pause between two looks.
	beat = 10 * time.Millisecond
	// standing is a delay that says that goroutines wait for processors.
	standing = 5 * time.Millisecond
	// calm is how many looks without it say that they do so no longer.
	calm = 20
)

// pulse tells whether more goroutines can run than there are processors. Then
// requests wait in the queue of the scheduler, where nobody sees them, and
// everything else with them, answers to health checks too: each that has its turn
// finds a free place, and is done before the next is looked at. So the others
// have to be let come to the gate first.
//
// While there are requests, it looks now and then how long a goroutine waits that
// lets the others go first.
type pulse struct {
	beating atomic.Bool
	asked   atomic.Bool // since the last look
	crowded atomic.Bool
	quiet   int // looks since the last delay; run's own
}

// start has the pulse taken as long as there are requests.
func (p *pulse) start() {
	if !p.asked.Load() {
		p.asked.Store(true)
	}
	if !p.beating.Load() && p.beating.CompareAndSwap(false, true) {
		go p.run()
	}
}

// yield lets all that wait for a processor go first.
func (p *pulse) yield() {
	if p.crowded.Load() {
		runtime.Gosched()
	}
}

func (p *pulse) run() {
	defer p.beating.Store(false)
	for {
		time.Sleep(beat)
		began := time.Now()
		runtime.Gosched() // waking up is quick: the scheduler prefers who was woken
		if !p.note(time.Since(began)) {
			return
		}
	}
}

// note takes note of a look that took so long. It reports whether there has to be
// another one.
func (p *pulse) note(delay time.Duration) bool {
	asked := p.asked.Swap(false)
	switch {
	case delay > standing:
		p.quiet = 0
		p.crowded.Store(true)
	case p.quiet < calm:
		p.quiet++
	}
	if p.quiet < calm {
		return true
	}
	p.crowded.Store(false)
	return asked
}
