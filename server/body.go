package server

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"carillon/api"
)

// Sizes of bodies in bytes.
const (
	// maxBody is the largest that is read.
	maxBody = 1 << 20
	// smallBody is the largest that does not wait for room. All but a few are
	// smaller, so that those who send large ones slowly are in nobody's way.
	smallBody = 16 << 10
	// maxPooledBody keeps rare large bodies from staying in memory.
	maxPooledBody = 64 << 10
)

// body is a request body in a buffer of the pool.
type body struct {
	buf    *bytes.Buffer // nil: no body
	payer  account       // whom a large one is counted under
	charge int64         // and for how many bytes
}

var noBody = &body{}

var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// readBody reads a whole body. A large one waits until there is room for all of
// it, so that those that are half read never wait for each other.
func (h *handler) readBody(w http.ResponseWriter, r *http.Request, payer account) (*body, error) {
	if r.ContentLength > maxBody {
		return nil, tooLarge()
	}
	if r.ContentLength == 0 {
		return noBody, nil
	}
	b := &body{buf: bodies.Get().(*bytes.Buffer), payer: payer}
	if err := h.fill(b, w, r); err != nil {
		b.release()
		return nil, err
	}
	return b, nil
}

func (h *handler) fill(b *body, w http.ResponseWriter, r *http.Request) error {
	if r.ContentLength > smallBody {
		if err := b.pay(r, r.ContentLength); err != nil {
			return err
		}
	}
	if r.ContentLength > 0 && b.charge > 0 {
		b.buf.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	return h.arrivals.receive(b, w, r)
}

// pay waits for room for a large body.
func (b *body) pay(r *http.Request, n int64) error {
	if err := b.payer.bodies.take(r.Context(), b.payer.name, n); err != nil {
		return err
	}
	b.charge = n
	return nil
}

func tooLarge() error {
	return api.EntityTooLarge.Errorf("The request body has more than %d bytes", maxBody)
}

func unreadable(err error) error {
	var refused *api.Error
	var large *http.MaxBytesError
	var network net.Error
	switch {
	case errors.As(err, &refused):
		return err
	case errors.As(err, &large):
		return tooLarge()
	case errors.As(err, &network) && network.Timeout():
		return api.RequestTimeout.Errorf("The request body took too long to arrive: after %s it has to come at %d bytes a second", bodyGrace, bodyRate)
	}
	return api.BadRequest.Wrap(err, "The request body ended early or could not be read")
}

func (b *body) bytes() []byte {
	if b.buf == nil {
		return nil
	}
	return b.buf.Bytes()
}

// release gives the buffer back; what was decoded from it holds no part of it.
func (b *body) release() {
	if b.buf == nil {
		return
	}
	if b.charge > 0 {
		b.payer.bodies.give(b.payer.name, b.charge)
	}
	if b.buf.Cap() > maxPooledBody {
		return
	}
	b.buf.Reset()
	bodies.Put(b.buf)
}

// The pace at which a body has to arrive.
const (
	bodyGrace = 5 * time.Second
	bodyRate  = 1 << 10 // bytes a second, after that
)
