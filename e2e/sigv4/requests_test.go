package sigv4

import (
	"math/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"carillon/sigv4"
)

const testBody = `{"Email":"a+b@example.com","UserType":"PrivateUser"}`

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

func (g generator) credentials() sigv4.Credentials {
	c := testCredentials
	c.SessionToken = g.pick("", testToken)
	return c
}

func (g generator) region() string { return g.pick("us-east-1", "ap-southeast-2", "", "local host") }
