package console_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var links = regexp.MustCompile(`(?:href|src)="([^"]+)"`)

// Every page that can be reached has a title, a heading, the headers and a bounded
// size, and leads to nowhere else.
func TestPages(t *testing.T) {
	b := signedIn(t)
	for _, email := range []string{"ann@example.com", "bob@example.com"} {
		b.user(b.account("Team"), email)
	}
	todo, known := []string{"/ui/"}, map[string]bool{"/ui/": true}
	for len(todo) > 0 && len(known) < 300 {
		path := todo[0]
		todo = todo[1:]
		p := b.get(path)
		if strings.Contains(path, "/assets/") {
			if p.status != 200 || !strings.Contains(p.header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %d", path, p.status)
			}
			continue
		}
		b.checkPage(path, p)
		for _, m := range links.FindAllStringSubmatch(p.text, -1) {
			url := html.UnescapeString(m[1])
			if !strings.HasPrefix(url, "/ui/") && url != "#main" {
				t.Errorf("%s leads to %s", path, url)
			}
			if strings.HasPrefix(url, "/ui/") && !known[url] {
				known[url] = true
				todo = append(todo, url)
			}
		}
	}
	if len(known) < 10 {
		t.Errorf("only %d pages: %v", len(known), known)
	}
}

func (b *browser) checkPage(path string, p seen) {
	b.Helper()
	if p.status != 200 || len(p.text) > 100<<10 || strings.Count(p.text, "<h1>") != 1 || strings.Count(p.text, "<title>") != 1 {
		b.Errorf("%s: %d, %d bytes", path, p.status, len(p.text))
	}
	if strings.Contains(p.text, "style=") || strings.Contains(p.text, "onclick") || strings.Contains(p.text, "<style") {
		b.Errorf("%s: something inline", path)
	}
	for name, part := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
		"X-Content-Type-Options": "nosniff", "Vary": "Cookie", "X-Amzn-Requestid": "-", "Content-Type": "text/html",
	} {
		if !strings.Contains(p.header.Get(name), part) {
			b.Errorf("%s: %s is %q", path, name, p.header.Get(name))
		}
	}
}

func TestRoot(t *testing.T) {
	b := signedIn(t)
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r := b.request("GET", "/", "")
	r.Header.Set("Accept", "text/html,*/*")
	if p := b.send(r); p.status != 303 || p.header.Get("Location") != "/ui/" {
		t.Errorf("with a browser: %d %s", p.status, p.header.Get("Location"))
	}
	if p := b.get("/"); p.status != 403 {
		t.Errorf("without one: %d", p.status)
	}
	b.want("no page", b.get("/ui/nothing"), 404, "Not found")
	b.want("no account", b.get("/ui/accounts/nobody"), 404, "Not found")
}

func TestAccounts(t *testing.T) {
	b := signedIn(t)
	b.shows("first run", b.get("/ui/"), "Welcome", "Create an account", "create-account")
	p := b.post("/ui/accounts", "Name", "<b>Ünïcode & Co", "AccountType", "EnterpriseLWA")
	b.want("created", p, 200, "<b>Ünïcode & Co")
	b.shows("created", p, "The account was created.", "EnterpriseLWA", "As a command")
	path := p.url.Path
	b.want("renamed", b.post(path, "Name", "Other", "DefaultLicense", "Basic"), 200, "Other")
	p = b.post("/ui/accounts", "Name", " ")
	b.want("no name", p, 200, "Accounts")
	b.shows("no name", p, `role="alert"`, "aria-invalid")
	p = b.post(path+"/settings", "EnableDialOut", "on")
	b.shows("settings", p, "The settings were changed.", `name="EnableDialOut" checked`)
	b.shows("changes", b.get("/ui/"), "UpdateAccountSettings")
}

// What a policy denies is not offered, and refused if it is forced.
func TestPolicy(t *testing.T) {
	root := signedIn(t)
	account := root.account("Team")
	id, secret := root.key("reader", "AmazonChimeReadOnly")
	b := newBrowser(t, root.server)
	b.signIn(id, secret)
	p := b.get("/ui/accounts")
	b.want("accounts", p, 200, "Accounts")
	b.hides("accounts", p, "Create an account")
	b.hides("an account", b.get("/ui/accounts/"+account+"/settings"), "Save settings", `name="DefaultLicense"`)
	b.want("forced", b.post("/ui/accounts", "Name", "Forced"), 403, "Not allowed")
	b.want("forced", b.post("/ui/accounts/"+account, "Name", "Forced"), 403, "Not allowed")
	root.hides("after it", root.get("/ui/accounts"), "Forced")
}
