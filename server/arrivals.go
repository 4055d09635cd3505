package server

import (
	"bytes"
	"errors"
	"net/http"
	"sync"
	"time"

	"carillon/api"
)

// arrivals are the bodies that are being read. They can be cut off, since a
// server that stops does not wait for requests that have not come whole.
type arrivals struct {
	mu      sync.Mutex
	stopped bool
	coming  map[*arrival]struct{}
}

// arrival reads one body, at the pace that it has to keep.
type arrival struct {
	all   *arrivals
	conn  *http.ResponseController
	body  interface{ Read([]byte) (int, error) }
	began time.Time
	n     int64     // bytes read
	until time.Time // the deadline that is set
}

var errStopping = errors.New("the server stops")

// stopping refuses a request that had not come whole when the server was told
// to stop.
func stopping() error {
	return &api.Error{Kind: api.ServiceUnavailable, Message: "The server stops; the request was not begun", RetryAfter: time.Second}
}

// receive reads a body into a buffer.
func (a *arrivals) receive(buf *bytes.Buffer, w http.ResponseWriter, r *http.Request) error {
	if r.ContentLength > 0 {
		buf.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	v := &arrival{all: a, conn: http.NewResponseController(w), body: http.MaxBytesReader(w, r.Body, maxBody), began: time.Now()}
	a.add(v)
	_, err := buf.ReadFrom(v)
	if cut := a.remove(v); err != nil && cut {
		return stopping()
	}
	if err != nil {
		return unreadable(err)
	}
	v.end()
	return nil
}

func (a *arrivals) add(v *arrival) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.coming == nil {
		a.coming = map[*arrival]struct{}{}
	}
	a.coming[v] = struct{}{}
}

// remove reports whether bodies have been cut off meanwhile.
func (a *arrivals) remove(v *arrival) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.coming, v)
	return a.stopped
}

// stop cuts off all bodies, also those that are yet to come.
func (a *arrivals) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stopped = true
	for v := range a.coming {
		_ = v.conn.SetReadDeadline(time.Now()) // a connection without deadlines is a test's
	}
}

// Read implements io.Reader.
func (v *arrival) Read(p []byte) (int, error) {
	if err := v.extend(); err != nil {
		return 0, err
	}
	n, err := v.body.Read(p)
	v.n += int64(n)
	return n, err
}

// extend sets the time until which the next byte has to be there: each that has
// come gives time for another. It does so a second at a time.
func (v *arrival) extend() error {
	until := v.began.Add(bodyGrace + time.Duration(v.n)*time.Second/bodyRate)
	if until.Sub(v.until) < time.Second {
		return nil
	}
	v.until = until
	v.all.mu.Lock()
	defer v.all.mu.Unlock()
	if v.all.stopped {
		return errStopping
	}
	_ = v.conn.SetReadDeadline(until)
	return nil
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
