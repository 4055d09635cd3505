package sigv4

import (
	"encoding/hex"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// unsigned are the headers that Sign leaves out, because proxies or net/http
// change them on the way. (Host is signed, but comes from elsewhere.)
var unsigned = map[string]bool{
	"Authorization": true, "Content-Length": true, "Expect": true, "Host": true,
	"Transfer-Encoding": true, "User-Agent": true, "X-Amzn-Trace-Id": true,
}

// Sign signs r in place for service and region with header authentication. It
// sets X-Amz-Date from at, X-Amz-Security-Token if c has one, and
// Authorization, replacing earlier ones, so that a request may be signed
// again. All other headers must be set before; those under keys that are not
// in canonical form are not signed.
//
// body is what r.Body will send, nil or empty for none. The URL, with its
// path and query, is signed as it is sent; if its query is not correctly
// percent-encoded, servers will refuse the request.
func Sign(r *http.Request, body []byte, c Credentials, service, region string, at time.Time) {
	at = at.UTC()
	prepare(r, c, at)
	names := signedNames(r)
	w := workspaces.Get().(*workspace)
	defer w.release()
	w.hashBody(body)
	// The error can wait: the server reports a malformed query better.
	s := signing{at, at.Format(isoDay), region, service}
	_ = w.set(r, s, names, false)

	d := w.asSent(r)
	if d.method == "" {
		d.method = http.MethodGet // as net/http has it
	}
	key := newSigningKey(c.SecretAccessKey, s.date, region, service)
	signature := hex.EncodeToString(w.sign(key, d))
	scope := string(s.appendScope(nil))
	r.Header.Set("Authorization", Algorithm+" Credential="+c.AccessKeyID+"/"+scope+
		", SignedHeaders="+names+", Signature="+signature)
}

// prepare puts the headers in place that are part of the signature.
func prepare(r *http.Request, c Credentials, at time.Time) {
	if r.Header == nil {
		r.Header = make(http.Header)
	}
	r.Header.Del("Content-Length") // net/http sends r.ContentLength
	r.Header.Set("X-Amz-Date", at.Format(isoBasic))
	r.Header.Del("X-Amz-Security-Token")
	if c.SessionToken != "" {
		r.Header.Set("X-Amz-Security-Token", c.SessionToken)
	}
	r.Host = withoutDefaultPort(hostOf(r), r.URL.Scheme)
}

// withoutDefaultPort spares the signature from proxies that remove such a port.
func withoutDefaultPort(host, scheme string) string {
	_, port, err := net.SplitHostPort(host)
	if err == nil && (scheme == "http" && port == "80" || scheme == "https" && port == "443") {
		return strings.TrimSuffix(host, ":"+port)
	}
	return host
}

// signedNames lists the headers to sign as SignedHeaders wants them.
func signedNames(r *http.Request) string {
	names := []string{"host"}
	if r.ContentLength > 0 {
		names = append(names, "content-length")
	}
	for key, values := range r.Header {
		if len(values) > 0 && !unsigned[key] && key == http.CanonicalHeaderKey(key) {
			names = append(names, strings.ToLower(key))
		}
	}
	slices.Sort(names)
	return strings.Join(names, ";")
}
