package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// axe is the source of axe-core, which looks for what keeps people out.
var axe = sync.OnceValues(func() (string, error) {
	source, err := os.ReadFile(filepath.Join("js", "node_modules", "axe-core", "axe.min.js"))
	return string(source), err
})

// needsAxe skips a test that looks for barriers if axe-core is not installed.
func needsAxe(t *testing.T) {
	t.Helper()
	if _, err := axe(); err != nil {
		missing(t, "axe-core (npm ci in e2e/js)", err)
	}
}

// isAccessible checks that axe-core finds nothing on the page: light on a desktop, and
// dark on a phone, where nothing may be wider than the screen.
func (b *tab) isAccessible() {
	b.Helper()
	source, err := axe()
	succeed(b.T, err)
	b.do("loading axe-core", chromedp.Evaluate[chromedp.Void](source))
	b.scheme("light")
	found := b.barriers()
	b.scheme("dark")
	b.onPhone()
	found = append(found, b.barriers()...)
	wide, err := chromedp.Run(b.ctx, chromedp.Evaluate[int]("document.documentElement.scrollWidth"))
	succeed(b.T, err)
	if b.onDesktop(); wide > phoneWidth {
		found = append(found, fmt.Sprintf("the page is %d pixels wide on a phone that has %d", wide, phoneWidth))
	}
	if len(found) > 0 {
		b.Errorf("axe-core finds:\n%s\n%s", strings.Join(found, "\n"), b.shown())
	}
}

// barriers are what axe-core finds on the page as it is.
func (b *tab) barriers() []string {
	b.Helper()
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`(async () => {
		const {violations} = await axe.run(document, {resultTypes: ["violations"]});
		return violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html + "\n  " + n.failureSummary));
	})()`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.fail("running axe-core: %v", err)
	}
	return found
}
