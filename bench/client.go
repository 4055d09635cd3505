package main

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"
	"time"
)

// request is one in the form in which it is sent.
type request struct {
	raw  []byte
	want int // the status to expect
}

// batch is a supply of requests for many workers.
type batch struct {
	list  []request
	cycle bool // begin again when all have been sent
	next  atomic.Int64
}

// take returns the next request, nil if there are no more.
func (b *batch) take() *request {
	i := int(b.next.Add(1)) - 1
	switch {
	case i < len(b.list):
		return &b.list[i]
	case b.cycle:
		return &b.list[i%len(b.list)]
	}
	return nil
}

// answer is what counts of a response.
type answer struct {
	status int
	last   bool // the server closes the connection
}

// statusError says that the answer was another one than expected.
type statusError struct{ status, want int }

func (e *statusError) Error() string { return fmt.Sprintf("status %d, want %d", e.status, e.want) }

// client sends requests over one connection, which it keeps.
type client struct {
	addr string
	// read reads a whole response.
	read   func(*bufio.Reader) (answer, error)
	buffer int // bytes that are read at once; 0: 64 KiB
	conn   net.Conn
	in     *bufio.Reader
}

// requestTimeout bounds the time of one request.
const requestTimeout = 30 * time.Second

// do sends a request and reads the response. An error means that it was not
// what was expected.
func (c *client) do(q *request) error {
	if err := c.connect(); err != nil {
		return err
	}
	a, err := c.exchange(q.raw)
	if err != nil || a.last {
		c.close()
	}
	if err == nil && a.status != q.want {
		err = &statusError{a.status, q.want}
	}
	return err
}

func (c *client) exchange(raw []byte) (answer, error) {
	if _, err := c.conn.Write(raw); err != nil {
		return answer{}, err
	}
	return c.read(c.in)
}

func (c *client) connect() error {
	if c.conn != nil {
		return nil
	}
	conn, err := net.DialTimeout("tcp", c.addr, requestTimeout)
	if err != nil {
		return err
	}
	c.conn = conn
	c.in = bufio.NewReaderSize(conn, cmp.Or(c.buffer, 64<<10))
	return nil
}

func (c *client) close() {
	if c.conn != nil {
		_ = c.conn.Close() // nothing is lost with it
		c.conn = nil
	}
}

var (
	errNoHTTP   = errors.New("the response is not HTTP/1.1 with a Content-Length")
	lengthField = []byte("Content-Length:")
	closing     = []byte("Connection: close")
)

// readHTTP reads a response of HTTP/1.1, as much as it takes to know its status
// and its end: net/http would spend more on this than some servers on answering.
func readHTTP(r *bufio.Reader) (answer, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return answer{}, err
	}
	if len(line) < len("HTTP/1.1 200") {
		return answer{}, errNoHTTP
	}
	status, err := strconv.Atoi(string(line[9:12]))
	a, length := answer{status: status}, 0
	if status != 204 {
		length = -1
	}
	for err == nil {
		line, err = r.ReadSlice('\n')
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case len(line) == 0 && err == nil:
			return a, discard(r, length)
		case hasPrefixFold(line, lengthField):
			length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(lengthField):])))
		case hasPrefixFold(line, closing):
			a.last = true
		}
	}
	return a, err
}

func hasPrefixFold(line, prefix []byte) bool {
	return len(line) >= len(prefix) && bytes.EqualFold(line[:len(prefix)], prefix)
}

func discard(r *bufio.Reader, length int) error {
	if length < 0 {
		return errNoHTTP
	}
	_, err := r.Discard(length)
	return err
}

// loaded returns a subject that sends what supply makes to servers, which share
// the connections.
func loaded(name string, connections int, supply func(time.Duration) *batch, servers ...*server) *subject {
	s := &subject{name: name, profile: servers[0].profile}
	for _, server := range servers {
		s.pids = append(s.pids, server.pid())
	}
	clients := make([]*client, connections)
	var work *batch
	s.prepare = func(d time.Duration) error {
		work = supply(d)
		return nil
	}
	for i := range clients {
		to := servers[i%len(servers)]
		clients[i] = &client{addr: to.addr, read: to.read}
		s.workers = append(s.workers, func() error {
			if q := work.take(); q != nil {
				return clients[i].do(q)
			}
			return errDone
		})
	}
	s.close = func() {
		for _, c := range clients {
			c.close()
		}
	}
	return s
}
