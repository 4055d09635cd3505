package front

import (
	"math"
	"sync/atomic"
	"time"
)

// tickTime is how often connections are looked at: what a deadline of the
// runtime would do for each request, this does for all. It is also how precise
// the timeouts are.
const tickTime = 250 * time.Millisecond

// state is what a connection is at (bits 0 to 3), what is known of its request
// (4 and 5), and the tick at which that began.
type state uint64

// phase is what a connection is at.
type phase state

const (
	fresh phase = iota // the first head has yet to come whole
	idle               // there was an answer, and nothing has come since
	begun              // a part of the next head has come
	busy               // a request is under way
	gone               // given up: closed or handed over
)

const (
	whole    state = 1 << 4 // the request has come with its body
	touched  state = 1 << 5 // deadlines were set during it
	tickBits       = 8
)

func (s state) phase() phase { return phase(s & 0xf) }
func (s state) tick() uint64 { return uint64(s >> tickBits) }

func stateOf(p phase, tick uint64) state { return state(p) | state(tick<<tickBits) }

// atomicState is a state that the watch may change as well.
type atomicState struct{ v atomic.Uint64 }

func (a *atomicState) load() state    { return state(a.v.Load()) }
func (a *atomicState) add(flag state) { a.v.Or(uint64(flag)) }
func (a *atomicState) swap(old, next state) bool {
	return a.v.CompareAndSwap(uint64(old), uint64(next))
}

// watch looks at all connections until there are none.
func (s *Server) watch(done <-chan struct{}) {
	ticker := time.NewTicker(tickTime)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
		}
		now := s.tick.Add(1)
		s.each(func(c *conn) { c.look(now) })
	}
}

// ticks are those of a timeout; none at all is one that never comes.
func ticks(d time.Duration) uint64 {
	if d <= 0 {
		return math.MaxUint64
	}
	return uint64((d + tickTime - 1) / tickTime)
}

// look does what is due.
func (c *conn) look(now uint64) {
	st := c.state.load()
	age := now - st.tick()
	switch st.phase() {
	case fresh, begun:
		if age > ticks(c.server.rest.ReadHeaderTimeout) {
			c.expire(st)
		}
	case idle:
		if age > ticks(c.server.rest.IdleTimeout) {
			c.expire(st)
		}
	case busy:
		if attends(age) {
			c.attend(st, age)
		}
	}
}

// attends reports whether a request is looked after at an age: from the second tick
// on, less and less often. Thousands may wait for their turn, and a look at each of
// them takes a call of the system.
func attends(age uint64) bool { return age > 1 && age&(age-1) == 0 }

// expire closes a connection unless its state has changed meanwhile.
func (c *conn) expire(st state) {
	if c.state.swap(st, stateOf(gone, 0)) {
		_ = c.rwc.Close()
	}
}

// attend looks after a request that takes long: its answer has a deadline, and
// its context ends if the client is gone.
func (c *conn) attend(st state, age uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.state.swap(st, st|touched) {
		return // it takes long no more
	}
	if limit := c.server.rest.WriteTimeout; limit > 0 && !c.bounded {
		c.bounded = true
		_ = c.rwc.SetWriteDeadline(time.Now().Add(limit - time.Duration(age)*tickTime))
	}
	if st&whole != 0 && hasLeft(c.rwc) {
		c.cancel()
	}
}

// touch lets a handler set deadlines, which end with its request.
func (c *conn) touch(set func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.add(touched)
	return set()
}

// enter goes on to a phase. It reports false if the connection was given up.
func (c *conn) enter(p phase) bool {
	for {
		st := c.state.load()
		if st.phase() == gone {
			return false
		}
		if c.state.swap(st, stateOf(p, c.server.tick.Load())) {
			if st&touched != 0 {
				c.untouch()
			}
			return true
		}
	}
}

// untouch takes deadlines away.
func (c *conn) untouch() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bounded = false
	_ = c.rwc.SetDeadline(time.Time{})
}

// abandon closes a connection that has no request under way.
func (c *conn) abandon() {
	for {
		st := c.state.load()
		if p := st.phase(); p == busy || p == gone {
			return
		}
		if c.state.swap(st, stateOf(gone, 0)) {
			_ = c.rwc.Close()
			return
		}
	}
}

// close closes a connection at once, whatever it is at. A handler hears of it by
// the watch, which finds that the client is gone.
func (c *conn) close() { _ = c.rwc.Close() }
