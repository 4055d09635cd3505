package main

import (
	"context"
	"net/http"
	"os"
	"strconv"
	"strings"
)

// floorMode is the first argument of the child that is the floor.
const floorMode = "floor"

// floorBody is about as long as the answer to GetUser.
var floorBody = []byte(strings.Repeat("a", 600))

// serveFloor answers everything with the same bytes and headers. Between them
// and what Carillon answers is all that Carillon does.
func serveFloor(addr string) error {
	length := []string{strconv.Itoa(len(floorBody))}
	kind, keep := []string{jsonType}, []string{"keep-alive"}
	id := []string{"a3f5c1de-0000-4000-8000-000000000000"}
	return http.ListenAndServe(addr, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h["x-amzn-RequestId"], h["Content-Type"], h["Connection"], h["Content-Length"] = id, kind, keep, length
		_, _ = w.Write(floorBody) // the client may be gone
	}))
}

// startFloor starts ourselves as the floor.
func (b *bench) startFloor(ctx context.Context) (*server, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	p, err := start(b.logFile(floorMode), program, floorMode, addr)
	if err != nil {
		return nil, err
	}
	s := &server{process: p, addr: addr, read: readHTTP}
	if err := p.await(ctx, answers("http://"+addr)); err != nil {
		p.stop()
		return nil, err
	}
	return s, nil
}

// floorSubject sends the floor what Carillon gets most.
func (b *bench) floorSubject() *subject {
	d := dataset{b.users, b.accounts}
	return loaded(floorMode, b.connections, reading(d.get), b.floor)
}
