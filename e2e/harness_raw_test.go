package e2e

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// answer is what a server sent to a hand-made request.
type answer struct {
	status int
	header http.Header
	body   string
	length int64 // of the Content-Length header; -1: there was none
}

// rawHTTP follows no redirect: the API must never send one.
var rawHTTP = &http.Client{
	Timeout:       time.Minute,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16},
}

// request makes an unsigned request. The target is path and query as they
// shall stand in the request line.
func (c *caller) request(t testing.TB, method, target, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, c.endpoint+target, strings.NewReader(body))
	succeed(t, err)
	if got := r.URL.RequestURI(); got != target {
		t.Fatalf("net/http would send %q, not %q", got, target)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// send sends a signed request. Unlike the SDK's, our signer leaves path and
// query as they are.
func (c *caller) send(t testing.TB, method, target, body string) answer {
	t.Helper()
	r := c.request(t, method, target, body)
	signerOf(c).sign(r, body)
	return do(t, r)
}

func hashOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// do sends a request as it is.
func do(t testing.TB, r *http.Request) answer {
	t.Helper()
	return doBy(t, rawHTTP, r)
}

// doBy is do through another client.
func doBy(t testing.TB, client *http.Client, r *http.Request) answer {
	t.Helper()
	res, err := client.Do(r)
	succeed(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	succeed(t, err)
	return answer{res.StatusCode, res.Header, string(body), res.ContentLength}
}

// dial opens a plain connection to the server.
func (c *caller) dial(t testing.TB) net.Conn {
	t.Helper()
	u, err := url.Parse(c.endpoint)
	succeed(t, err)
	conn, err := net.Dial("tcp", u.Host)
	succeed(t, err)
	succeed(t, conn.SetDeadline(time.Now().Add(2*time.Minute)))
	t.Cleanup(func() { conn.Close() })
	return conn
}

// head sends a request on a connection of its own and returns the lines of the
// answer's head as they are on the wire.
func (c *caller) head(t testing.TB, r *http.Request) []string {
	t.Helper()
	conn := c.dial(t)
	succeed(t, r.Write(conn))
	succeed(t, conn.SetReadDeadline(time.Now().Add(time.Minute)))
	var lines []string
	for in := bufio.NewScanner(conn); in.Scan() && in.Text() != ""; {
		lines = append(lines, in.Text())
	}
	return lines
}

// refused checks that an answer is a refusal in the one form of the API.
func (a answer) refused(t testing.TB, want refusal, words ...string) {
	t.Helper()
	if a.status != want.status || a.header.Get("x-amzn-ErrorType") != want.name {
		t.Errorf("got %d %s %s, want %d %s", a.status, a.header.Get("x-amzn-ErrorType"), a.body, want.status, want.name)
		return
	}
	a.complete(t)
	members := parseJSON[map[string]any](t, a.body)
	message, _ := members["Message"].(string)
	delete(members, "Message")
	equal(t, "members beside Message", members, codeMember(want))
	for _, word := range append(words, " ") { // a sentence has blanks
		if !strings.Contains(message, word) {
			t.Errorf("the message %q lacks %q", message, word)
		}
	}
}

func codeMember(want refusal) map[string]any {
	if want.code == "" {
		return map[string]any{}
	}
	return map[string]any{"Code": want.code}
}

// complete checks the headers that every answer with a body has.
func (a answer) complete(t testing.TB) {
	t.Helper()
	isUUID(t, "x-amzn-RequestId", a.header.Get("x-amzn-RequestId"))
	equal(t, "Content-Type", a.header.Get("Content-Type"), "application/json")
	equal(t, "Content-Length", a.length, int64(len(a.body)))
	a.dated(t)
}

func (a answer) dated(t testing.TB) {
	t.Helper()
	date, err := http.ParseTime(a.header.Get("Date"))
	if err != nil || time.Since(date).Abs() > time.Minute {
		t.Errorf("the Date header is %q (%v)", a.header.Get("Date"), err)
	}
}

// ok checks that an answer is a success with a body, compact JSON.
func (a answer) ok(t testing.TB, status int) {
	t.Helper()
	if a.status != status {
		t.Fatalf("got %d %s, want %d", a.status, a.body, status)
	}
	a.complete(t)
	var compact json.RawMessage
	succeed(t, json.Unmarshal([]byte(a.body), &compact))
}

// noContent checks that an answer is a 204 in the form of the live service:
// with a Content-Type but without a body and its length.
func (a answer) noContent(t testing.TB) {
	t.Helper()
	if a.status != http.StatusNoContent || a.body != "" {
		t.Fatalf("got %d %s, want 204 and no body", a.status, a.body)
	}
	if _, sent := a.header["Content-Length"]; sent {
		t.Error("a 204 has a Content-Length")
	}
	isUUID(t, "x-amzn-RequestId", a.header.Get("x-amzn-RequestId"))
	equal(t, "Content-Type", a.header.Get("Content-Type"), "application/json")
	a.dated(t)
}

// readAnswer reads one answer off a connection, with its body.
func readAnswer(conn net.Conn) (*http.Response, error) {
	if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		return nil, err
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res, err
}
