package server

import (
	"runtime"
	"sync/atomic"
	"time"
)

const (
	// beat is the pause between two looks at the queue of the scheduler.
	beat = 10 * time.Millisecond
	// standing is a delay that says that goroutines wait for processors.
	standing = 5 * time.Millisecond
	// calm is how many beats without it say that they do so no longer.
	calm = 20
)

// pulse tells whether more goroutines can run than there are processors. Then
// requests wait in the queue of the scheduler, where nobody sees them, and
// everything else with them, answers to health checks too: each that has its turn
// finds a free place, and is done before the next is looked at. So the others
// have to be let come to the gate first.
//
// While there are requests, it looks how late a goroutine wakes up that has slept
// for a moment.
type pulse struct {
	beating atomic.Bool
	asked   atomic.Bool // since the last beat
	crowded atomic.Bool
	quiet   int // beats since the last delay; run's own
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
		began := time.Now()
		time.Sleep(beat)
		if !p.note(time.Since(began) - beat) {
			return
		}
	}
}

// note takes note of a beat that came so late. It reports whether there has to be
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
