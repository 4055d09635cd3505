package sigv4

import (
	"net/http"
	"strings"
	"testing"
)

func TestCleanPath(t *testing.T) {
	for path, want := range map[string]string{
		"/": "/", "//": "/", "///": "/", "/a": "/a", "/a/": "/a/", "/a//b": "/a/b", "//a": "/a", "/a//": "/a/", "//a///b////": "/a/b/",
		"/.a": "/.a", "/...": "/...", "/a/..b": "/a/..b", "/..%2Fx": "/..%2Fx", "/%2F/a": "/%2F/a",
		"*": "*", "host:443": "host:443",
	} {
		if got := cleanPath(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func TestAppendPath(t *testing.T) {
	for path, want := range map[string]string{
		"/": "/", "/a-b_c.d~e/": "/a-b_c.d~e/", "/%2B": "/%252B", "/%252B": "/%25252B", "/a+b": "/a%2Bb",
		"/a:b@c": "/a%3Ab%40c", "/é": "/%C3%A9", "//": "//", "/a%2fb": "/a%252fb",
	} {
		if got := string(appendPath(nil, path)); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func TestWirePath(t *testing.T) {
	for uri, want := range map[string]string{
		"/": "/", "/?a=/b": "/", "/a%2fb?x": "/a%2fb", "//a": "//a",
		"http://host": "/", "http://host?a": "/", "http://host/a//b/?x": "/a//b/", "https://host:1/": "/", "/http://host/a": "/http://host/a",
		"*": "*", "host:443": "host:443",
	} {
		if got := wirePath(&http.Request{RequestURI: uri}); got != want {
			t.Errorf("%s: got %s, want %s", uri, got, want)
		}
	}
}

func TestAppendQuery(t *testing.T) {
	var c canonicalizer
	for raw, want := range map[string]string{
		"": "", "&": "", "a": "a=", "a=": "a=", "=": "=", "=a": "=a", "a=b=c": "a=b%3Dc", "a==": "a=%3D",
		"b=1&a=2": "a=2&b=1", "a=b&a=a": "a=a&a=b", "a=1&a-b=2": "a=1&a-b=2", "a-b=2&a=1": "a=1&a-b=2",
		// '%' sorts before '-': it is the encoded form that is sorted.
		"a=-&a=/": "a=%2F&a=-", "é=1&z=1": "%C3%A9=1&z=1",
		"a=x+y": "a=x%2By", "a=%2b": "a=%2B", "%61=%62": "a=b", "a=%7E": "a=~", "a=b;c": "a=b%3Bc",
		"X-Amz-Signature=1&a": "X-Amz-Signature=1&a=",
	} {
		got, err := c.appendQuery(nil, raw, false, '+')
		if err != nil || string(got) != want {
			t.Errorf("%q: got %q, %v, want %q", raw, got, err, want)
		}
	}
}

func TestAppendQuery_presigned(t *testing.T) {
	var c canonicalizer
	for _, raw := range []string{"b&X-Amz-Signature=1&a", "X%2dAmz-Signature=%zz&b&a"} {
		got, err := c.appendQuery(nil, raw, true, '+')
		if err != nil || string(got) != "a=&b=" {
			t.Errorf("%q: got %q, %v", raw, got, err)
		}
	}
}

func TestAppendQuery_refuses(t *testing.T) {
	var c canonicalizer
	for _, raw := range []string{"%", "a=%", "a=%2", "a=%2&b", "a=%zz", "a=%2g", "%g2=a", "a=%%20"} {
		_, err := c.appendQuery(nil, raw, false, '+')
		wantKind(t, err, InvalidSignature)
	}
}

func TestSetHeaders(t *testing.T) {
	r := &http.Request{
		Host: "host:1", ContentLength: 1234, RequestURI: "/", TransferEncoding: []string{"chunked"},
		Header: http.Header{"X-A": {" a  b ", "", "c\t \td"}, "X_b-C": {"\t"}},
	}
	var w workspace
	w.setHeaders(r, "content-length;host;transfer-encoding;x-a;x_b-c")
	want := "content-length:1234\nhost:host:1\ntransfer-encoding:chunked\nx-a:a b,,c d\nx_b-c:\n\n"
	if got := string(w.headers); !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := string(w.headers[w.hostStart:w.hostEnd]); got != "host:1" {
		t.Errorf("host %q", got)
	}
}

// The length of a chunked body is not known, and HTTP/1.0 needs no Host.
func TestHeaderValues_absent(t *testing.T) {
	r := &http.Request{ContentLength: -1, RequestURI: "/", Header: http.Header{}}
	for _, name := range []string{"content-length", "host", "transfer-encoding", "x-a"} {
		if values := headerValues(r, name, nil); len(values) > 0 {
			t.Errorf("%s: %q", name, values)
		}
	}
}

func TestAppendHeaderKey(t *testing.T) {
	for _, name := range []string{"host", "x-amz-date", "x_under-score", "a--b", "-a", "a-", "1a", "x-1a", "!a"} {
		if got, want := string(appendHeaderKey(nil, name)), http.CanonicalHeaderKey(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// Both readings of the path are accepted, and no third one.
func TestVerify_paths(t *testing.T) {
	for _, tt := range []struct {
		signed, sent string
		want         Kind
	}{
		{"/a//b", "/a//b", ""},
		{"/a/b", "/a//b", ""},
		{"/a/b/", "//a///b//", ""},
		{"/a//b", "/a/b", InvalidSignature},
		{"/a/../b", "/a/../b", InvalidSignature},
		{"/b", "/a/../b", InvalidSignature},
		{"/a/./b", "/a/./b", InvalidSignature},
		{"/a/%2E%2e/b", "/a/%2E%2e/b", InvalidSignature},
		{"/..", "/..", InvalidSignature},
		{"/..%2Fb", "/..%2Fb", ""},
		{"/b", "/a/b", InvalidSignature},
		{"/a/", "/a", InvalidSignature},
		{"/a/b", "/a%2Fb", InvalidSignature},
	} {
		r := newRequest(t, "GET", "http://host"+tt.signed, "")
		sign(t, r, "", testCredentials, "us-east-1")
		w := asWire(t, r, "")
		w.target = tt.sent
		t.Run(tt.signed+" as "+tt.sent, func(t *testing.T) { wantKind(t, w.judge(t), tt.want) })
	}
}
