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

// body is a request body in a buffer of the pool, and whom it is counted under.
type body struct {
	buf    *bytes.Buffer // nil: no body
	payer  account
	charge int64
}

var noBody = &body{}

var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxPooledBody keeps rare large bodies from staying in memory.
const maxPooledBody = 64 << 10

// readBody reads a whole body of at most maxBody bytes. It waits until there is
// room for all of it, so that those that are half read never wait for each other.
func (h *handler) readBody(w http.ResponseWriter, r *http.Request, payer account) (*body, error) {
	if r.ContentLength > maxBody {
		return nil, tooLarge()
	}
	if r.ContentLength == 0 {
		return noBody, nil
	}
	b := &body{payer: payer, charge: chargeOf(r)}
	if err := payer.bodies.take(r.Context(), payer.name, b.charge); err != nil {
		return nil, err
	}
	b.buf = bodies.Get().(*bytes.Buffer)
	if err := h.arrivals.receive(b.buf, w, r); err != nil {
		b.release()
		return nil, err
	}
	return b, nil
}

// chargeOf is what a body counts in bytes. One whose length nobody knows may
// become as large as any.
func chargeOf(r *http.Request) int64 {
	if r.ContentLength < 0 {
		return maxBody
	}
	return max(r.ContentLength, minCharge)
}

func tooLarge() error {
	return api.EntityTooLarge.Errorf("The request body has more than %d bytes", maxBody)
}

func unreadable(err error) error {
	var large *http.MaxBytesError
	var network net.Error
	switch {
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
	b.payer.bodies.give(b.payer.name, b.charge)
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
