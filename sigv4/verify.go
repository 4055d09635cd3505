package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
)

// Verify checks that r was signed with secret, within the time window, over
// exactly this body, nil or empty for none. a must come from Parse of the same
// request, of which only r.URL.Path may have been rewritten since. All its
// errors are of type *[Error], of kind InvalidSignature.
//
// It returns the raw query with the meaning that was signed: a plus in it is a
// plus, also where the request has one that its client signed as a blank.
//
// Beside what is sent it tries, in every combination, what some clients sign
// instead: a plus in the query as a blank, the path without its empty segments,
// the host without its port.
func (v *Verifier) Verify(r *http.Request, a *Auth, body []byte, secret string) (query string, err error) {
	now := v.now().UTC()
	if err := a.checkWindow(now); err != nil {
		return "", err
	}
	w := workspaces.Get().(*workspace)
	defer w.release()
	w.hashBody(body)
	if err := w.checkBodyHash(r, a); err != nil {
		return "", err
	}
	if err := w.set(r, signing{a.Time, a.Date, a.Region, a.Service}, a.SignedHeaders, a.Presigned); err != nil {
		return "", err
	}
	blank, ok := v.match(w, r, a, secret)
	switch {
	case !ok:
		return "", w.explain(r, now)
	case blank:
		return strings.ReplaceAll(r.URL.RawQuery, "+", "%20"), nil
	}
	return r.URL.RawQuery, nil
}

// match looks for a reading of the request in w that has the signature in a,
// and tells whether a plus in its query stands for a blank.
func (v *Verifier) match(w *workspace, r *http.Request, a *Auth, secret string) (blank, ok bool) {
	id := keyID{a.AccessKeyID, a.Date, a.Region, a.Service}
	key := v.keys.get(id, secret)
	cached := key != nil
	if !cached {
		key = newSigningKey(secret, a.Date, a.Region, a.Service)
	}
	blank, ok = w.match(r, a, key)
	if ok && !cached {
		// Only now, so that nobody without the secret can fill the cache.
		v.keys.put(id, key)
	}
	return blank, ok
}

func (v *Verifier) now() time.Time {
	if v.Now == nil {
		return time.Now()
	}
	return v.Now()
}

// checkWindow checks the date; now is in UTC. The messages begin as those of AWS do, because
// some SDKs recognise a wrong clock by them.
func (a *Auth) checkWindow(now time.Time) error {
	switch {
	case a.Time.Add(-Skew).After(now):
		return refuse(InvalidSignature, "Signature not yet current: %s is still later than %s (%s + 15 min.): check the clocks of client and server",
			stamp(a.Time), stamp(now.Add(Skew)), stamp(now))
	case a.Presigned && now.After(a.Time.Add(a.Expires)):
		return refuse(InvalidSignature, "Signature expired: the URL of %s was good until %s, and it is now %s: check the clocks of client and server",
			stamp(a.Time), stamp(a.Time.Add(a.Expires)), stamp(now))
	case !a.Presigned && now.After(a.Time.Add(Skew)):
		return refuse(InvalidSignature, "Signature expired: %s is now earlier than %s (%s - 15 min.): check the clocks of client and server",
			stamp(a.Time), stamp(now.Add(-Skew)), stamp(now))
	}
	return nil
}

func stamp(t time.Time) string { return t.Format(isoBasic) }

// emptyHash is that of most bodies.
var emptyHash = sha256.Sum256(nil)

func (w *workspace) hashBody(body []byte) {
	sum := emptyHash
	if len(body) > 0 {
		sum = sha256.Sum256(body)
	}
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
	case declared == string(w.bodyHash[:]), declared == "": // ExAws declares an empty one
		return nil
	case declared == "UNSIGNED-PAYLOAD", strings.HasPrefix(declared, "STREAMING-"):
		return refuse(InvalidSignature, "The body must be signed: x-amz-content-sha256 may not be UNSIGNED-PAYLOAD or STREAMING-….")
	}
	return refuse(InvalidSignature, "x-amz-content-sha256 is not the SHA-256 hash of the body.")
}
