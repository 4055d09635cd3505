package front

import (
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// What is kept of an answer before it is sent, in bytes.
const (
	maxSniffed = 2 << 10 // of one of unknown length: if it ends before, it has a length
	maxKept    = 16 << 10
	maxPooled  = 64 << 10
)

// response is the http.ResponseWriter of a request. It sends head and body of a
// small answer in one write, when the handler has returned.
type response struct {
	conn   *conn
	body   requestBody
	header http.Header
	isHead bool
	out    *buffers
	said
	status  int   // 0: not yet written
	written int64 // bytes of the body
	decided bool  // the head is complete
	chunked bool
	closing bool  // the connection ends with this answer
	err     error // of the connection
}

// said is what the handler's header says when the status is written.
type said struct {
	length                           int64 // -1: nothing
	contentType, date, coded, keepUp bool
}

// buffers are what is yet to be sent: the head with what follows, and, until the
// head is complete, the beginning of the body.
type buffers struct{ ready, body []byte }

var pool = sync.Pool{New: func() any { return &buffers{ready: make([]byte, 0, 2<<10)} }}

func (b *buffers) release() {
	if cap(b.ready) <= maxPooled && cap(b.body) <= maxPooled {
		b.ready, b.body = b.ready[:0], b.body[:0]
		pool.Put(b)
	}
}

// Write implements io.Writer.
func (b *buffers) Write(p []byte) (int, error) {
	b.ready = append(b.ready, p...)
	return len(p), nil
}

// WriteString implements io.StringWriter.
func (b *buffers) WriteString(s string) (int, error) {
	b.ready = append(b.ready, s...)
	return len(s), nil
}

func newResponse(c *conn) *response {
	return &response{
		conn: c, body: requestBody{conn: c}, header: make(http.Header, 8), isHead: c.head.method == http.MethodHead,
		out: pool.Get().(*buffers), closing: c.head.close,
	}
}

// Header implements http.ResponseWriter.
func (w *response) Header() http.Header { return w.header }

// ours are the fields that the connection decides about.
var ours = map[string]bool{"Connection": true, "Content-Length": true, "Transfer-Encoding": true, "Trailer": true}

// suppressed are those and what a 304 does not have.
var suppressed = map[string]bool{"Connection": true, "Content-Length": true, "Transfer-Encoding": true, "Trailer": true, "Content-Type": true}

// WriteHeader implements http.ResponseWriter. It ignores statuses of 1xx.
func (w *response) WriteHeader(status int) {
	if w.status != 0 || status >= 100 && status < 200 {
		return
	}
	w.status = status
	w.said = w.hear()
	w.out.ready = appendStatus(w.out.ready, status)
	exclude := ours
	if status == http.StatusNotModified {
		exclude = suppressed
	}
	_ = w.header.WriteSubset(w.out, exclude) // buffers take everything
}

// hear reads the handler's header as far as it matters here.
func (w *response) hear() said {
	connection := w.header.Get("Connection")
	w.closing = w.closing || strings.EqualFold(connection, "close")
	return said{
		length: w.declaration(), keepUp: strings.EqualFold(connection, "keep-alive"),
		contentType: w.header["Content-Type"] != nil, date: w.header["Date"] != nil, coded: w.header.Get("Content-Encoding") != "",
	}
}

// declaration returns the length that the handler has declared, or -1.
func (w *response) declaration() int64 {
	n, err := strconv.ParseInt(w.header.Get("Content-Length"), 10, 64)
	if err != nil || n < 0 || !hasBody(w.status) {
		return -1
	}
	return n
}

func appendStatus(b []byte, status int) []byte {
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, ' ')
	text := http.StatusText(status)
	if text == "" {
		text = "status code " + strconv.Itoa(status)
	}
	return append(append(b, text...), "\r\n"...)
}

