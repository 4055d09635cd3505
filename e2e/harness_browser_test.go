package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browsingTime is how long the browser may take to start, and each tab to do all
// that its test asks for.
const browsingTime = 2 * time.Minute

// browser is the one Chromium of a run. Every test has a tab of its own in it.
var browser struct {
	once sync.Once
	ctx  context.Context
	err  error
}

// theBrowser is the browser, started by the first test that needs it.
func theBrowser(t *testing.T) context.Context {
	t.Helper()
	program := chromium()
	if program == "" {
		missing(t, "Chromium", "no program of that name (Debian: chromium)")
	}
	browser.once.Do(func() { browser.ctx, browser.err = startBrowser(program) })
	if browser.err != nil {
		t.Fatalf("starting %s: %v", program, browser.err)
	}
	return browser.ctx
}

// chromium returns the path of the browser; empty: there is none.
func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found := programs(name); len(found) > 0 {
			return found[0]
		}
	}
	return ""
}

// startBrowser starts the browser with a profile that goes with the run. It reaches
// nothing but this machine.
func startBrowser(program string) (context.Context, error) {
	dir := filepath.Join(suite.dir, "chromium")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.UserDataDir(filepath.Join(dir, "profile")), chromedp.Env(cleanEnv(dir)...), chromedp.NoInheritEnv,
		chromedp.Flag("no-proxy-server", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		chromedp.ModifyCmdFunc(inOwnGroup), chromedp.WindowSize(1280, 900))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // it refuses to be root otherwise
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ = chromedp.NewContext(ctx)
	err := within(browsingTime, func() error { return chromedp.Do(ctx) })
	suite.mu.Lock()
	defer suite.mu.Unlock()
	longLived{}.Cleanup(func() { stopBrowser(ctx, cancel) })
	return ctx, err
}

// stopBrowser ends the browser and all processes that it has started.
func stopBrowser(ctx context.Context, cancel func()) {
	group := 0
	if b := chromedp.FromContext(ctx).Browser; b != nil {
		group = b.Process().Pid
	}
	_ = within(5*time.Second, func() error { return chromedp.Cancel(ctx) }) // whatever is left is killed
	cancel()
	if group != 0 {
		killGroup(group)
	}
}

// within runs something that has no deadline of its own and gives up waiting.
func within(limit time.Duration, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-time.After(limit):
		return fmt.Errorf("not done within %s", limit)
	}
}

// newTab opens a tab without cookies. What the page complains of on its console, and
// requests for other servers, fail the test at its end.
func newTab(t *testing.T, endpoint string, script bool) *tab {
	t.Helper()
	b := &tab{T: t, endpoint: endpoint, script: script, expected: map[string]bool{}}
	ctx, cancel := chromedp.NewContext(theBrowser(t), chromedp.WithNewBrowserContext(), chromedp.WithListener(b.listen))
	t.Cleanup(cancel)
	if err := within(browsingTime, func() error { return chromedp.Do(ctx) }); err != nil {
		t.Fatalf("opening a tab: %v", err)
	}
	b.whole = ctx
	b.ctx, cancel = context.WithTimeout(ctx, browsingTime)
	t.Cleanup(cancel)
	t.Cleanup(b.checkComplaints)
	if !script {
		b.withoutScript()
	}
	return b
}

// fail ends the test with what the page shows.
func (b *tab) fail(format string, args ...any) {
	b.Helper()
	b.Fatalf("%s\n%s", fmt.Sprintf(format, args...), b.shown())
}

// shown is the address and the text of the page, also when the time is up.
func (b *tab) shown() string {
	ctx, cancel := context.WithTimeout(b.whole, 2*time.Second)
	defer cancel()
	at, err := chromedp.Run(ctx, chromedp.Location())
	text, err2 := chromedp.Run(ctx, pageText)
	if err := errors.Join(err, err2); err != nil {
		return "the page cannot be read: " + err.Error()
	}
	return at + " shows:\n" + text
}

// pageText is what a person reads of a page.
var pageText = chromedp.Evaluate[string]("document.body ? document.body.innerText : ''")
