package server

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"sync"

	"carillon/api"
)

// body is a request body in a buffer of the pool.
type body struct{ buf *bytes.Buffer }

var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxPooledBody keeps rare large bodies from staying in memory.
const maxPooledBody = 64 << 10

// readBody reads a whole body of at most maxBody bytes.
func readBody(w http.ResponseWriter, r *http.Request) (*body, error) {
	if r.ContentLength > maxBody {
		return nil, tooLarge()
	}
	b := &body{bodies.Get().(*bytes.Buffer)}
	if r.ContentLength == 0 {
		return b, nil
	}
	if _, err := b.buf.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		b.release()
		return nil, unreadable(err)
	}
	return b, nil
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
		return api.RequestTimeout.Errorf("The request body took too long to arrive")
	}
	return api.BadRequest.Wrap(err, "The request body ended early or could not be read")
}

func (b *body) bytes() []byte { return b.buf.Bytes() }

// release gives the buffer back; what was decoded from it holds no part of it.
func (b *body) release() {
	if b.buf.Cap() > maxPooledBody {
		return
	}
	b.buf.Reset()
	bodies.Put(b.buf)
}
