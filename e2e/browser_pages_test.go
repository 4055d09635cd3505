package e2e

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestBrowser_every_page(t *testing.T) {
	t.Parallel()
	needsAxe(t)
	e := browsed(t)
	d := demo{caller: e.caller, TB: t, post: consoleServer.post, later: func(string) {}}
	d.build()
	b := newTab(t, e.endpoint, true)
	b.signIn(e.keys)
	b.awaits("By status") // counting takes a moment
	c := newCrawl(b, func(string) { b.isAccessible() })
	c.walk("/ui/")
	c.walk(d.pending())
	slices.Sort(c.pages)
	want := strings.Fields(allPages)
	slices.Sort(want)
	equal(t, "pages", c.pages, want)
	f := newTab(t, e.endpoint, true) // which has time of its own
	f.signIn(e.keys)
	d.forms(f, func(string) { f.isAccessible() })
}

// allPages are what links lead to, with … in place of ids.
const allPages = `
/ui/ /ui/access /ui/access/policies /ui/access/policy /ui/access/simulator /ui/access/users/…
/ui/accounts /ui/accounts/… /ui/accounts/…/bots /ui/accounts/…/bots/… /ui/accounts/…/delete /ui/accounts/…/domains /ui/accounts/…/import
/ui/accounts/…/invitations /ui/accounts/…/invitations/… /ui/accounts/…/retention
/ui/accounts/…/rooms /ui/accounts/…/rooms/… /ui/accounts/…/scim /ui/accounts/…/settings /ui/accounts/…/users/…
/ui/audit /ui/audit/records/… /ui/audit/verify
/ui/phone-numbers /ui/phone-numbers/… /ui/phone-numbers/orders /ui/phone-numbers/orders/… /ui/phone-numbers/search /ui/server`

// crawl follows all links of the console, of each kind one.
type crawl struct {
	*tab
	look  func(page string) // called on each page
	seen  map[string]bool
	queue []string
	pages []string
}

func newCrawl(b *tab, look func(page string)) *crawl {
	return &crawl{tab: b, look: look, seen: map[string]bool{}}
}

// walk follows the links from a page on. Links that differ in the names of their
// parameters only are of different kinds, but lead to the same page.
func (c *crawl) walk(path string) {
	c.Helper()
	for c.queue = []string{path}; len(c.queue) > 0; {
		path, c.queue = c.queue[0], c.queue[1:]
		kind := kindOf(path)
		if c.seen[kind] {
			continue
		}
		c.seen[kind] = true
		c.open(path)
		if page, _, _ := strings.Cut(kind, "?"); !slices.Contains(c.pages, page) {
			c.pages = append(c.pages, page)
			c.look(page)
		}
		c.queue = append(c.queue, c.links()...)
	}
}

// links are the pages of the console that the page leads to.
func (b *tab) links() []string {
	b.Helper()
	list, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll("a[href]:not([href^='#'])")].map((a) => a.pathname + a.search)`))
	if err != nil {
		b.fail("reading the links: %v", err)
	}
	return slices.DeleteFunc(list, func(path string) bool { return strings.HasSuffix(path, ".csv") || strings.HasSuffix(path, "/file") })
}

var idInPath = regexp.MustCompile(`/[0-9a-f]{8}-[0-9a-f-]{27}|/(\+|%2B)?\d{11}|(/access/users)/[^/]+|(/results|/backups)/[^/]+`)

// kindOf is a path with … in place of ids, and what parameters it has.
func kindOf(path string) string {
	path, query, _ := strings.Cut(path, "?")
	values, _ := url.ParseQuery(query)
	var names []string
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	return idInPath.ReplaceAllString(path, "$2$3/…") + "?" + strings.Join(names, "&")
}
