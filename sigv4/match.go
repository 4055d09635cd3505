package sigv4

import (
	"bytes"
	"crypto/hmac"
	"hash"
	"net/http"
	"strings"
)

// match tries readings of r, the most likely ones first, until one has the
// signature in a. It tells whether a plus in the query stands for a blank in it.
func (w *workspace) match(r *http.Request, a *Auth, key *signingKey) (blank, ok bool) {
	mac := key.mac()
	defer key.macs.Put(mac)
	d := w.asSent(r)
	if w.matchPath(mac, d, a) {
		return false, true
	}
	if a.literalPlus || !strings.Contains(r.URL.RawQuery, "+") {
		return false, false
	}
	// It cannot fail: the same query has been read before.
	w.blanks, _ = w.appendQuery(w.blanks[:0], r.URL.RawQuery, a.Presigned, ' ')
	d.query = w.blanks
	return true, w.matchPath(mac, d, a)
}

// matchPath tries the path as in d and without empty segments.
func (w *workspace) matchPath(mac hash.Hash, d reading, a *Auth) bool {
	if w.matchHost(mac, &d, a) {
		return true
	}
	clean := cleanPath(d.path)
	if clean == d.path {
		return false
	}
	d.path = clean
	return w.matchHost(mac, &d, a)
}

// matchHost tries the host as it was sent and without its port.
func (w *workspace) matchHost(mac hash.Hash, d *reading, a *Auth) bool {
	host := w.headers[w.hostStart:w.hostEnd]
	colon := bytes.LastIndexByte(host, ':')
	port := colon > bytes.LastIndexByte(host, ']') // and not in an IPv6 address
	w.begin(d)
	if port {
		w.save()
	}
	if hmac.Equal(w.finish(mac, len(host)), a.signature[:]) {
		return true
	}
	if !port {
		return false
	}
	w.restore()
	return hmac.Equal(w.finish(mac, colon), a.signature[:])
}
