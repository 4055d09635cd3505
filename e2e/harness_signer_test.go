package e2e

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// signer signs requests by Signature Version 4, each part of which a test can
// get wrong on purpose. It is no SDK code, so that the two check each other.
type signer struct {
	keys    aws.Credentials
	time    time.Time
	date    string // of the credential scope
	region  string
	service string
	headers string // names of the signed headers, as they are listed
	path    string // canonical; empty: that of the request line
	host    string // empty: that of the request
	blanks  bool   // a plus in the query is signed as a blank
	hash    string // of the body; empty: the right one
}

// signerOf returns a signer that gets everything right.
func signerOf(c *caller) signer {
	return signer{keys: c.keys, region: region, service: "chime", headers: "host;x-amz-date"}.at(time.Now())
}

// at returns the signer with another clock.
func (s signer) at(moment time.Time) signer {
	s.time = moment.UTC()
	s.date = s.time.Format("20060102")
	return s
}

const stampLayout = "20060102T150405Z"

func (s signer) scope() string {
	return strings.Join([]string{s.date, s.region, s.service, "aws4_request"}, "/")
}

// sign adds X-Amz-Date, unless a Date header is there, and Authorization.
func (s signer) sign(r *http.Request, body string) {
	if r.Header.Get("Date") == "" {
		r.Header.Set("X-Amz-Date", s.time.Format(stampLayout))
	}
	if s.hash == "" {
		s.hash = hashOf(body)
	}
	r.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s",
		s.keys.AccessKeyID, s.scope(), s.headers, s.signature(r)))
}

// presign adds the query parameters of a presigned URL, the signature last; an
// empty life is left out.
func (s signer) presign(r *http.Request, expires string) {
	s.hash = hashOf("")
	parameters := []string{
		r.URL.RawQuery,
		"X-Amz-Algorithm=AWS4-HMAC-SHA256",
		"X-Amz-Credential=" + url.QueryEscape(s.keys.AccessKeyID+"/"+s.scope()),
		"X-Amz-Date=" + s.time.Format(stampLayout),
		"X-Amz-SignedHeaders=" + url.QueryEscape(s.headers),
	}
	if expires != "" {
		parameters = append(parameters, "X-Amz-Expires="+expires)
	}
	r.URL.RawQuery = strings.TrimPrefix(strings.Join(parameters, "&"), "&")
	r.URL.RawQuery += "&X-Amz-Signature=" + s.signature(r)
}

func (s signer) signature(r *http.Request) string {
	path := s.path
	if path == "" {
		path = canonicalPath(r.URL.EscapedPath())
	}
	query := r.URL.RawQuery
	if s.blanks {
		query = strings.ReplaceAll(query, "+", "%20")
	}
	request := strings.Join([]string{
		r.Method, path, canonicalQuery(query), s.canonicalHeaders(r), s.headers, s.hash,
	}, "\n")
	text := strings.Join([]string{"AWS4-HMAC-SHA256", s.time.Format(stampLayout), s.scope(), hashOf(request)}, "\n")
	key := []byte("AWS4" + s.keys.SecretAccessKey)
	for _, part := range strings.Split(s.scope(), "/") {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, text))
}

// canonicalPath encodes the path of a request line once more.
func canonicalPath(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i] = encode(segment)
	}
	return strings.Join(segments, "/")
}

// canonicalQuery sorts parameters, each encoded in the one canonical way.
func canonicalQuery(query string) string {
	var list []string
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		list = append(list, encode(decode(name))+"\x00"+encode(decode(value)))
	}
	slices.Sort(list) // by name, then by value: no encoded name has a byte below NUL
	return strings.ReplaceAll(strings.Join(list, "&"), "\x00", "=")
}

func decode(s string) string {
	decoded, _ := url.PathUnescape(s) // what is wrong stays wrong
	return decoded
}

// encode leaves letters, digits and -._~ as they are.
func encode(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// canonicalHeaders has a line for each signed header.
func (s signer) canonicalHeaders(r *http.Request) string {
	var b strings.Builder
	for _, name := range strings.Split(s.headers, ";") {
		values := r.Header.Values(name)
		if name == "host" {
			values = []string{cmp.Or(s.host, r.URL.Host)}
		}
		fmt.Fprintf(&b, "%s:%s\n", name, strings.Join(values, ","))
	}
	return b.String()
}
