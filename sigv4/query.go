package sigv4

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The query parameters that have to do with authentication, as indexes of
// paramNames. All but the last make a URL a presigned one.
const (
	paramAlgorithm = iota
	paramCredential
	paramDate
	paramExpires
	paramSignedHeaders
	paramSignature
	paramSecurityToken
	paramContentSha256
	paramCount
)

var paramNames = [paramCount]string{
	"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires",
	"X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Security-Token", "X-Amz-Content-Sha256",
}

// queryAuth holds the decoded authentication parameters of a query.
type queryAuth struct {
	values [paramCount]string
	sent   [paramCount]bool
	plus   bool // a value holds a plus that is not encoded
}

// scanQuery looks for authentication parameters in a raw query, and refuses
// any that is sent twice.
func scanQuery(raw string) (q queryAuth, err error) {
	for pair := range strings.SplitSeq(raw, "&") {
		if err := q.take(pair); err != nil {
			return q, err
		}
	}
	return q, nil
}

func (q *queryAuth) take(pair string) error {
	name, value, _ := strings.Cut(pair, "=")
	if !strings.HasPrefix(name, "X-Amz-") && !strings.Contains(name, "%") {
		return nil
	}
	// PathUnescape, because a plus is a plus here: keys and tokens have no blanks.
	name, err := url.PathUnescape(name)
	if err != nil {
		return errBadQuery
	}
	i := slices.Index(paramNames[:], name)
	if i < 0 {
		return nil
	}
	if q.sent[i] {
		return refuse(InvalidSignature, "The query parameter %s is sent twice.", name)
	}
	if q.values[i], err = url.PathUnescape(value); err != nil {
		return errBadQuery
	}
	q.sent[i], q.plus = true, q.plus || strings.Contains(value, "+")
	return nil
}

// used tells whether the query tries to authenticate the request.
func (q *queryAuth) used() bool {
	return slices.Contains(q.sent[:paramContentSha256], true)
}

// get returns nil for a parameter that was not sent.
func (q *queryAuth) get(param int) *string {
	if !q.sent[param] {
		return nil
	}
	value := q.values[param]
	return &value
}

// readQuery fills a from the query of a presigned URL.
func (v *Verifier) readQuery(a *Auth, r *http.Request, q *queryAuth) error {
	a.Presigned = true
	if err := q.complete(); err != nil {
		return err
	}
	if len(r.Header["X-Amz-Date"]) > 0 {
		return refuse(InvalidSignature, "X-Amz-Date is sent both as header and as query parameter.")
	}
	if err := a.setTime("X-Amz-Date", q.values[paramDate], isoBasic); err != nil {
		return err
	}
	if err := a.setExpires(q.get(paramExpires)); err != nil {
		return err
	}
	if err := a.readToken(r, q); err != nil {
		return err
	}
	return v.readParts(a, authorization{
		credential:    q.values[paramCredential],
		signedHeaders: q.values[paramSignedHeaders],
		signature:     q.values[paramSignature],
	})
}

// complete checks that the algorithm is ours and every other part is there, but
// for the life, which is for the reader to tell.
func (q *queryAuth) complete() error {
	if q.sent[paramAlgorithm] && q.values[paramAlgorithm] != Algorithm {
		return refuse(MissingAuthenticationToken, "X-Amz-Algorithm is not %s.", Algorithm)
	}
	for i, name := range paramNames[:paramSecurityToken] {
		if q.values[i] == "" && i != paramExpires {
			return refuse(IncompleteSignature, "The query parameter %s is required with the other ones of a presigned URL.", name)
		}
	}
	return nil
}

// setExpires takes nil for a life that is not said: aws4 and aws4fetch don't.
func (a *Auth) setExpires(value *string) error {
	if value == nil {
		a.Expires = DefaultExpires
		return nil
	}
	seconds, err := strconv.ParseUint(*value, 10, 32)
	if err != nil {
		return refuse(IncompleteSignature, "X-Amz-Expires is not a number of seconds.")
	}
	a.Expires = time.Duration(seconds) * time.Second
	if a.Expires == 0 || a.Expires > MaxExpires {
		return refuse(InvalidSignature, "X-Amz-Expires should be from 1 to %d seconds.", int(MaxExpires/time.Second))
	}
	return nil
}

// readToken takes the session token of a presigned URL from the query or from
// a header. The header is signed too, see sensitive.
func (a *Auth) readToken(r *http.Request, q *queryAuth) error {
	a.SessionToken = q.values[paramSecurityToken]
	if token := r.Header["X-Amz-Security-Token"]; len(token) > 0 {
		if q.sent[paramSecurityToken] {
			return refuse(InvalidSignature, "X-Amz-Security-Token is sent both as header and as query parameter.")
		}
		a.SessionToken = token[0]
	}
	return nil
}
