package front

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
)

// Limits of what is plain, in bytes and in fields.
const (
	firstHead = 4 << 10 // room for a head at first
	maxHead   = 8 << 10
	maxFields = 48
	maxBody   = 64 << 10
	maxDigits = 6 // of a Content-Length: leading zeros are as odd as large bodies
)

// verdict is what is known of a head by its bytes so far.
type verdict int

const (
	unfinished verdict = iota // plain so far
	plain                     // whole, and read here
	odd                       // for net/http to judge
	lost                      // the connection has ended
)

// What a byte may be part of: sets of bytes, kept narrower than the standard.
const (
	inName   = 1 << iota // of a header field
	inValue              // of one
	inTarget             // of a request
	inHost
	inNumber
)

var sets = func() (sets [256]byte) {
	for c := byte(' '); c <= '~'; c++ {
		sets[c] = inValue
		if c > ' ' {
			sets[c] |= inTarget
		}
	}
	const digits, letters = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	for _, c := range []byte(digits + letters + "-") {
		sets[c] |= inName | inHost
	}
	for _, c := range []byte(digits) {
		sets[c] |= inNumber
	}
	for _, c := range []byte(".:[]") {
		sets[c] |= inHost
	}
	return sets
}()

// consists reports whether a text is of one set, and not empty.
func consists(text []byte, set byte) bool {
	for _, c := range text {
		if sets[c]&set == 0 {
			return false
		}
	}
	return len(text) > 0
}

// span is a part of the bytes that a head is in.
type span struct{ from, to uint16 }

func spanOf(from, to int) span { return span{uint16(from), uint16(to)} } // both are below maxHead

func (s span) of(text string) string { return text[s.from:s.to] }

// head is what has been read of the head of a request: where its parts are, and
// what frames the request. Everything in it is plain; a part that is not makes
// the whole of it odd.
type head struct {
	summary
	names, values [maxFields]span
}

// summary is a head without its fields.
type summary struct {
	end            int // of the lines that were read
	fields         int
	begun          bool // the request line was read
	method         string
	target         span
	url            *url.URL
	host           span // of the value
	hosts, lengths int  // how often they are sent
	connections    int
	length         int64 // of the body
	close          bool
}

// read goes on where it stopped, now that these bytes have come.
func (h *head) read(in []byte) verdict {
	for {
		i := bytes.IndexByte(in[h.end:], '\n')
		if i < 0 {
			return unfinished
		}
		from := h.end
		h.end += i + 1
		switch line, ok := bytes.CutSuffix(in[from:from+i], []byte{'\r'}); {
		case !ok:
			return odd
		case !h.begun:
			h.begun = true
			if !h.takeRequestLine(line) {
				return odd
			}
		case len(line) == 0:
			return h.judge(in)
		case !h.takeField(in, from, len(line)):
			return odd
		}
	}
}

// methods are those that are plain.
var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodHead, http.MethodPatch}

func (h *head) takeRequestLine(line []byte) bool {
	for _, method := range methods {
		if len(line) > len(method) && string(line[:len(method)]) == method && line[len(method)] == ' ' {
			h.method = method
		}
	}
	target, ok := bytes.CutSuffix(line, []byte(" HTTP/1.1"))
	if h.method == "" || !ok || len(target) <= len(h.method)+1 {
		return false
	}
	h.target = spanOf(len(h.method)+1, len(target))
	target = target[h.target.from:]
	return target[0] == '/' && consists(target, inTarget)
}

// takeField reads a line that begins at from.
func (h *head) takeField(in []byte, from, length int) bool {
	name, rest, ok := bytes.Cut(in[from:from+length], []byte{':'})
	if !ok || h.fields == maxFields || !consists(name, inName) {
		return false
	}
	value := bytes.TrimLeft(rest, " ")
	begin := from + length - len(value)
	value = bytes.TrimRight(value, " ")
	if len(value) > 0 && !consists(value, inValue) || !h.frame(name, value) {
		return false
	}
	v := spanOf(begin, begin+len(value))
	if h.hosts == 1 && isName(name, "host") {
		h.host = v
	}
	h.names[h.fields], h.values[h.fields] = spanOf(from, from+len(name)), v
	h.fields++
	return true
}

// frame takes note of a field that says where a request ends, or what becomes of
// the connection. It reports whether that is plain.
func (h *head) frame(name, value []byte) bool {
	switch {
	case isName(name, "host"):
		h.hosts++
		return consists(value, inHost)
	case isName(name, "content-length"):
		h.lengths++
		return consists(value, inNumber) && len(value) <= maxDigits && h.setLength(value)
	case isName(name, "connection"):
		h.connections++
		h.close = bytes.EqualFold(value, []byte("close"))
		return h.close || bytes.EqualFold(value, []byte("keep-alive"))
	}
	return !isAnyName(name, "transfer-encoding", "trailer", "upgrade", "expect", "http2-settings", "pragma")
}

func (h *head) setLength(digits []byte) bool {
	h.length = 0
	for _, c := range digits {
		h.length = 10*h.length + int64(c-'0')
	}
	return h.length <= maxBody
}

// isName compares a name with one in lower case.
func isName(name []byte, lower string) bool {
	return len(name) == len(lower) && strings.EqualFold(string(name), lower)
}

func isAnyName(name []byte, lower ...string) bool {
	for _, l := range lower {
		if isName(name, l) {
			return true
		}
	}
	return false
}

// judge looks at a head that is whole.
func (h *head) judge(in []byte) verdict {
	if h.hosts != 1 || h.lengths > 1 || h.connections > 1 {
		return odd
	}
	u, err := url.ParseRequestURI(string(in[h.target.from:h.target.to]))
	if err != nil || u.Host != "" || u.Scheme != "" {
		return odd
	}
	h.url = u
	return plain
}

// request makes a request of a head that is plain. Its texts are parts of a copy.
func (h *head) request(in []byte) http.Request {
	text := string(in[:h.end])
	r := http.Request{
		Method: h.method, URL: h.url, RequestURI: h.target.of(text), Host: h.host.of(text),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: make(http.Header, h.fields), ContentLength: h.length, Body: http.NoBody, Close: h.close,
	}
	values := make([]string, h.fields)
	for i := range h.fields {
		values[i] = h.values[i].of(text)
		name := http.CanonicalHeaderKey(h.names[i].of(text))
		if others := r.Header[name]; others != nil {
			r.Header[name] = append(others, values[i])
		} else {
			r.Header[name] = values[i : i+1 : i+1]
		}
	}
	delete(r.Header, "Host") // as net/http does
	return r
}
