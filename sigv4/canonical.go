package sigv4

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

var errBadQuery = &Error{Kind: InvalidSignature, Message: "The query is not correctly percent-encoded."}

const upperHex = "0123456789ABCDEF"

// unreserved are the bytes that AWS leaves as they are (RFC 3986).
var unreserved = func() (set [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~") {
		set[c] = true
	}
	return set
}()

func appendEncoded(dst []byte, c byte) []byte {
	if unreserved[c] {
		return append(dst, c)
	}
	return append(dst, '%', upperHex[c>>4], upperHex[c&15])
}

// wirePath returns the path of r just as it is sent, still encoded: what
// net/url makes of it may differ in what is escaped.
func wirePath(r *http.Request) string {
	uri := r.RequestURI // set on servers only
	if uri == "" {
		uri = r.URL.RequestURI()
	}
	uri, _, _ = strings.Cut(uri, "?")
	if strings.HasPrefix(uri, "/") {
		return uri
	}
	if _, rest, absolute := strings.Cut(uri, "://"); absolute {
		_, uri, _ = strings.Cut(rest, "/")
		return "/" + uri
	}
	return uri // "*", or the authority of CONNECT
}

// checkSegments refuses dot segments, encoded or not: clients, proxies and
// servers resolve them, or not, each in its own way.
func checkSegments(path string) error {
	for segment := range strings.SplitSeq(path, "/") {
		if isDots(segment) {
			return refuse(InvalidSignature, "A segment of the path is '.' or '..'; such ids do not exist.")
		}
	}
	return nil
}

// isDots tells whether s is one dot or two, each as it is or encoded.
func isDots(s string) bool {
	dots := 0
	for ; s != ""; dots++ {
		switch {
		case s[0] == '.':
			s = s[1:]
		case len(s) >= 3 && strings.EqualFold(s[:3], "%2e"):
			s = s[3:]
		default:
			return false
		}
	}
	return dots == 1 || dots == 2
}

// cleanPath removes empty segments, as botocore and JavaScript v3 do. A slash
// at the end stays.
func cleanPath(path string) string {
	if !strings.Contains(path, "//") {
		return path
	}
	clean := make([]byte, 0, len(path))
	for i := range len(path) {
		if path[i] != '/' || i == 0 || path[i-1] != '/' {
			clean = append(clean, path[i])
		}
	}
	return string(clean)
}

// appendPath appends the canonical URI: the path encoded a second time.
func appendPath(dst []byte, path string) []byte {
	for i := 0; i < len(path); i++ {
		n := plainLen(path[i:])
		dst = append(dst, path[i:i+n]...)
		if i += n; i == len(path) {
			break
		}
		if path[i] == '/' {
			dst = append(dst, '/')
		} else {
			dst = appendEncoded(dst, path[i])
		}
	}
	return dst
}

// plainLen is the length of what s begins with and encoding leaves as it is.
func plainLen(s string) int {
	for i := range len(s) {
		if !unreserved[s[i]] {
			return i
		}
	}
	return len(s)
}

// param is one canonical query parameter, as offsets in canonicalizer.text.
type param struct{ start, equals, end int }

// canonicalizer has the memory for canonical queries, for use again.
type canonicalizer struct {
	params []param
	text   []byte
	plus   byte // what a plus stands for: itself or a blank
}

// appendQuery appends the canonical query: every name and value decoded and
// encoded again, sorted, without the signature of a presigned URL. A plus
// stands for plus: SDKs write a blank as %20, but some other clients don't.
func (c *canonicalizer) appendQuery(dst []byte, raw string, presigned bool, plus byte) ([]byte, error) {
	c.params, c.text, c.plus = c.params[:0], c.text[:0], plus
	for pair := range strings.SplitSeq(raw, "&") {
		if err := c.add(pair, presigned); err != nil {
			return dst, err
		}
	}
	slices.SortFunc(c.params, c.compare)
	for i, p := range c.params {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = append(dst, c.text[p.start:p.end]...)
	}
	return dst, nil
}

