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
	unpaid  int64
	coming  list.List // of *arrival, in the order in which they began
}

// arrival reads one body, at the pace that it has to keep.
type arrival struct {
	*body
	all     *arrivals
	conn    *http.ResponseController
	request *http.Request
	content io.Reader
	place   *list.Element
	began   time.Time
	n       int64     // bytes read
	unpaid  int64     // of these
	until   time.Time // when the next byte has to be there
	set     time.Time // the same as the connection knows it
}

// stopping refuses a request that had not come whole when the server was told
// to stop.
func stopping() error {
	return &api.Error{Kind: api.ServiceUnavailable, Message: "The server stops; the request was not begun", RetryAfter: time.Second}
}

// receive reads a body.
func (a *arrivals) receive(b *body, w http.ResponseWriter, r *http.Request) error {
	v := &arrival{
		body: b, all: a, conn: http.NewResponseController(w), request: r,
		content: http.MaxBytesReader(w, r.Body, maxBody), began: time.Now(),
	}
	v.until = v.began.Add(bodyGrace)
	a.add(v)
	_, err := b.buf.ReadFrom(v)
	cut := a.remove(v)
	switch {
	case err == nil:
		v.end()
		return nil
	case cut:
		return stopping()
	}
	return unreadable(err)
}

func (a *arrivals) add(v *arrival) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v.place = a.coming.PushBack(v)
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
func (v *arrival) cut() { v.deadline(cutOff) }

// deadline sets the one of the connection. a.mu is held: what is cut stays cut.
func (v *arrival) deadline(t time.Time) {
	v.set = t
	_ = v.conn.SetReadDeadline(t) // a connection without deadlines is a test's
}

// Read implements io.Reader.
func (v *arrival) Read(p []byte) (int, error) {
	if v.charge == 0 && v.n >= smallBody { // of unknown length: it may become as large as any
		if err := v.pay(v.request, maxBody); err != nil {
			return 0, err
		}
		v.all.paid(v)
		v.until = time.Now().Add(bodyGrace)
	}
	if err := v.all.extend(v); err != nil {
		return 0, err
	}
	n, err := v.content.Read(p)
	v.n += int64(n)
	v.all.count(v, int64(n))
	if earned := v.until.Add(time.Duration(n) * time.Second / bodyRate); n > 0 {
		v.until = earliest(earned, time.Now().Add(bodyGrace))
	}
	return n, err
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// extend sets the time until which the next byte has to be there: each that has
// come gives time for another. It does so in steps, since it is not for free.
func (a *arrivals) extend(v *arrival) error {
	const step = 250 * time.Millisecond
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped {
		return stopping()
	}
	if v.set != cutOff && v.until.Sub(v.set) >= step {
		v.deadline(v.until)
	}
	return nil
}

// count takes note of bytes that were read.
func (a *arrivals) count(v *arrival, n int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if v.charge > 0 || v.set == cutOff {
		return
	}
	v.unpaid += n
	if a.unpaid += n; a.unpaid > a.most {
		a.cutOldest()
	}
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
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forget(v)
}

// forget takes back what an arrival has added. a.mu is held.
func (a *arrivals) forget(v *arrival) {
	a.unpaid -= v.unpaid
	v.unpaid = 0
}

// end takes the deadline away, which would end a request that is under way, and
// gives the answer to a body that took long the time that every answer has.
func (v *arrival) end() {
	_ = v.conn.SetReadDeadline(time.Time{})
	if now := time.Now(); now.Sub(v.began) > time.Second {
		_ = v.conn.SetWriteDeadline(now.Add(writeTimeout))
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
