package server

import (
	"errors"
	"io"
	"net/http"
	"time"

	"carillon/api"
)

// upload is a long body that is read bit by bit, at the pace of all bodies. What
// the reader does in between takes nothing from the sender's time.
type upload struct {
	*arrival
	left time.Duration // of the sender's time, while nobody reads
}

// upload begins to read a body of up to most bytes. End it.
func (a *arrivals) upload(w http.ResponseWriter, r *http.Request, most int64) *upload {
	u := &upload{arrival: &arrival{
		// It holds no more memory than its reader, and pays for none.
		body: &body{charge: most}, all: a, answer: w, request: r,
		content: http.MaxBytesReader(w, r.Body, most), began: time.Now(),
	}, left: bodyGrace}
	u.until = u.began.Add(bodyGrace)
	a.add(u.arrival)
	u.pause()
	return u
}

// Read implements io.Reader.
func (u *upload) Read(p []byte) (int, error) {
	u.all.grant(u.arrival, u.left)
	n, err := u.arrival.Read(p)
	u.pause()
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return n, nil
	case errors.As(err, &large):
		err = api.EntityTooLarge.Errorf("The request body has more than %d bytes", large.Limit)
	case !errors.Is(err, io.EOF):
		err = unreadable(err)
	}
	u.arrival.end() // the answer comes next
	return n, err
}

// pause stops the sender's clock.
func (u *upload) pause() {
	u.all.mu.Lock()
	defer u.all.mu.Unlock()
	u.left = time.Until(u.until)
	u.until = time.Now().Add(24 * time.Hour)
}

// end gives back what the body has taken.
func (u *upload) end() { u.all.remove(u.arrival) }
