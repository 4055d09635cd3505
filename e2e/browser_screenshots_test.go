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
	b.signIn(e.keys)
	s.shoot("first-run")
	d.build()
	b.signIn(e.keys) // the clock has gone past the end of the session
	b.awaits("By status")
	c := newCrawl(b, func(page string) {
		s.shoot(cmp.Or(strings.NewReplacer("/ui/", "", "/…", "-one", "/", "-").Replace(page), "overview"))
	})
	c.walk("/ui/")
	c.walk(d.pending())
	d.forms(b, s.shoot)
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
		on           func()
	}{
		{"light", "light", s.onDesktop},
		{"dark", "dark", s.onDesktop},
		{"phone", "light", s.onPhone},
	} {
		s.scheme(as.scheme)
		as.on()
		picture, err := chromedp.Run(s.ctx, chromedp.FullScreenshot(100))
		if err != nil {
			s.fail("taking a picture: %v", err)
		}
		succeed(s, os.WriteFile(filepath.Join(s.dir, name+"."+as.form+".png"), picture, 0o644))
	}
}