// hasBody reports whether answers of a status have a body.
func hasBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// Write implements http.ResponseWriter.
func (w *response) Write(p []byte) (int, error) {
	if w.out == nil {
		return 0, errOver
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.written += int64(len(p))
	switch {
	case len(p) == 0:
		return 0, nil
	case !hasBody(w.status):
		return 0, http.ErrBodyNotAllowed
	case w.said.length >= 0 && w.written > w.said.length:
		return 0, http.ErrContentLength
	case !w.decided && w.said.length < 0 && len(w.out.body)+len(p) <= maxSniffed:
		w.out.body = append(w.out.body, p...)
		return len(p), nil
	}
	w.decide(p, false)
	w.append(p)
	return len(p), w.err
}

// errOver is for those who use an answer after its handler has returned.
var errOver = errors.New("the request is over")

// WriteString implements io.StringWriter.
func (w *response) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

// decide completes the head, now that the first bytes of the body are known, and
// whether they are all.
func (w *response) decide(first []byte, all bool) {
	if w.decided {
		return
	}
	w.decided = true
	if kept := w.out.body; len(kept) > 0 {
		first = kept
	}
	if !w.body.drain() || w.conn.server.stopping.Load() {
		w.closing = true
	}
	w.complete(first, all)
	if kept := w.out.body; len(kept) > 0 {
		w.append(kept)
		w.out.body = kept[:0]
	}
}

// complete adds to the head what the connection decides about.
func (w *response) complete(first []byte, all bool) {
	w.frame(len(first), all)
	if hasBody(w.status) && !w.contentType && !w.coded && len(first) > 0 {
		w.field("Content-Type", http.DetectContentType(first))
	}
	switch {
	case w.closing:
		w.field("Connection", "close")
	case w.keepUp:
		w.field("Connection", "keep-alive")
	}
	if !w.date {
		w.out.ready = append(w.out.ready, date()...)
	}
	w.out.ready = append(w.out.ready, "\r\n"...)
}

// frame says where the body ends.
func (w *response) frame(kept int, all bool) {
	switch {
	case !hasBody(w.status):
	case w.said.length >= 0:
		w.setLength(w.said.length)
	case all && (kept > 0 || !w.isHead):
		w.setLength(int64(kept))
	case !w.isHead:
		w.chunked = true
		w.field("Transfer-Encoding", "chunked")
	}
}

func (w *response) setLength(n int64) {
	w.out.ready = append(w.out.ready, "Content-Length: "...)
	w.out.ready = append(strconv.AppendInt(w.out.ready, n, 10), "\r\n"...)
}

func (w *response) field(name, value string) {
	w.out.ready = append(append(w.out.ready, name...), ": "...)
	w.out.ready = append(append(w.out.ready, value...), "\r\n"...)
}

// append adds to a body whose head is complete.
func (w *response) append(p []byte) {
	switch {
	case w.isHead || len(p) == 0:
	case w.chunked:
		w.out.ready = append(strconv.AppendInt(w.out.ready, int64(len(p)), 16), "\r\n"...)
		w.out.ready = append(append(w.out.ready, p...), "\r\n"...)
		if len(w.out.ready) > maxKept {
			w.send(nil)
		}
	case len(w.out.ready)+len(p) > maxKept:
		w.send(p)
	default:
		w.out.ready = append(w.out.ready, p...)
	}
}

// send sends what is ready, and more after it.
func (w *response) send(more []byte) {
	if w.err == nil && len(more) > 0 {
		parts := net.Buffers{w.out.ready, more}
		_, w.err = parts.WriteTo(w.conn.rwc)
	} else if w.err == nil && len(w.out.ready) > 0 {
		_, w.err = w.conn.rwc.Write(w.out.ready)
	}
	w.out.ready = w.out.ready[:0]
	if w.err != nil {
		w.closing = true
		w.conn.cancel()
	}
}

// FlushError sends what was written so far; see [http.ResponseController].
func (w *response) FlushError() error {
	if w.out == nil {
		return errOver
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.decide(nil, false)
	w.send(nil)
	return w.err
}

// Flush implements http.Flusher.
func (w *response) Flush() { _ = w.FlushError() }

// finish sends the rest when the handler has returned.
func (w *response) finish() {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.decide(nil, true)
	if w.chunked {
		w.out.ready = append(w.out.ready, "0\r\n\r\n"...)
	}
	if w.said.length >= 0 && !w.isHead && w.written != w.said.length {
		w.closing = true // the client would wait for the rest
	}
	w.send(nil)
	w.out.release()
	w.out = nil
}

// SetReadDeadline is for [http.ResponseController]; it lasts as long as the request.
func (w *response) SetReadDeadline(t time.Time) error {
	return w.conn.touch(func() error { return w.conn.rwc.SetReadDeadline(t) })
}

// SetWriteDeadline is for [http.ResponseController]; it lasts as long as the request.
func (w *response) SetWriteDeadline(t time.Time) error {
	return w.conn.touch(func() error {
		w.conn.bounded = true
		return w.conn.rwc.SetWriteDeadline(t)
	})
}

// dateField is the Date of a second, as a line.
type dateField struct {
	second int64
	line   []byte
}

var lastDate atomic.Pointer[dateField]

// date returns the line of now.
func date() []byte {
	now := time.Now()
	d := lastDate.Load()
	if d == nil || d.second != now.Unix() {
		line := now.UTC().AppendFormat([]byte("Date: "), http.TimeFormat)
		d = &dateField{now.Unix(), append(line, "\r\n"...)}
		lastDate.Store(d)
	}
	return d.line
}
