package server

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"carillon/api"
	"carillon/wire"
)

// plainListener answers those who speak HTTP without TLS to the port of HTTPS.
type plainListener struct {
	net.Listener
	log *slog.Logger
}

// Accept implements net.Listener.
func (l *plainListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &firstBytes{Conn: c, log: l.log}, nil
}

// firstBytes is a connection whose first bytes say whether it is TLS. They are
// looked at when the handshake reads them, in the connection's own goroutine
// and under its deadline.
type firstBytes struct {
	net.Conn
	log    *slog.Logger
	looked bool
}

// Read implements net.Conn. After plain HTTP it reports the end.
func (c *firstBytes) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.looked || n == 0 {
		return n, err
	}
	c.looked = true
	if first := p[0]; first < 'A' || first > 'Z' { // no TLS record begins like a method
		return n, err
	}
	c.refuse(p[:n])
	return 0, io.EOF
}

// maxPlain is how much of a request is read that came without TLS, in bytes.
const maxPlain = 64 << 10

// refuse answers a request of which some has been read.
func (c *firstBytes) refuse(begun []byte) {
	in := bufio.NewReader(io.LimitReader(io.MultiReader(bytes.NewReader(begun), c.Conn), maxPlain))
	r, err := http.ReadRequest(in)
	if err != nil {
		return
	}
	id := newRequestID()
	c.log.Warn("plain HTTP on the TLS port", "request_id", id, "status", http.StatusBadRequest, "remote", clip(host(c.RemoteAddr().String()), maxField), "user_agent", clip(r.UserAgent(), maxField))
	answer := plainAnswer{header: http.Header{}}
	wire.SetRequestID(&answer, id)
	wire.WriteError(&answer, api.BadRequest.Errorf("This port speaks HTTPS: the endpoint URL has to begin with https://"))
	_ = answer.response(r).Write(c.Conn) // the client may be gone
	c.linger(in)
}

// linger reads what the client still sends: closing before that would take the
// answer away from it.
func (c *firstBytes) linger(in io.Reader) {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_ = c.SetReadDeadline(time.Now().Add(drainTime))
	_, _ = io.Copy(io.Discard, in)
}

// plainAnswer is an answer that net/http does not send.
type plainAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *plainAnswer) Header() http.Header         { return a.header }
func (a *plainAnswer) WriteHeader(status int)      { a.status = status }
func (a *plainAnswer) Write(p []byte) (int, error) { return a.body.Write(p) }

// response returns the answer to a request, after which the connection ends.
func (a *plainAnswer) response(r *http.Request) *http.Response {
	a.header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	a.header.Del("Connection") // which Write sets
	a.header.Del("Content-Length")
	return &http.Response{
		StatusCode: a.status, ProtoMajor: 1, ProtoMinor: 1, Request: r, Header: a.header, Close: true,
		Body: io.NopCloser(&a.body), ContentLength: int64(a.body.Len()),
	}
}
