package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// tab is a window of the browser before a server, with cookies of its own.
type tab struct {
	*testing.T
	endpoint string
	whole    context.Context // of the tab
	ctx      context.Context // ends when the test's time is up
	script   bool            // that pages may have

	mu         sync.Mutex
	complaints []complaint
	expected   map[string]bool // pages that are refusals, which the console notes
}

// complaint is something on the console of a page that ought not to be there.
type complaint struct {
	url, text string
	network   bool // that an answer has the status of an error
}

// listen notes what pages complain of.
func (b *tab) listen(ev any) {
	var c complaint
	switch ev := ev.(type) {
	case *log.EventEntryAdded:
		c = complaint{ev.Entry.URL, fmt.Sprint(ev.Entry.Source, " ", ev.Entry.Level, ": ", ev.Entry.Text), ev.Entry.Source == log.EntrySourceNetwork}
	case *runtime.EventConsoleAPICalled:
		c = complaint{text: fmt.Sprint("console.", ev.Type)}
	case *runtime.EventExceptionThrown:
		c = complaint{text: "exception: " + ev.ExceptionDetails.Text}
	case *network.EventRequestWillBeSent:
		if u := ev.Request.URL; !strings.HasPrefix(u, b.endpoint+"/") && u != "about:blank" {
			c = complaint{u, "a request for another server", false}
		}
	}
	if c.text != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.complaints = append(b.complaints, c)
	}
}

// complained returns what pages have complained of, but for refusals that the test
// wanted.
func (b *tab) complained() []complaint {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(b.complaints), func(c complaint) bool { return c.network && b.expected[c.url] })
}

func (b *tab) checkComplaints() {
	for _, c := range b.complained() {
		b.Errorf("%s: %s", c.url, c.text)
	}
}

// do runs steps that must succeed; what says what they are for.
func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.fail("%s: %v", what, err)
	}
}

