// Package sigv4 reads, verifies and makes AWS Signature Version 4 signatures,
// in the Authorization header or in the query of a presigned URL.
//
// A server calls [Verifier.Parse], looks up the secret that belongs to
// [Auth.AccessKeyID], decides about [Auth.SessionToken], reads the body and
// calls [Verifier.Verify]. A client calls [Sign].
//
// The package follows what the AWS SDKs do for services other than S3: the
// path is percent-encoded once more, either as sent or with dot segments and
// empty segments removed; the body is always part of the signature, so
// UNSIGNED-PAYLOAD and STREAMING-… are refused.
package sigv4

import (
	"fmt"
	"net/http"
	"time"
)

// Algorithm is the only signing algorithm that the package knows.
const Algorithm = "AWS4-HMAC-SHA256"

// Skew is how far the date of a signature may be from the server's clock: in
// both directions for header authentication, into the future for presigned
// URLs.
const Skew = 15 * time.Minute

// MaxExpires is the longest life of a presigned URL; the shortest is a second.
const MaxExpires = 7 * 24 * time.Hour

const (
	terminator = "aws4_request"
	isoBasic   = "20060102T150405Z"
	isoDay     = "20060102"
)

// Kind is the name under which a refusal is reported to the client.
type Kind string

// The kinds of refusal. UnrecognizedClient is never returned by this package:
// only the caller knows which keys and session tokens exist.
const (
	// MissingAuthenticationToken: no authentication, or another scheme.
	MissingAuthenticationToken Kind = "MissingAuthenticationTokenException"
	// IncompleteSignature: malformed, or a required part is absent or unsigned.
	IncompleteSignature Kind = "IncompleteSignatureException"
	// UnrecognizedClient: the access key or session token is not known.
	UnrecognizedClient Kind = "UnrecognizedClientException"
	// InvalidSignature: everything else, also dates outside the window.
	InvalidSignature Kind = "InvalidSignatureException"
)

// Error is a refusal. Message is meant for the client: it says what was wrong
// and never holds a secret, an expected signature or other credentials.
type Error struct {
	Kind    Kind
	Message string
}

// Error returns the kind and the message.
func (e *Error) Error() string { return string(e.Kind) + ": " + e.Message }

func refuse(k Kind, format string, args ...any) error {
	return &Error{Kind: k, Message: fmt.Sprintf(format, args...)}
}

// Credentials are what a client signs with. SessionToken is empty for
// long-term keys.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string
}

// Auth is the authentication of one request as its client claims it; nothing
// in it is to be trusted before [Verifier.Verify] has returned nil. Its
// strings share memory with the request: clone what is kept for longer.
type Auth struct {
	// AccessKeyID names the key: printable ASCII without blanks or slashes.
	AccessKeyID string
	// Date is the day of the credential scope, YYYYMMDD: the UTC day of Time.
	Date string
	// Region is the region of the credential scope: any, even empty.
	Region string
	// SignedHeaders are the lower-case names of the headers that the signature
	// covers, sorted, separated by semicolons. The request has all of them.
	SignedHeaders string
	// SessionToken is the X-Amz-Security-Token sent along, usually empty.
	SessionToken string
	// Presigned tells authentication in the query from that in the header.
	Presigned bool
	// Time is when the request was signed, in UTC and whole seconds.
	Time time.Time
	// Expires is how long a presigned URL is good after Time: from a second
	// to MaxExpires. It is 0 for header authentication.
	Expires time.Duration

	signature [32]byte
	// queryHash points to the query parameter X-Amz-Content-Sha256, if sent.
	queryHash *string
}

// Verifier checks signatures for one service. It is safe for concurrent use
// as long as its fields are left alone; its zero value with a Service works.
type Verifier struct {
	// Service is the only service accepted in a credential scope.
	Service string
	// Now is the clock; nil stands for time.Now.
	Now func() time.Time

	keys keyCache
}

// NewVerifier returns a Verifier for service with the clock now.
func NewVerifier(service string, now func() time.Time) *Verifier {
	return &Verifier{Service: service, Now: now}
}

// Parse reads the authentication of r and checks all that needs neither the
// secret nor the body: its form, the scope, and that every header that must be
// signed is. All its errors are of type *[Error].
func (v *Verifier) Parse(r *http.Request) (*Auth, error) {
	if err := checkOnce(r); err != nil {
		return nil, err
	}
	q, err := scanQuery(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	a := &Auth{queryHash: q.get(paramContentSha256)}
	if err := v.read(a, r, &q); err != nil {
		return nil, err
	}
	if err := checkSigned(a, r); err != nil {
		return nil, err
	}
	return a, nil
}

// checkOnce refuses headers that are sent twice when only one of them can be
// meant: which one would be open to dispute. A second Host is refused by
// net/http itself.
func checkOnce(r *http.Request) error {
	for _, key := range [...]string{"Authorization", "Date", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"} {
		if len(r.Header[key]) > 1 {
			return refuse(InvalidSignature, "The %s header is sent twice.", key)
		}
	}
	return nil
}

// read fills a from whichever of the two forms of authentication r uses.
func (v *Verifier) read(a *Auth, r *http.Request, q *queryAuth) error {
	header := r.Header["Authorization"]
	switch {
	case len(header) > 0 && q.used():
		return refuse(InvalidSignature, "The request is authenticated both by the Authorization header and by query parameters.")
	case len(header) > 0:
		return v.readHeader(a, r, header[0])
	case q.used():
		return v.readQuery(a, r, q)
	}
	return refuse(MissingAuthenticationToken, "The request is not signed.")
}
