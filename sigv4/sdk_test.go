package sigv4

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
)

// newServer runs a server that answers 403 and the error to what it refuses,
// and a client whose connections all lead there, whatever the URL.
func newServer(t *testing.T) *http.Client {
	t.Helper()
	v := testVerifier()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = judge(v, r, body)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
		}
	}))
	t.Cleanup(server.Close)
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	return &http.Client{Transport: &http.Transport{DialContext: dial}}
}

// send returns an error unless the server accepts r.
func send(client *http.Client, r *http.Request) error {
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s %s", r.Method, r.URL, response.Status, text)
	}
	return err
}

// generator makes requests at random, all of which are legal.
type generator struct{ *rand.Rand }

func (g generator) pick(from ...string) string { return from[g.Intn(len(from))] }

func (g generator) segment() string {
	return g.pick("accounts", "aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb", "%2B12065550100", "%252B12065550100", "+1206",
		"", "a%2Fb", "..%2Fx", "%2E%2Ea", "%2ea", "%C3%A9%20%E2%82%AC", "a:b@c", "~x_y.z-", "a;b=c,d", "a$&d",
		"%27%28%29%2A%21", "('*!)", ".hidden", "...", url.PathEscape(g.text()))
}

// text is any text, mostly of characters that need care.
func (g generator) text() string {
	runes := []rune("aZ09-._~ +/%=&?#;:@!$'()*,[]{}|\\^`\"<>é€😀\x00\n\t")
	text := make([]rune, g.Intn(12))
	for i := range text {
		text[i] = runes[g.Intn(len(runes))]
	}
	return string(text)
}

func (g generator) path() string {
	path := g.pick("", "", "/console", "/pre/fix") + "/"
	for range g.Intn(6) {
		path += g.segment() + "/"
	}
	if g.Intn(4) > 0 {
		path = path[:len(path)-1]
	}
	if path == "" {
		path = "/"
	}
	return path
}

func (g generator) query() string {
	var pairs []string
	for range g.Intn(5) {
		name := g.pick("a", "a-b", "a.b", "a%20", "A", "max-results", "next-token", "", queryEscape(g.text()))
		pairs = append(pairs, name+g.pick("=", "="+queryEscape(g.text()), "=1", ""))
	}
	return strings.Join(pairs, "&")
}

func queryEscape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func (g generator) headers(h http.Header) {
	names := []string{"Content-Type", "X-Amz-User-Agent", "X-Custom", "X_under-score", "Amz-Sdk-Request", "Accept"}
	for range g.Intn(4) {
		name := names[g.Intn(len(names))]
		for range 1 + g.Intn(2) {
			h.Add(name, g.pick("", "a", " a ", "a  b", "  a   b    c ", "a,b", "é  €", "\t a", `"x  y"`))
		}
	}
}

func (g generator) request(t *testing.T) (*http.Request, string) {
	body := g.pick("", "", "{}", testBody, strings.Repeat("é", 5000))
	target := "http://" + g.pick("chime.us-east-1.amazonaws.com", "localhost:8018", "[::1]:8018", "host:80") + g.path()
	if q := g.query(); q != "" || g.Intn(8) == 0 {
		target += "?" + q
	}
	r := newRequest(t, g.pick("GET", "POST", "PUT", "DELETE", "HEAD"), target, body)
	if body == "" {
		r.Body = http.NoBody
	}
	g.headers(r.Header)
	if g.Intn(4) == 0 {
		r.Header.Set("X-Amz-Content-Sha256", hashOf(body))
	}
	return r, body
}

func (g generator) credentials() Credentials {
	c := testCredentials
	c.SessionToken = g.pick("", testToken)
	return c
}

func (g generator) region() string { return g.pick("us-east-1", "ap-southeast-2", "", "local host") }

// Whatever the SDK signs, a server over a real connection accepts.
func TestSDK_headerAccepted(t *testing.T) {
	client, g := newServer(t), generator{rand.New(rand.NewSource(1))}
	for range 400 {
		r, body := g.request(t)
		sdkSign(t, r, body, g.credentials(), strings.ReplaceAll(g.region(), " ", "-"))
		if err := send(client, r); err != nil {
			t.Errorf("%v\n%v", err, r.Header)
		}
	}
}

func TestSDK_presignedAccepted(t *testing.T) {
	client, g := newServer(t), generator{rand.New(rand.NewSource(2))}
	for range 400 {
		r, body := g.request(t)
		presigned := sdkPresign(t, r, body, g.credentials(), strings.ReplaceAll(g.region(), " ", "-"))
		if err := send(client, presigned); err != nil {
			t.Errorf("%v\n%v", err, presigned.Header)
		}
	}
}

// Sign does to a request what the SDK does, byte for byte.
func TestSign_sameAsSDK(t *testing.T) {
	client, g := newServer(t), generator{rand.New(rand.NewSource(3))}
	for range 400 {
		r, body := g.request(t)
		c, region := g.credentials(), strings.ReplaceAll(g.region(), " ", "-")
		want := r.Clone(context.Background())
		sdkSign(t, want, body, c, region)
		Sign(r, []byte(body), c, "chime", region, testTime)
		if got, want := r.Header.Get("Authorization"), want.Header.Get("Authorization"); got != want {
			t.Errorf("%s %s\n got %s\nwant %s", r.Method, r.URL, got, want)
		}
		if err := send(client, r); err != nil {
			t.Error(err)
		}
	}
}

// Requests that botocore signed (see testdata/gen.py): unlike the Go SDK it normalises the path,
// turns tabs into spaces and can use the Date header. Those with dot segments
// are refused, in whichever form they are signed.
func TestBotocore_accepted(t *testing.T) {
	text, err := os.ReadFile("testdata/botocore.json")
	if err != nil {
		t.Fatal(err)
	}
	var requests []struct {
		Method, URL, Body string
		Header            map[string]string
	}
	if err := json.Unmarshal(text, &requests); err != nil {
		t.Fatal(err)
	}
	client := newServer(t)
	for _, request := range requests {
		// The scheme is not signed; the server knows http only.
		r := newRequest(t, request.Method, strings.Replace(request.URL, "https:", "http:", 1), request.Body)
		for name, value := range request.Header {
			r.Header.Set(name, value)
		}
		if err := send(client, r); (err != nil) != dots.MatchString(r.URL.RequestURI()) {
			t.Errorf("%s: %v", request.URL, err)
		}
	}
}

var dots = regexp.MustCompile(`^[^?]*/(\.|%2E){1,2}($|[/?])`)