// devTools sends a command of the DevTools.
func devTools[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// another is a tab of somebody else, with as much script.
func (b *tab) another() *tab {
	b.Helper()
	return newTab(b.T, b.endpoint, b.script)
}

// withoutScript turns scripts of pages off.
func (b *tab) withoutScript() {
	b.Helper()
	b.do("turning scripts off", devTools(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
}

// scheme has pages be light or dark.
func (b *tab) scheme(name string) {
	b.Helper()
	b.do("choosing a colour scheme", devTools(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
	}))
}

// phoneWidth and desktopWidth are those of screens, in pixels.
const (
	phoneWidth   = 390
	desktopWidth = 1280
)

func (b *tab) onPhone() {
	b.Helper()
	b.do("shrinking to a phone", chromedp.EmulateViewport(phoneWidth, 800, chromedp.EmulateMobile))
}

func (b *tab) onDesktop() {
	b.Helper()
	b.do("growing to a desktop", chromedp.EmulateViewport(desktopWidth, 800))
}

// open goes to a page, which must be there.
func (b *tab) open(path string) { b.Helper(); b.openAs(path, 200) }

// openAs goes to a page that answers with a status.
func (b *tab) openAs(path string, status int) {
	b.Helper()
	b.goes("opening "+path, status, chromedp.Navigate(b.endpoint+path))
}

// press clicks a button, and the page that follows must be no refusal.
func (b *tab) press(label string) { b.Helper(); b.pressAs(label, 200) }

// pressAs clicks a button, and waits for a page with a status.
func (b *tab) pressAs(label string, status int) {
	b.Helper()
	b.goes("pressing "+label, status, chromedp.Click(withName("button", label), chromedp.NodeVisible))
}

// follow clicks a link.
func (b *tab) follow(label string) {
	b.Helper()
	b.goes("following "+label, 200, chromedp.Click(withName("a", label), chromedp.NodeVisible))
}

// goes runs a step that leads to a page.
func (b *tab) goes(what string, status int, step chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, step)
	if err != nil {
		b.fail("%s: %v", what, err)
	}
	if status >= 400 {
		b.mu.Lock()
		b.expected[answer.URL] = true
		b.mu.Unlock()
	}
	if int(answer.Status) != status {
		b.fail("%s: status %d, want %d", what, answer.Status, status)
	}
}

// withName finds what people find by its text or, with the same words, by ear.
func withName(element, label string) string {
	return fmt.Sprintf(`//%[1]s[normalize-space()=%[2]q or @aria-label=%[2]q]`, element, label)
}

// labelled finds a field by its label, or what is read instead.
func labelled(label string) string {
	return fmt.Sprintf(`//*[@id=//label[normalize-space()=%[1]q]/@for] | //input[@aria-label=%[1]q]`, label)
}

// fill types into a field what comes in place of its text.
func (b *tab) fill(label, text string) {
	b.Helper()
	b.do("filling in "+label, chromedp.Focus(labelled(label)), chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"),
		devTools(input.InsertText, input.InsertTextParams{Text: text}))
}

// choose selects the option of a value.
func (b *tab) choose(label, value string) {
	b.Helper()
	b.do("choosing "+value+" for "+label, chromedp.SetValue(labelled(label), value))
}

// check ticks a box, or takes the tick away.
func (b *tab) check(label string) {
	b.Helper()
	b.do("checking "+label, chromedp.Click(labelled(label), chromedp.NodeVisible))
}

// text is what a person reads on the page.
func (b *tab) text() string {
	b.Helper()
	text, err := chromedp.Run(b.ctx, pageText)
	if err != nil {
		b.fail("reading the page: %v", err)
	}
	return text
}

// sees checks that the page has some words.
func (b *tab) sees(words ...string) {
	b.Helper()
	text := b.text()
	for _, word := range words {
		if !strings.Contains(text, word) {
			b.fail("the page lacks %q", word)
		}
	}
}

// awaits waits until the page has some words: pages of work under way come back by
// themselves.
func (b *tab) awaits(words string) {
	b.Helper()
	for {
		text, err := chromedp.Run(b.ctx, pageText)
		if strings.Contains(text, words) {
			return
		}
		if b.ctx.Err() != nil {
			b.fail("waiting for %q: %v", words, err)
		}
		time.Sleep(50 * time.Millisecond) // also while one page gives way to the next
	}
}

// lacks checks that the page has none of some words.
func (b *tab) lacks(words ...string) {
	b.Helper()
	text := b.text()
	for _, word := range words {
		if strings.Contains(text, word) {
			b.fail("the page has %q", word)
		}
	}
}

// title checks the title of the page and that its heading says the same.
func (b *tab) title(want string) {
	b.Helper()
	title, err := chromedp.Run(b.ctx, chromedp.Title())
	if err != nil {
		b.fail("reading the title: %v", err)
	}
	heading, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS("h1")))
	if err != nil || title != want || heading != want {
		b.fail("title %q, heading %q (%v), want %q", title, heading, err, want)
	}
}

// signIn signs in with a key and ends on the overview.
func (b *tab) signIn(keys aws.Credentials) {
	b.Helper()
	b.open("/ui/sign-in")
	b.trySignIn(keys.AccessKeyID, keys.SecretAccessKey, 200)
	b.title("Overview")
}

func (b *tab) trySignIn(keyID, secret string, status int) {
	b.Helper()
	b.fill("Access key ID", keyID)
	b.fill("Secret access key", secret)
	b.pressAs("Sign in", status)
}

// value is what stands in a field.
func (b *tab) value(label string) string {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Value(labelled(label)))
	if err != nil {
		b.fail("reading %s: %v", label, err)
	}
	return v
}

// fact is what a page says of something, beside its name.
func (b *tab) fact(name string) string {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Text(fmt.Sprintf(`//dt[.=%q]/following-sibling::dd[1]`, name)))
	if err != nil {
		b.fail("reading %s: %v", name, err)
	}
	return strings.TrimSpace(v)
}
