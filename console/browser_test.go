package console_test

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"carillon/carillontest"
	"carillon/sigv4"
)

// browser is somebody with a browser before a real server.
type browser struct {
	*testing.T
	server *carillontest.Server
	client *http.Client
}

// seen is a page as the browser got it.
type seen struct {
	status int
	header http.Header
	url    *url.URL
	text   string
}

func newBrowser(t *testing.T, s *carillontest.Server) *browser {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &browser{t, s, &http.Client{Jar: jar}}
}

// signedIn is a browser with the root key's session.
func signedIn(t *testing.T, options ...carillontest.Option) *browser {
	t.Helper()
	b := newBrowser(t, carillontest.New(t, options...))
	b.signIn(b.server.AccessKeyID, b.server.SecretAccessKey)
	return b
}

func (b *browser) send(r *http.Request) seen {
	b.Helper()
	answer, err := b.client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.Fatal(err)
	}
	return seen{answer.StatusCode, answer.Header, answer.Request.URL, string(text)}
}

func (b *browser) request(method, path, body string) *http.Request {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, b.server.URL+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func (b *browser) get(path string) seen { b.Helper(); return b.send(b.request("GET", path, "")) }

// post sends a form of the page itself: name, value, …
func (b *browser) post(path string, pairs ...string) seen {
	b.Helper()
	r := b.request("POST", path, values(pairs).Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", b.server.URL)
	return b.send(r)
}

func values(pairs []string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

func (b *browser) signIn(id, secret string) seen {
	b.Helper()
	return b.post("/ui/sign-in", "key", id, "secret", secret)
}

// call runs an operation with the root key, which must succeed.
func (b *browser) call(method, path, body string) (out map[string]any) {
	b.Helper()
	r := b.request(method, path, body)
	sigv4.Sign(r, []byte(body), sigv4.Credentials{AccessKeyID: b.server.AccessKeyID, SecretAccessKey: b.server.SecretAccessKey}, "chime", "us-east-1", time.Now())
	page := b.send(r)
	if page.status >= 300 {
		b.Fatalf("%s %s: %d %s", method, path, page.status, page.text)
	}
	if page.text != "" {
		if err := json.Unmarshal([]byte(page.text), &out); err != nil {
			b.Fatal(err)
		}
	}
	return out
}

// account makes an account of a type and returns its id.
func (b *browser) account(kind string) string {
	b.Helper()
	out := b.call("POST", "/carillon/v1/accounts", `{"Name":"Example","AccountType":"`+kind+`"}`)
	return out["Account"].(map[string]any)["AccountId"].(string)
}

// user makes a user and returns the id.
func (b *browser) user(account, email string) string {
	b.Helper()
	out := b.call("POST", "/accounts/"+account+"/users?operation=create", `{"Email":"`+email+`"}`)
	return out["User"].(map[string]any)["UserId"].(string)
}

// key makes an access key of a user with a policy.
func (b *browser) key(user, policy string) (id, secret string) {
	b.Helper()
	out := b.call("POST", "/carillon/v1/access-keys", `{"UserName":"`+user+`","PolicyNames":["`+policy+`"]}`)
	return out["AccessKeyId"].(string), out["SecretAccessKey"].(string)
}

var headings = regexp.MustCompile(`(?s)<h1>(.*?)</h1>`)

// want checks status and heading of a page.
func (b *browser) want(what string, p seen, status int, heading string) {
	b.Helper()
	h := headings.FindStringSubmatch(p.text)
	if p.status != status || len(h) == 0 || html.UnescapeString(h[1]) != heading {
		b.Errorf("%s: %d %q at %s, want %d %q", what, p.status, h, p.url, status, heading)
	}
}

// shows checks that a page has texts.
func (b *browser) shows(what string, p seen, texts ...string) {
	b.Helper()
	for _, text := range texts {
		if !strings.Contains(p.text, text) {
			b.Errorf("%s: %q is not on the page at %s", what, text, p.url)
		}
	}
}

// hides checks that a page has not.
func (b *browser) hides(what string, p seen, texts ...string) {
	b.Helper()
	for _, text := range texts {
		if strings.Contains(p.text, text) {
			b.Errorf("%s: %q is on the page at %s", what, text, p.url)
		}
	}
}
