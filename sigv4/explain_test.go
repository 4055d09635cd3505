package sigv4

import (
	"bufio"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func reader(w wire) *bufio.Reader { return bufio.NewReader(strings.NewReader(w.String())) }

// explained is the refusal of w, which is signed with another secret.
func explained(t *testing.T, w wire) *Error {
	t.Helper()
	r, body := w.read(t)
	v := testVerifier()
	a, err := v.Parse(r)
	if err == nil {
		_, err = v.Verify(r, a, body, "another secret")
	}
	var e *Error
	if !errors.As(err, &e) || e.Kind != InvalidSignature {
		t.Fatalf("got %v", err)
	}
	return e
}

func TestExplain(t *testing.T) {
	w := signedPost(t).and("X-Forwarded-Host: chime.example.com").and("X-Forwarded-Prefix: /chime")
	e := explained(t, w)
	request := "POST\n/accounts/aaaa/users/a%252Fb\noperation=create&user-email=a%2Bb%40example.com\n" +
		"content-length:52\ncontent-type:application/json\nhost:127.0.0.1:8018\nx-amz-content-sha256:" + hashOf(testBody) +
		"\nx-amz-date:20261121T203304Z\nx-amz-security-token:" + testToken +
		"\n\ncontent-length;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token\n" + hashOf(testBody)
	for _, part := range []string{
		request, Algorithm + "\n20261121T203304Z\n20261121/us-east-1/chime/aws4_request\n" + hashOf(request),
		"'127.0.0.1:8018' (X-Forwarded-Host is 'chime.example.com')", "'/accounts/aaaa/users/a%2Fb' (X-Forwarded-Prefix is '/chime')",
		"dated 20261121T203304Z, and here it is 20261121T203304Z", "the secret",
	} {
		if !strings.Contains(e.Detail, part) {
			t.Errorf("no %q in\n%s", part, e.Detail)
		}
	}
	if strings.Contains(e.Error(), "example.com") {
		t.Errorf("the error shows the query: %v", e)
	}
}

// Neither the secret nor what it would have signed is shown.
func TestExplain_tellsNothing(t *testing.T) {
	good := signedPost(t)
	r, body := good.read(t)
	_, signature, _ := strings.Cut(good.get("Authorization"), "Signature=")
	r.Header.Set("Authorization", strings.Replace(good.get("Authorization"), signature, hashOf("wrong"), 1))
	var e *Error
	if !errors.As(judge(testVerifier(), r, body), &e) {
		t.Fatal("accepted")
	}
	text := e.Message + e.Detail
	if strings.Contains(text, signature) || strings.Contains(text, testCredentials.SecretAccessKey) || !strings.Contains(text, "POST\n") {
		t.Errorf("tells too much, or nothing: %s", text)
	}
}

// However large a request is, and whatever bytes it has, the explanation is
// some text of some length.
func TestExplain_bounded(t *testing.T) {
	long := strings.Repeat("\xff\u00e9", 20_000)
	r := newRequest(t, "GET", "http://"+strings.Repeat("h", 5_000)+"/"+strings.Repeat("p", 9_000)+"?q="+strings.Repeat("%FF", 9_000), "")
	r.Header.Set("X-A", long)
	r.Header.Set("X-Forwarded-Host", long)
	r.Header.Set("X-Forwarded-Prefix", long)
	Sign(r, nil, testCredentials, "chime", strings.Repeat("r", 9_000), testTime)
	e := explained(t, asWire(t, r, ""))
	if n := len(e.Message) + len(e.Detail); n > 6<<10 || !utf8.ValidString(e.Detail) || !strings.Contains(e.Detail, "bytes more)") {
		t.Errorf("%d bytes: %.200q", n, e.Detail)
	}
}
