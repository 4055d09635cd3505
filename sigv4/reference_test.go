package sigv4

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// reference signs requests in the plainest way that the documentation allows,
// without the code under test but for keys and hashes. e2e/sigv4 has the same
// checks with the signer of an SDK.
type reference struct {
	Credentials
	region string
	hash   string // of the body, be it right or not
}

// sign signs r with header authentication.
func sign(t testing.TB, r *http.Request, body string, c Credentials, region string) {
	t.Helper()
	reference{c, region, hashOf(body)}.sign(r)
}

// signHash signs r for whatever payload hash.
func signHash(t testing.TB, r *http.Request, hash string) {
	t.Helper()
	reference{testCredentials, "us-east-1", hash}.sign(r)
}

// presign returns r as a presigned URL that is good for an hour, unless its
// query says how long; its headers stay headers.
func presign(t testing.TB, r *http.Request, body string, c Credentials, region string) *http.Request {
	t.Helper()
	reference{c, region, hashOf(body)}.presign(r)
	return r
}

func (s reference) scope() string {
	return testTime.Format(isoDay) + "/" + s.region + "/chime/" + terminator
}

func (s reference) sign(r *http.Request) {
	r.Header.Set("X-Amz-Date", stamp(testTime))
	if s.SessionToken != "" {
		r.Header.Set("X-Amz-Security-Token", s.SessionToken)
	}
	names := plainNames(r)
	r.Header.Set("Authorization", fmt.Sprintf("%s Credential=%s/%s, SignedHeaders=%s, Signature=%s",
		Algorithm, s.AccessKeyID, s.scope(), strings.Join(names, ";"), s.signature(r, names)))
}

func (s reference) presign(r *http.Request) {
	names := plainNames(r)
	q := r.URL.Query()
	q.Set("X-Amz-Algorithm", Algorithm)
	q.Set("X-Amz-Credential", s.AccessKeyID+"/"+s.scope())
	q.Set("X-Amz-Date", stamp(testTime))
	q.Set("X-Amz-SignedHeaders", strings.Join(names, ";"))
	if !q.Has("X-Amz-Expires") {
		q.Set("X-Amz-Expires", "3600")
	}
	if s.SessionToken != "" {
		q.Set("X-Amz-Security-Token", s.SessionToken)
	}
	r.URL.RawQuery = plainQuery(q)
	r.URL.RawQuery += "&X-Amz-Signature=" + s.signature(r, names)
}

// signature signs the canonical form of r with these headers.
func (s reference) signature(r *http.Request, names []string) string {
	request := r.Method + "\n" + plainPath(r) + "\n" + plainQuery(r.URL.Query()) + "\n"
	for _, name := range names {
		request += name + ":" + plainValue(r, name) + "\n"
	}
	request += "\n" + strings.Join(names, ";") + "\n" + s.hash
	text := Algorithm + "\n" + stamp(testTime) + "\n" + s.scope() + "\n" + hashOf(request)
	key := newSigningKey(s.SecretAccessKey, testTime.Format(isoDay), s.region, "chime")
	return hex.EncodeToString(appendMAC(nil, key.mac(), []byte(text)))
}

// plainNames are the headers that are signed: all that are there.
func plainNames(r *http.Request) []string {
	names := []string{"host"}
	if r.ContentLength > 0 {
		names = append(names, "content-length")
	}
	for name := range r.Header {
		names = append(names, strings.ToLower(name))
	}
	slices.Sort(names)
	return names
}

func plainValue(r *http.Request, name string) string {
	switch name {
	case "host":
		return r.Host
	case "content-length":
		return fmt.Sprint(r.ContentLength)
	}
	return strings.Join(r.Header.Values(name), ",")
}

// plainPath escapes what is in the request line once more, segment by segment.
func plainPath(r *http.Request) string {
	segments := strings.Split(r.URL.EscapedPath(), "/")
	for i, segment := range segments {
		segments[i] = strings.ReplaceAll(url.QueryEscape(segment), "+", "%20")
	}
	return strings.Join(segments, "/")
}

// plainQuery has the parameters by name.
func plainQuery(q url.Values) string { return strings.ReplaceAll(q.Encode(), "+", "%20") }
