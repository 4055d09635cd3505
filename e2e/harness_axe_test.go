package e2e

import (
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

// What axe-core shall look for: everything, or what depends on colours.
const (
	allRules    = `{resultTypes: ["violations"]}`
	colourRules = `{resultTypes: ["violations"], runOnly: ["cat.color"]}`
)

// isAccessible checks that axe-core finds nothing on the page, light or dark.
func (b *tab) isAccessible() {
	b.Helper()
	source, err := axe()
	succeed(b.T, err)
	b.do("loading axe-core", chromedp.Evaluate[chromedp.Void](source))
	b.scheme("light")
	found := b.barriers(allRules)
	b.scheme("dark")
	found = append(found, b.barriers(colourRules)...)
	if len(found) > 0 {
		b.Errorf("axe-core finds:\n%s\n%s", strings.Join(found, "\n"), b.shown())
	}
}

// barriers are what axe-core finds on the page by some rules.
func (b *tab) barriers(rules string) []string {
	b.Helper()
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`(async () => {
		const {violations} = await axe.run(document, `+rules+`);
		return violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html + "\n  " + n.failureSummary));
	})()`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.fail("running axe-core: %v", err)
	}
	return found
}