func (c *canonicalizer) add(pair string, presigned bool) (err error) {
	if pair == "" {
		return nil
	}
	name, value, _ := strings.Cut(pair, "=")
	p := param{start: len(c.text)}
	if c.text, err = appendComponent(c.text, name, c.plus); err != nil {
		return err
	}
	if presigned && string(c.text[p.start:]) == paramNames[paramSignature] {
		c.text = c.text[:p.start]
		return nil
	}
	p.equals = len(c.text)
	if c.text, err = appendComponent(append(c.text, '='), value, c.plus); err != nil {
		return err
	}
	p.end = len(c.text)
	c.params = append(c.params, p)
	return nil
}

// compare sorts by encoded name, then by encoded value. Comparing both at once
// would be wrong: '=' sorts after '-', '.' and '%', which names may hold.
func (c *canonicalizer) compare(a, b param) int {
	if d := bytes.Compare(c.text[a.start:a.equals], c.text[b.start:b.equals]); d != 0 {
		return d
	}
	return bytes.Compare(c.text[a.equals:a.end], c.text[b.equals:b.end])
}

// appendComponent decodes s and encodes it the one way AWS does.
func appendComponent(dst []byte, s string, plus byte) ([]byte, error) {
	for i := 0; i < len(s); i++ {
		n := plainLen(s[i:])
		dst = append(dst, s[i:i+n]...)
		if i += n; i == len(s) {
			break
		}
		c := s[i]
		switch c {
		case '+':
			c = plus
		case '%':
			if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
				return dst, errBadQuery
			}
			c = unhex(s[i+1])<<4 | unhex(s[i+2])
			i += 2
		}
		dst = appendEncoded(dst, c)
	}
	return dst, nil
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}

// headerValues returns the values of the header name, given in lower case, and
// none if the request lacks it. It finds those that net/http keeps elsewhere;
// one is memory for such a value.
func headerValues(r *http.Request, name string, one []string) []string {
	switch name {
	case "host":
		return appendNonEmpty(one, hostOf(r))
	case "transfer-encoding":
		return r.TransferEncoding
	case "content-length":
		if len(r.Header["Content-Length"]) == 0 && r.ContentLength >= 0 {
			// A length of 0 is often not sent, or removed by a proxy.
			return append(one, strconv.FormatInt(r.ContentLength, 10))
		}
	}
	var key [64]byte
	return r.Header[string(appendHeaderKey(key[:0], name))]
}

func hostOf(r *http.Request) string {
	if r.Host == "" && r.RequestURI == "" {
		return r.URL.Host // a request yet to be sent
	}
	return r.Host
}

func appendNonEmpty(dst []string, s string) []string {
	if s == "" {
		return dst
	}
	return append(dst, s)
}

// appendHeaderKey does what http.CanonicalHeaderKey does to a lower-case name,
// without allocating for names that net/http does not know.
func appendHeaderKey(dst []byte, name string) []byte {
	upper := true
	for i := range len(name) {
		c := name[i]
		if upper && 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		dst = append(dst, c)
		upper = c == '-'
	}
	return dst
}

// appendValues appends the values of the header name as one line has them.
func appendValues(dst []byte, r *http.Request, name string) []byte {
	var one [1]string
	for i, value := range headerValues(r, name, one[:0]) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendTrimmed(dst, value)
	}
	return dst
}

// appendTrimmed appends a header value without the blanks around it, and with
// one space for every run of blanks within.
func appendTrimmed(dst []byte, value string) []byte {
	start, blank := len(dst), false
	for i := range len(value) {
		c := value[i]
		if c == ' ' || c == '\t' {
			blank = len(dst) > start
			continue
		}
		if blank {
			dst, blank = append(dst, ' '), false
		}
		dst = append(dst, c)
	}
	return dst
}
