package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Verify checks that r was signed with secret, within the time window, over
// exactly this body, nil or empty for none. a must come from Parse of the same
// request, of which only r.URL.Path may have been rewritten since. All its
// errors are of type *[Error], of kind InvalidSignature.
func (v *Verifier) Verify(r *http.Request, a *Auth, body []byte, secret string) error {
	if err := a.checkWindow(v.now()); err != nil {
		return err
	}
	w := workspaces.Get().(*workspace)
	defer w.release()
	w.hashBody(body)
	if err := w.checkBodyHash(r, a); err != nil {
		return err
	}
	if err := w.setTail(r, a.SignedHeaders, a.Presigned); err != nil {
		return err
	}
	return v.checkSignature(w, r, a, secret)
}

// checkSignature compares the signature of the request in w with that in a.
func (v *Verifier) checkSignature(w *workspace, r *http.Request, a *Auth, secret string) error {
	id := keyID{a.AccessKeyID, a.Date, a.Region}
	key := v.keys.get(id, secret)
	cached := key != nil
	if !cached {
		key = newSigningKey(secret, a.Date, a.Region, v.Service)
	}
	if !w.matches(r, a, key, v.Service) {
		return refuse(InvalidSignature, "The signature does not match: check the secret access key and how the request is signed.")
	}
	if !cached {
		// Only now, so that nobody without the secret can fill the cache.
		v.keys.put(id, key)
	}
	return nil
}

func (v *Verifier) now() time.Time {
	if v.Now == nil {
		return time.Now()
	}
	return v.Now()
}

// checkWindow checks the date. The messages begin as those of AWS do, because
// some SDKs recognise a wrong clock by them.
func (a *Auth) checkWindow(now time.Time) error {
	now = now.UTC()
	switch {
	case a.Time.Add(-Skew).After(now):
		return refuse(InvalidSignature, "Signature not yet current: %s is still later than %s (%s + 15 min.)",
			stamp(a.Time), stamp(now.Add(Skew)), stamp(now))
	case a.Presigned && now.After(a.Time.Add(a.Expires)):
		return refuse(InvalidSignature, "Signature expired: the URL of %s was good until %s, and it is now %s",
			stamp(a.Time), stamp(a.Time.Add(a.Expires)), stamp(now))
	case !a.Presigned && now.After(a.Time.Add(Skew)):
		return refuse(InvalidSignature, "Signature expired: %s is now earlier than %s (%s - 15 min.)",
			stamp(a.Time), stamp(now.Add(-Skew)), stamp(now))
	}
	return nil
}

func stamp(t time.Time) string { return t.Format(isoBasic) }

// workspace is the memory that one signature needs, for use again.
type workspace struct {
	canonicalizer
	bodyHash [2 * sha256.Size]byte
	// tail is the canonical request from the query on: all after the path.
	tail []byte
	buf  []byte
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// release gives w back, unless one huge request has made it huge.
func (w *workspace) release() {
	if cap(w.tail)+cap(w.buf)+cap(w.text) <= 64<<10 {
		workspaces.Put(w)
	}
}

func (w *workspace) hashBody(body []byte) {
	sum := sha256.Sum256(body)
	hex.Encode(w.bodyHash[:], sum[:])
}

// checkBodyHash compares the body with the hashes that the client declares.
func (w *workspace) checkBodyHash(r *http.Request, a *Auth) error {
	for _, declared := range r.Header["X-Amz-Content-Sha256"] {
		if err := w.checkHash(declared); err != nil {
			return err
		}
	}
	if a.queryHash != nil {
		return w.checkHash(*a.queryHash)
	}
	return nil
}

func (w *workspace) checkHash(declared string) error {
	switch {
	case declared == string(w.bodyHash[:]):
		return nil
	case declared == "UNSIGNED-PAYLOAD", strings.HasPrefix(declared, "STREAMING-"):
		return refuse(InvalidSignature, "The body must be signed: x-amz-content-sha256 may not be UNSIGNED-PAYLOAD or STREAMING-….")
	}
	return refuse(InvalidSignature, "x-amz-content-sha256 is not the SHA-256 hash of the body.")
}

// setTail builds the part of the canonical request that does not depend on how
// the path is read.
func (w *workspace) setTail(r *http.Request, signedHeaders string, presigned bool) (err error) {
	if w.tail, err = w.appendQuery(w.tail[:0], r.URL.RawQuery, presigned); err != nil {
		return err
	}
	w.tail = appendHeaders(append(w.tail, '\n'), r, signedHeaders)
	w.tail = append(append(w.tail, '\n'), signedHeaders...)
	w.tail = append(append(w.tail, '\n'), w.bodyHash[:]...)
	return nil
}

// matches tries the path as sent and the path without dot segments: botocore
// and JavaScript v3 sign the second, the other SDKs the first. It takes no
// shortcut after the first, so as not to tell which one matched.
func (w *workspace) matches(r *http.Request, a *Auth, key *signingKey, service string) bool {
	s := signing{method: r.Method, time: a.Time, date: a.Date, region: a.Region, service: service}
	path := wirePath(r)
	ok := hmac.Equal(w.sign(key, s, path), a.signature[:])
	if clean := cleanPath(path); clean != path {
		cleanOK := hmac.Equal(w.sign(key, s, clean), a.signature[:])
		ok = ok || cleanOK
	}
	return ok
}

// signing is what a signature depends on beside the path and the tail.
type signing struct {
	method                string
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

// sign computes the signature of the canonical request that has this path. The
// result is good until w is used again.
func (w *workspace) sign(key *signingKey, s signing, path string) []byte {
	w.buf = append(append(w.buf[:0], s.method...), '\n')
	w.buf = append(appendPath(w.buf, path), '\n')
	w.buf = append(w.buf, w.tail...)
	hash := sha256.Sum256(w.buf)

	w.buf = append(append(w.buf[:0], Algorithm...), '\n')
	w.buf = append(s.time.AppendFormat(w.buf, isoBasic), '\n')
	w.buf = append(s.appendScope(w.buf), '\n')
	w.buf = hex.AppendEncode(w.buf, hash[:])
	w.buf = key.appendMAC(w.buf[:0], w.buf)
	return w.buf
}
