package sigv4

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func FuzzParseAuthorization(f *testing.F) {
	f.Add(signedPost(f).get("Authorization"))
	f.Add(Algorithm + " Credential=A/20261121//chime/aws4_request,SignedHeaders=host,Signature=0")
	f.Add(Algorithm + " ,,=")
	f.Add("Basic x")
	f.Fuzz(func(t *testing.T, value string) {
		parts, err := parseAuthorization(value)
		if err == nil && (parts.credential == "" || parts.signedHeaders == "" || parts.signature == "") {
			t.Errorf("accepted %q with an empty part", value)
		}
		wantRefusal(t, err, true)
	})
}

// wantRefusal fails if err is of another type than *Error or of no known kind.
func wantRefusal(t *testing.T, err error, optional bool) {
	t.Helper()
	var e *Error
	switch {
	case err == nil && optional:
	case err == nil:
		t.Error("accepted")
	case !errors.As(err, &e):
		t.Errorf("%v has type %T", err, err)
	case e.Kind != MissingAuthenticationToken && e.Kind != IncompleteSignature && e.Kind != InvalidSignature:
		t.Errorf("kind %q", e.Kind)
	}
}

// FuzzVerify sends anything; the secret is not the one of the seeds, so that
// nothing may ever be accepted.
func FuzzVerify(f *testing.F) {
	for _, w := range []wire{signedPost(f), signedGet(f), presignedGet(f)} {
		f.Add([]byte(w.String()))
		f.Add([]byte(w.with("Transfer-Encoding", "chunked").String()))
		f.Add([]byte(w.replace(f, "Host", ":", "").String()))
	}
	f.Add([]byte("OPTIONS * HTTP/1.1\r\nHost: a\r\nAuthorization: " + Algorithm + " x\r\n\r\n"))
	f.Add([]byte("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"))
	v := testVerifier()
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
		if err != nil {
			t.Skip()
		}
		body, _ := io.ReadAll(r.Body)
		a, err := v.Parse(r)
		wantRefusal(t, err, true)
		if err == nil {
			_, err = v.Verify(r, a, body, "another secret")
			wantRefusal(t, err, false)
		}
	})
}

// FuzzSign checks that what Sign signs is accepted after a trip over the wire,
// unless its query cannot be read or its path has dot segments.
func FuzzSign(f *testing.F) {
	f.Add("/a/..b//c%2Fd/", "a=b&c+d=%20", "x-custom", " a  b", "body")
	f.Add("", "", "", "", "")
	f.Add("//", "&&==&%zz", "Content-Type", "\t", "")
	f.Fuzz(func(t *testing.T, path, query, name, value, body string) {
		r, err := http.NewRequest("POST", "http://host/"+path, strings.NewReader(body))
		if err != nil {
			t.Skip()
		}
		r.URL.RawQuery, r.URL.ForceQuery = query, false
		if isLowerToken(strings.ToLower(name)) && !strings.ContainsAny(value, "\r\n") {
			r.Header.Set("X-Fuzz"+name, value)
		}
		Sign(r, []byte(body), testCredentials, "chime", "", testTime)
		received, receivedBody := overWire(t, r)
		if err := judge(testVerifier(), received, receivedBody); err != nil && readable(query) && checkSegments(wirePath(received)) == nil {
			t.Errorf("%s: %v", r.URL, err)
		}
	})
}

func overWire(t *testing.T, r *http.Request) (*http.Request, []byte) {
	t.Helper()
	var buf bytes.Buffer
	if r.Write(&buf) != nil {
		t.Skip()
	}
	received, err := http.ReadRequest(bufio.NewReader(&buf))
	if err != nil {
		t.Skip()
	}
	body, err := io.ReadAll(received.Body)
	if err != nil {
		t.Skip()
	}
	return received, body
}

// readable tells whether a query survives the way over the wire and has
// nothing to do with authentication.
func readable(query string) bool {
	text, err := url.PathUnescape(query)
	return err == nil && !strings.Contains(text, "X-Amz-") && !strings.Contains(query, "#")
}
