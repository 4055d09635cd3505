package server

import (
	"container/list"
	"io"
	"net/http"
	"sync"
	"time"

	"carillon/api"
)

// arrivals are the bodies that are being read. Those that were not paid for
// have an amount of memory together; when it is used up, the oldest is cut off,
// which is the slowest. All are cut off when the server stops: it does not wait
// for requests that have not come whole.
type arrivals struct {
	most int64 // bytes; for those that were not paid for

	mu      sync.Mutex
	stopped bool
	watched bool // look is going to be called
	unpaid  int64
	coming  list.List // of *arrival, in the order in which they began
}

// arrival reads one body, at the pace that it has to keep.
type arrival struct {
	*body
	all     *arrivals
	answer  http.ResponseWriter
	request *http.Request
	content io.Reader
	place   *list.Element
	began   time.Time
	n       int64     // bytes read
	unpaid  int64     // of these
	until   time.Time // when the next byte has to be there
	isCut   bool
}

// stopping refuses a request that had not come whole when the server was told
// to stop.
func stopping() error {
	return &api.Error{Kind: api.ServiceUnavailable, Message: "The server stops; the request was not begun", RetryAfter: time.Second}
}

// receive reads a body.
func (a *arrivals) receive(b *body, w http.ResponseWriter, r *http.Request) error {
	v := &arrival{
		body: b, all: a, answer: w, request: r,
		content: http.MaxBytesReader(w, r.Body, maxBody), began: time.Now(),
	}
	v.until = v.began.Add(bodyGrace)
	a.add(v)
	_, err := b.buf.ReadFrom(v)
	stopped := a.remove(v)
	switch {
	case err == nil:
		v.end()
		return nil
	case stopped:
		return stopping()
	}
	return unreadable(err)
}

func (a *arrivals) add(v *arrival) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v.place = a.coming.PushBack(v)
	a.watch()
}

// glance is the pause between two looks at the pace of bodies: most of them have
// come before the first, and cost no deadline of their connection.
const glance = 500 * time.Millisecond

// watch has the bodies looked at, as long as there are any. a.mu is held.
func (a *arrivals) watch() {
	if !a.watched {
		a.watched = true
		time.AfterFunc(glance, a.look)
	}
}

// look cuts off the bodies that are too slow.
func (a *arrivals) look() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.watched = false
	now := time.Now()
	for e := a.coming.Front(); e != nil; e = e.Next() {
		if v := e.Value.(*arrival); now.After(v.until) {
			v.cut()
		}
		a.watch()
	}
}

// remove reports whether the server stops.
func (a *arrivals) remove(v *arrival) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.coming.Remove(v.place)
	a.forget(v)
	return a.stopped
}

// stop cuts off all bodies, also those that are yet to come.
func (a *arrivals) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stopped = true
	for e := a.coming.Front(); e != nil; e = e.Next() {
		e.Value.(*arrival).cut()
	}
}

// cutOff is the deadline of a body that is cut off.
var cutOff = time.Unix(1, 0)

// cut makes reading fail. a.mu is held.
func (v *arrival) cut() {
	v.isCut = true
	_ = http.NewResponseController(v.answer).SetReadDeadline(cutOff) // a connection without deadlines is a test's
}

// Read implements io.Reader.
func (v *arrival) Read(p []byte) (int, error) {
	if v.charge == 0 && v.n >= smallBody { // of unknown length: it may become as large as any
		v.all.grant(v, bodyPatience+bodyGrace) // the wait is not the sender's fault
		if err := v.pay(v.request, maxBody); err != nil {
			return 0, err
		}
		v.all.paid(v)
	}
	if v.all.hasStopped() {
		return 0, stopping()
	}
	n, err := v.content.Read(p)
	v.all.count(v, n)
	return n, err
}

func (a *arrivals) hasStopped() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.stopped
}

// count takes note of bytes that were read. Each gives time for another.
func (a *arrivals) count(v *arrival, n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v.n += int64(n)
	if earned := v.until.Add(time.Duration(n) * time.Second / bodyRate); n > 0 {
		v.until = earliest(earned, time.Now().Add(bodyGrace))
	}
	if v.charge > 0 || v.isCut {
		return
	}
	v.unpaid += int64(n)
	if a.unpaid += int64(n); a.unpaid > a.most {
		a.cutOldest()
	}
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func (a *arrivals) cutOldest() {
	for e := a.coming.Front(); e != nil; e = e.Next() {
		if v := e.Value.(*arrival); v.unpaid > 0 {
			a.forget(v) // its memory is free in a moment
			v.cut()
			return
		}
	}
}

// paid takes note that a body was paid for after all.
func (a *arrivals) paid(v *arrival) {
	a.grant(v, bodyGrace)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forget(v)
}

// grant gives the next byte of a body time.
func (a *arrivals) grant(v *arrival, d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v.until = time.Now().Add(d)
}

// forget takes back what an arrival has added. a.mu is held.
func (a *arrivals) forget(v *arrival) {
	a.unpaid -= v.unpaid
	v.unpaid = 0
}

// end takes a deadline away, which would end a request that is under way, and
// gives the answer to a body that took long the time that every answer has.
func (v *arrival) end() {
	conn := http.NewResponseController(v.answer)
	if v.isCut {
		_ = conn.SetReadDeadline(time.Time{})
	}
	if now := time.Now(); now.Sub(v.began) > time.Second {
		_ = conn.SetWriteDeadline(now.Add(writeTimeout))
	}
}

// drainTime is how long what is left of a refused request may take to arrive:
// over HTTP/1.1 it has to be read before the answer can be sent and the next
// request can come.
const drainTime = time.Second

// hurry bounds the time for a body that nobody reads.
func hurry(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(drainTime))
	}
}
