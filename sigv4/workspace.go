package sigv4

import (
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"hash"
	"net/http"
	"strings"
	"sync"
	"time"
)

// workspace is the memory that one signature needs, for use again. It holds the
// parts of the canonical request and of the string to sign that all readings of
// a request share.
type workspace struct {
	canonicalizer
	bodyHash [2 * sha256.Size]byte
	// scope is the string to sign but for the hash at its end.
	scope []byte
	// query is the canonical query; blanks is the one in which a plus stands for
	// a blank.
	query, blanks []byte
	// headers is the canonical request from the headers on. The host in it is
	// at hostStart and ends at hostEnd.
	headers            []byte
	hostStart, hostEnd int

	hash  hash.Hash // of the canonical request
	state []byte    // of the hash before the host
	sum   []byte    // what it came to
	buf   []byte
}

var workspaces = sync.Pool{New: func() any { return &workspace{hash: sha256.New()} }}

// maxPooled is the largest workspace that is kept: enough for every request
// whose head is within the limits of a server.
const maxPooled = 256 << 10

// release gives w back, unless one huge request has made it huge.
func (w *workspace) release() {
	if cap(w.query)+cap(w.blanks)+cap(w.headers)+cap(w.buf)+cap(w.text) <= maxPooled {
		workspaces.Put(w)
	}
}

// signing is what a signature depends on beside the request and the key.
type signing struct {
	time                  time.Time
	date, region, service string
}

// appendScope appends the credential scope, which follows the access key id.
func (s *signing) appendScope(dst []byte) []byte {
	for _, part := range [...]string{s.date, s.region, s.service} {
		dst = append(append(dst, part...), '/')
	}
	return append(dst, terminator...)
}

// set builds the parts of the canonical request of r, as it is sent, and of the
// string to sign. The hash of the body must be there.
func (w *workspace) set(r *http.Request, s signing, signedHeaders string, presigned bool) (err error) {
	w.scope = append(append(w.scope[:0], Algorithm...), '\n')
	w.scope = append(appendStamp(w.scope, s.time), '\n')
	w.scope = append(s.appendScope(w.scope), '\n')
	w.setHeaders(r, signedHeaders)
	w.query, err = w.appendQuery(w.query[:0], r.URL.RawQuery, presigned, '+')
	return err
}

// setHeaders builds the canonical headers, a line each, and what follows them.
func (w *workspace) setHeaders(r *http.Request, signed string) {
	w.headers = w.headers[:0]
	for name := range strings.SplitSeq(signed, ";") {
		w.headers = append(append(w.headers, name...), ':')
		start := len(w.headers)
		w.headers = appendValues(w.headers, r, name)
		if name == "host" {
			w.hostStart, w.hostEnd = start, len(w.headers)
		}
		w.headers = append(w.headers, '\n')
	}
	w.headers = append(append(w.headers, '\n'), signed...)
	w.headers = append(append(w.headers, '\n'), w.bodyHash[:]...)
}

// reading is one way to read a request that is ready in a workspace.
type reading struct {
	method, path string // the path is still to be encoded once more
	query        []byte // canonical
}

// asSent is the first reading of r: all of it as it was sent.
func (w *workspace) asSent(r *http.Request) reading { return reading{r.Method, wirePath(r), w.query} }

// appendHead appends the canonical request up to the headers.
func (d *reading) appendHead(dst []byte) []byte {
	dst = append(append(dst, d.method...), '\n')
	dst = append(appendPath(dst, d.path), '\n')
	return append(append(dst, d.query...), '\n')
}

// begin hashes the canonical request up to the host, for finish.
func (w *workspace) begin(d *reading) {
	w.buf = append(d.appendHead(w.buf[:0]), w.headers[:w.hostStart]...)
	w.hash.Reset()
	w.hash.Write(w.buf)
}

// save keeps what begin has hashed, for another finish after restore.
func (w *workspace) save() {
	w.state, _ = w.hash.(encoding.BinaryAppender).AppendBinary(w.state[:0])
}

func (w *workspace) restore() {
	_ = w.hash.(encoding.BinaryUnmarshaler).UnmarshalBinary(w.state)
}

// finish computes the signature with the first n bytes of the host. It is good
// until w is used again.
func (w *workspace) finish(mac hash.Hash, n int) []byte {
	w.hash.Write(w.headers[w.hostStart : w.hostStart+n])
	w.hash.Write(w.headers[w.hostEnd:])
	w.buf = w.appendStringToSign(w.buf[:0])
	w.buf = appendMAC(w.buf[:0], mac, w.buf)
	return w.buf
}

// appendStringToSign appends the string to sign for what has been hashed.
func (w *workspace) appendStringToSign(dst []byte) []byte {
	w.sum = w.hash.Sum(w.sum[:0])
	return hex.AppendEncode(append(dst, w.scope...), w.sum)
}

// sign computes the signature of a reading with the whole host.
func (w *workspace) sign(key *signingKey, d reading) []byte {
	mac := key.mac()
	defer key.macs.Put(mac)
	w.begin(&d)
	return w.finish(mac, w.hostEnd-w.hostStart)
}
