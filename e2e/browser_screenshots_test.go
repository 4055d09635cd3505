package e2e

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// envScreenshots is the directory that make screenshots writes to.
const envScreenshots = "CARILLON_E2E_SCREENSHOTS"

// Every page is written as it looks light, dark and on a phone.
func TestBrowser_screenshots(t *testing.T) {
	dir := os.Getenv(envScreenshots)
	if dir == "" {
		t.Skip("SKIPPED: writes pictures of all pages; \"make screenshots\" does it")
	}
	theBrowser(t)
	p := newPostOffice(t)
	e := sqlite.start(t, p.flags("--test-clock")...)
	d := demo{caller: e.caller, TB: t, post: p, later: func(duration string) { e.advance(t, duration) }}
	b := newTab(t, e.endpoint, true)
	s := studio{b, dir}
	b.open("/ui/sign-in")
	s.shoot("sign-in")
	b.signIn(e.keys)
	s.shoot("first-run")
	d.build()
	b.signIn(e.keys)
	b.awaits("By status")
	c := newCrawl(b, func(page string) {
		s.shoot(cmp.Or(strings.NewReplacer("/ui/", "", "/…", "-one", "/", "-").Replace(page), "overview"))
	})
	c.walk("/ui/")
	c.walk(d.pending())
	s.ofForms(d)
}

// ofForms are the pages that no link leads to.
func (s studio) ofForms(d demo) {
	s.openAs("/ui/nowhere", 404)
	s.shoot("not-found")
	s.open("/ui/accounts/" + d.company)
	s.check("Select all 27 matching")
	s.press("Reset PIN")
	s.shoot("bulk-preview")
	s.press("Reset PIN: 27 users")
	s.awaits("Done: 27 of 27 users, 1 refused.")
	s.shoot("bulk-result")
	s.open("/ui/accounts/" + d.studio)
	s.fill("E-mail addresses", "lena@harbour.example; nobody")
	s.press("Invite")
	s.shoot("invited")
	s.open("/ui/access/users/clara")
	s.press("Create access key")
	s.shoot("access-key")
	s.open("/ui/access/simulator?principal=arn:aws:iam::" + rootAwsAccount + ":user/clara&actions=chime:ListUsers,chime:UpdateUser")
	s.shoot("simulator")
	s.open("/ui/server")
	s.press("Make a backup")
	s.awaits("SHA-256")
	s.shoot("backup")
	s.open(d.post.letterTo(s, "max@harbour.example").link(s))
	s.shoot("accept-invitation")
}

// studio takes pictures of pages.
type studio struct {
	*tab
	dir string
}

// shoot writes the page in each form.
func (s studio) shoot(name string) {
	s.Helper()
	for _, as := range []struct {
		form, scheme string
		width        int64
		more         []chromedp.EmulateViewportOption
	}{
		{"light", "light", 1280, nil},
		{"dark", "dark", 1280, nil},
		{"phone", "light", 390, []chromedp.EmulateViewportOption{chromedp.EmulateMobile}},
	} {
		s.scheme(as.scheme)
		s.do("resizing", chromedp.EmulateViewport(as.width, 800, as.more...))
		picture, err := chromedp.Run(s.ctx, chromedp.FullScreenshot(100))
		if err != nil {
			s.fail("taking a picture: %v", err)
		}
		succeed(s, os.WriteFile(filepath.Join(s.dir, name+"."+as.form+".png"), picture, 0o644))
	}
}
