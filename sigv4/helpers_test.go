package sigv4

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

var (
	testTime        = time.Date(2026, 11, 21, 20, 33, 4, 0, time.UTC)
	testCredentials = Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
)

const testToken = "token/+="

func testClock() time.Time { return testTime }

func testVerifier() *Verifier { return NewVerifier(testClock, "chime") }

// wire is a request as it goes over the line, open to any change.
type wire struct {
	method, target string
	header         []string // "Name: value"
	body           string
}

// get returns the value of the first header with this name.
func (w wire) get(name string) string {
	for _, h := range w.header {
		if n, value, _ := strings.Cut(h, ": "); strings.EqualFold(n, name) {
			return value
		}
	}
	return ""
}

// with returns w with a header replaced, or added.
func (w wire) with(name, value string) wire {
	return w.without(name).and(name + ": " + value)
}

// and returns w with one more header line.
func (w wire) and(line string) wire {
	w.header = append(append([]string(nil), w.header...), line)
	return w
}

// without returns w without the headers of this name.
func (w wire) without(name string) wire {
	var kept []string
	for _, h := range w.header {
		if n, _, _ := strings.Cut(h, ":"); !strings.EqualFold(n, name) {
			kept = append(kept, h)
		}
	}
	w.header = kept
	return w
}

// replace returns w with old replaced in the named header, where it must be.
func (w wire) replace(t testing.TB, name, old, new string) wire {
	t.Helper()
	value := w.get(name)
	if !strings.Contains(value, old) {
		t.Fatalf("header %s: %q does not contain %q", name, value, old)
	}
	return w.with(name, strings.Replace(value, old, new, 1))
}

// retarget returns w with old replaced in the target, where it must be.
func (w wire) retarget(t testing.TB, old, new string) wire {
	t.Helper()
	if !strings.Contains(w.target, old) {
		t.Fatalf("target %q does not contain %q", w.target, old)
	}
	w.target = strings.Replace(w.target, old, new, 1)
	return w
}

func (w wire) String() string {
	head := fmt.Sprintf("%s %s HTTP/1.1\r\n%s\r\n", w.method, w.target, strings.Join(w.header, "\r\n"))
	if w.body != "" && w.get("Content-Length") == "" {
		head += fmt.Sprintf("Content-Length: %d\r\n", len(w.body))
	}
	return head + "\r\n" + w.body
}

// read lets net/http read w as a server does.
func (w wire) read(t testing.TB) (*http.Request, []byte) {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(w.String())))
	if err != nil {
		t.Fatalf("net/http does not read\n%s\n%v", w, err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, body
}

// judge does what a server does that knows one key and one session token.
func judge(v *Verifier, r *http.Request, body []byte) error {
	a, err := v.Parse(r)
	if err != nil {
		return err
	}
	if a.AccessKeyID != testCredentials.AccessKeyID || a.SessionToken != "" && a.SessionToken != testToken {
		return &Error{Kind: UnrecognizedClient, Message: "unknown"}
	}
	_, err = v.Verify(r, a, body, testCredentials.SecretAccessKey)
	return err
}

func (w wire) judge(t testing.TB) error {
	t.Helper()
	r, body := w.read(t)
	return judge(testVerifier(), r, body)
}

// wantKind fails unless err is an *Error of this kind that tells no secrets;
// an empty kind stands for no error.
func wantKind(t testing.TB, err error, want Kind) {
	t.Helper()
	var e *Error
	switch {
	case err == nil && want == "":
		return
	case err == nil:
		t.Errorf("accepted, want %s", want)
		return
	case !errors.As(err, &e):
		t.Errorf("error %v has type %T", err, err)
		return
	case e.Kind != want:
		t.Errorf("got %v, want kind %q", e, want)
	}
	if e.Message == "" || strings.Contains(e.Message, testCredentials.SecretAccessKey) {
		t.Errorf("bad message %q", e.Message)
	}
}

func hashOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

func newRequest(t testing.TB, method, url, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// asWire returns r, which has this body, as it would be sent.
func asWire(t testing.TB, r *http.Request, body string) wire {
	t.Helper()
	r.Body = io.NopCloser(strings.NewReader(body))
	var buf bytes.Buffer
	if err := r.Write(&buf); err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(buf.String(), "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	start := strings.Fields(lines[0])
	return wire{method: start[0], target: start[1], header: lines[1:], body: rest}
}

const testBody = `{"Email":"a+b@example.com","UserType":"PrivateUser"}`

const testURL = "http://127.0.0.1:8018/accounts/aaaa/users/a%2Fb?operation=create&user-email=a%2Bb%40example.com"

// signedPost is a good request with all that a signature can cover.
func signedPost(t testing.TB) wire {
	t.Helper()
	r := newRequest(t, "POST", testURL, testBody)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Amz-Content-Sha256", hashOf(testBody))
	c := testCredentials
	c.SessionToken = testToken
	sign(t, r, testBody, c, "us-east-1")
	return asWire(t, r, testBody)
}

// signedGet is a good request with the least that must be signed.
func signedGet(t testing.TB) wire {
	t.Helper()
	r := newRequest(t, "GET", testURL, "")
	sign(t, r, "", testCredentials, "us-east-1")
	return asWire(t, r, "")
}

// presignedGet is a good presigned request.
func presignedGet(t testing.TB) wire {
	t.Helper()
	c := testCredentials
	c.SessionToken = testToken
	return asWire(t, presign(t, newRequest(t, "GET", testURL, ""), "", c, "us-east-1"), "")
}

// forge signs r, which has no body, correctly but with this list of signed
// headers and this date of the scope, be they allowed or not.
func forge(t testing.TB, r *http.Request, list, date string) wire {
	t.Helper()
	w := workspaces.New().(*workspace)
	w.hashBody(nil)
	s := signing{testTime, date, "us-east-1", "chime"}
	if err := w.set(r, s, list, false); err != nil {
		t.Fatal(err)
	}
	key := newSigningKey(testCredentials.SecretAccessKey, date, s.region, s.service)
	signature := hex.EncodeToString(w.sign(key, w.asSent(r)))
	r.Header.Set("Authorization", Algorithm+" Credential="+testCredentials.AccessKeyID+"/"+string(s.appendScope(nil))+
		", SignedHeaders="+list+", Signature="+signature)
	return asWire(t, r, "")
}

// forgeGet forges a request with one header and an X-Amz-Date.
func forgeGet(t testing.TB, header, value, list string) wire {
	t.Helper()
	r := newRequest(t, "GET", testURL, "")
	r.Header.Set("X-Amz-Date", "20261121T203304Z")
	r.Header.Set(header, value)
	return forge(t, r, list, "20261121")
}
