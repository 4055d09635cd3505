package sigv4

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// The examples of the AWS documentation and of its test suite.
func TestSign_documented(t *testing.T) {
	c := Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
	at := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	for _, tt := range []struct{ service, url, contentType, want string }{
		{"iam", "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08", "application/x-www-form-urlencoded; charset=utf-8", "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"},
		{"service", "https://example.amazonaws.com/", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
	} {
		r := newRequest(t, "GET", tt.url, "")
		if tt.contentType != "" {
			r.Header.Set("Content-Type", tt.contentType)
		}
		Sign(r, nil, c, tt.service, "us-east-1", at)
		if got := r.Header.Get("Authorization"); !strings.HasSuffix(got, "Signature="+tt.want) {
			t.Errorf("%s: got %s\nwant %s", tt.url, got, tt.want)
		}
	}
}

// A request may be signed again, with other credentials and later.
func TestSign_again(t *testing.T) {
	r := newRequest(t, "POST", testURL, testBody)
	c := testCredentials
	c.SessionToken = "old"
	Sign(r, []byte("old body"), c, "chime", "eu-west-1", testTime.Add(-time.Hour))
	Sign(r, []byte(testBody), testCredentials, "chime", "us-east-1", testTime)
	wantKind(t, asWire(t, r, testBody).judge(t), "")
}

// A request made by hand has no method, no header and no host but the URL's.
func TestSign_bareRequest(t *testing.T) {
	full := newRequest(t, "GET", testURL, "")
	r := &http.Request{URL: full.URL}
	Sign(r, nil, testCredentials, "chime", "us-east-1", testTime)
	wantKind(t, asWire(t, r, "").judge(t), "")
}

func TestSign_opaqueURL(t *testing.T) {
	r := newRequest(t, "GET", testURL, "")
	r.URL.Opaque = "//127.0.0.1:8018/accounts/%2ea/!"
	Sign(r, nil, testCredentials, "chime", "us-east-1", testTime)
	w := asWire(t, r, "")
	if !strings.HasPrefix(w.target, "http://127.0.0.1:8018/accounts/%2ea/!?") {
		t.Errorf("target %s", w.target)
	}
	wantKind(t, w.judge(t), "")
}

// A header under an unusual key is sent, but left unsigned.
func TestSign_unusualKey(t *testing.T) {
	r := newRequest(t, "POST", testURL, testBody)
	r.Header["x-raw"] = []string{"1"}
	r.Header["Content-Length"] = []string{"7"} // net/http ignores it too
	r.Header["X-None"] = []string{}
	Sign(r, []byte(testBody), testCredentials, "chime", "us-east-1", testTime)
	if got := r.Header.Get("Authorization"); !strings.Contains(got, "SignedHeaders=content-length;host;x-amz-date,") {
		t.Errorf("got %s", got)
	}
	wantKind(t, asWire(t, r, testBody).judge(t), "")
}

// A query that cannot be read is signed all the same, for the server to judge.
func TestSign_badQuery(t *testing.T) {
	r := newRequest(t, "GET", testURL+"&a=%zz", "")
	Sign(r, nil, testCredentials, "chime", "us-east-1", testTime)
	wantKind(t, asWire(t, r, "").judge(t), InvalidSignature)
}

func TestSign_defaultPort(t *testing.T) {
	for _, tt := range []struct{ url, want string }{
		{"http://host:80/", "host"},
		{"https://host:443/", "host"},
		{"http://host:443/", "host:443"},
		{"https://[::1]:443/", "[::1]"},
		{"http://[::1]/", "[::1]"},
		{"http://host/", "host"},
	} {
		r := newRequest(t, "GET", tt.url, "")
		Sign(r, nil, testCredentials, "chime", "us-east-1", testTime)
		if r.Host != tt.want {
			t.Errorf("%s: host %q, want %q", tt.url, r.Host, tt.want)
		}
	}
}
