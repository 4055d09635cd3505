package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"carillon/carillontest"
)

func TestSignIn(t *testing.T) {
	b := newBrowser(t, carillontest.New(t))
	p := b.get("/ui/accounts?name=x")
	b.want("a page without a session", p, 200, "Sign in")
	b.shows("sign-in", p, "Access key ID", "Secret access key", ">Sign in</button>")
	b.want("a wrong secret", b.signIn(b.server.AccessKeyID, "wrong"), 401, "Sign in")
	b.want("an unknown key", b.signIn("AKIANOBODY", ""), 401, "Sign in")
	p = b.post("/ui/sign-in", "key", b.server.AccessKeyID, "secret", b.server.SecretAccessKey, "to", "/ui/accounts?name=x")
	b.want("signed in", p, 200, "Accounts")
	if p.url.RawQuery != "name=x" {
		t.Errorf("came back to %s", p.url)
	}
	b.shows("signed in", p, "Sign out")
	p = b.post("/ui/sign-in", "key", b.server.AccessKeyID, "secret", b.server.SecretAccessKey, "to", "https://evil.example/")
	b.want("sent elsewhere", p, 200, "Overview")
}

// Who has signed in, and who has tried to, is in the audit; the overview has changes.
func TestSignIn_audit(t *testing.T) {
	b := newBrowser(t, carillontest.New(t))
	b.signIn(b.server.AccessKeyID, "wrong")
	b.signIn(b.server.AccessKeyID, b.server.SecretAccessKey)
	account := b.account("Team")
	text := ""
	for deadline := time.Now().Add(10 * time.Second); strings.Count(text, `{"ConsoleLogin":`) < 2; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("two sign-ins are not recorded: %s", text)
		}
		text = fmt.Sprint(b.call("GET", "/carillon/v1/audit-events?event-name=ConsoleLogin", "")["Events"])
	}
	for _, part := range []string{`{"ConsoleLogin":"Failure"}`, `{"ConsoleLogin":"Success"}`, `"errorMessage":"Failed authentication"`, `"LoginTo":"` + b.server.URL + `/ui/"`} {
		if !strings.Contains(text, part) {
			t.Errorf("no %s in %s", part, text)
		}
	}
	b.shows("the audit", b.get("/ui/audit"), ">ConsoleLogin<", account)
	overview := b.get("/ui/")
	b.shows("changes", overview, ">ProvisionAccount<")
	b.hides("changes", overview, ">ConsoleLogin<")
}

func TestSignIn_cookie(t *testing.T) {
	b := newBrowser(t, carillontest.New(t))
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	p := b.signIn(b.server.AccessKeyID, b.server.SecretAccessKey)
	cookie := p.header.Get("Set-Cookie")
	for _, part := range []string{"HttpOnly", "SameSite=Strict", "Path=/ui/", "Max-Age=43200"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("no %s in %s", part, cookie)
		}
	}
	if p.status != 303 || strings.Contains(cookie, "Secure") || strings.Contains(cookie, b.server.SecretAccessKey) {
		t.Errorf("%d %s", p.status, cookie)
	}
}

// Who guesses is made to wait, and nobody else.
func TestSignIn_delay(t *testing.T) {
	b := newBrowser(t, carillontest.New(t))
	var statuses []int
	var last seen
	for range 7 {
		last = b.signIn("AKIANOBODY", "guess")
		statuses = append(statuses, last.status)
	}
	if got := fmt.Sprint(statuses); got != "[401 401 401 401 401 429 429]" || last.header.Get("Retry-After") == "" {
		t.Errorf("%s, Retry-After %q", got, last.header.Get("Retry-After"))
	}
}

// Signing out ends the session wherever its cookie was copied to.
func TestSignOut(t *testing.T) {
	b := signedIn(t)
	copied := newBrowser(t, b.server)
	copied.client.Jar.SetCookies(b.get("/ui/").url, b.client.Jar.Cookies(b.get("/ui/").url))
	copied.want("a copy", copied.get("/ui/"), 200, "Overview")
	b.want("signed out", b.post("/ui/sign-out"), 200, "Sign in")
	copied.want("a copy of what has ended", copied.get("/ui/"), 200, "Sign in")
}

func TestSession_ends(t *testing.T) {
	root := signedIn(t, carillontest.WithTestClock())
	id, secret := root.key("alice", "AmazonChimeFullAccess")
	b := newBrowser(t, root.server)
	b.want("signed in", b.signIn(id, secret), 200, "Overview")
	root.call("POST", "/carillon/v1/access-keys/"+id, `{"Status":"Inactive"}`)
	b.want("a disabled key", b.get("/ui/"), 200, "Sign in")
	b.want("a disabled key signs in", b.signIn(id, secret), 401, "Sign in")
	root.server.Advance(t, 12*time.Hour-time.Minute)
	root.want("before the end", root.get("/ui/"), 200, "Overview")
	root.server.Advance(t, 2*time.Minute)
	root.want("after the end", root.get("/ui/"), 200, "Sign in")
}

// A form that another site sends changes nothing.
func TestForgery(t *testing.T) {
	b := signedIn(t)
	for _, header := range [][2]string{
		{"Origin", "https://evil.example"},
		{"Origin", "null"},
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Referer", "https://evil.example/ui/"},
		{"Referer", b.server.URL + ".evil.example/"},
		{"Referer", b.server.URL + "@evil.example/"},
		{"Referer", "about:blank"},
	} {
		r := b.request("POST", "/ui/accounts", "Name=Forged")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set(header[0], header[1])
		b.want(header[0]+" "+header[1], b.send(r), 403, "Not allowed")
	}
	b.hides("after forgeries", b.get("/ui/accounts"), "Forged")
	for name, referer := range map[string]string{"Named": b.server.URL + "/ui/accounts", "Silent": ""} {
		r := b.request("POST", "/ui/accounts", "Name="+name)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Referer", referer)
		b.want("from here, or who knows", b.send(r), 200, name)
	}
}
