// Package sigv4 reads, verifies and makes AWS Signature Version 4 signatures,
// in the Authorization header or in the query of a presigned URL.
//
// A server calls [Verifier.Parse], looks up the secret that belongs to
// [Auth.AccessKeyID], decides about [Auth.SessionToken], reads the body and
// calls [Verifier.Verify]. A client calls [Sign].
//
// The package follows what the AWS SDKs do for services other than S3: the
// path is percent-encoded once more, either as sent or without its empty
// segments; the body is always part of the signature, so UNSIGNED-PAYLOAD and
// STREAMING-… are refused. What some other clients get wrong and AWS takes is
// taken here as well: see [Verifier.Verify].
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

// DefaultExpires is the life of a presigned URL that does not say it.
const DefaultExpires = 15 * time.Minute

const (
	terminator = "aws4_request"
	isoBasic   = "20060102T150405Z"
	isoDay     = "20060102"
)

// Kind is the name under which a refusal is reported to the client.
type Kind string

// The kinds of refusal. UnrecognizedClient and ExpiredToken are never returned by
// this package: only the caller knows which keys and session tokens there are.
const (
	// MissingAuthenticationToken: no authentication, or another scheme.
	MissingAuthenticationToken Kind = "MissingAuthenticationTokenException"
	// IncompleteSignature: malformed, or a required part is absent or unsigned.
	IncompleteSignature Kind = "IncompleteSignatureException"
	// UnrecognizedClient: the access key or session token is not known.
	UnrecognizedClient Kind = "UnrecognizedClientException"
	// ExpiredToken: the session has ended.
	ExpiredToken Kind = "ExpiredTokenException"
	// InvalidSignature: everything else, also dates outside the window.
	InvalidSignature Kind = "InvalidSignatureException"
)

// Error is a refusal. Neither Message nor Detail ever holds a secret key or an
// expected signature.
type Error struct {
	Kind Kind
	// Message is meant for the client and says what was wrong.
	Message string
	// Detail, if not empty, shows the client its own request as it was read, up
	// to some 6 KiB of it. It is not for the log: the query may be sensitive.
	Detail string
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
	// Service is one of the Verifier's, in the letter case of the scope: the key
	// is derived from it as it was sent.
	Service string
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
	// to MaxExpires, DefaultExpires if it is not said. It is 0 for header
	// authentication.
	Expires time.Duration

	signature [32]byte
	// queryHash points to the query parameter X-Amz-Content-Sha256, if sent.
	queryHash *string
	// literalPlus tells that an authentication parameter holds a plus, as it
	// stands. It was read as a plus, and so is the rest of the query.
	literalPlus bool
}

// Verifier checks signatures for some services. It is safe for concurrent use
// as long as its fields are left alone; its zero value with Services works.
type Verifier struct {
	// Services are those accepted in a credential scope, in any letter case.
	Services []string
	// Now is the clock; nil stands for time.Now.
	Now func() time.Time

	keys keyCache
}

// NewVerifier returns a Verifier for some services with the clock now.
func NewVerifier(now func() time.Time, services ...string) *Verifier {
	return &Verifier{Services: services, Now: now}
}

// Parse reads the authentication of r and checks all that needs neither the
// secret nor the body: its form, the scope, that every header that must be
// signed is, and that the path has no dot segments. All its errors are of type
// *[Error].
func (v *Verifier) Parse(r *http.Request) (*Auth, error) {
	if err := checkOnce(r); err != nil {
		return nil, err
	}
	q, err := scanQuery(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	a := &Auth{queryHash: q.get(paramContentSha256), literalPlus: q.plus}
	if err := v.read(a, r, &q); err != nil {
		return nil, err
	}
	if err := checkSegments(wirePath(r)); err != nil {
		return nil, err
	}
	if err := checkSigned(a, r); err != nil {
		return nil, err
	}
	return a, nil
}

// checkOnce refuses headers that are sent twice when only one of them can be
// meant: which one would be open to dispute. A second Host is refused by
// net/http itself, except one beside HTTP/2's :authority.
func checkOnce(r *http.Request) error {
	for _, host := range r.Header["Host"] {
		if host != r.Host {
			return refuse(InvalidSignature, "The Host header is sent twice.")
		}
	}
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
