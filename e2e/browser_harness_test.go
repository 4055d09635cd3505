package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// What makes the other tests in the browser fail is noticed.
func TestBrowser_notices(t *testing.T) {
	t.Parallel()
	needsAxe(t)
	e := browsed(t)
	b := newTab(t, e.endpoint, true)
	b.open("/ui/sign-in")
	b.do("spoiling the page", chromedp.Evaluate[chromedp.Void](`
		document.body.append(Object.assign(document.createElement("script"), {textContent: "1"}),
			Object.assign(document.createElement("img"), {src: "https://elsewhere.example/x.png"}));
		console.error("words"); setTimeout(() => { throw new Error("thrown"); })`))
	for _, want := range []string{"script-src", "img-src", "console.error", "exception"} {
		eventually(t, "complaint about "+want, func() bool {
			for _, c := range b.complained() {
				if strings.Contains(c.text, want) {
					return true
				}
			}
			return false
		})
	}
	b.forgetComplaints()
	source, err := axe()
	succeed(t, err)
	b.do("loading axe-core", chromedp.Evaluate[chromedp.Void](source))
	if found := strings.Join(b.barriers(), "\n"); !strings.Contains(found, "image-alt") {
		t.Errorf("axe-core finds %q, no image without words", found)
	}
}

func (b *tab) forgetComplaints() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = nil
}
