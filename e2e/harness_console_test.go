package e2e

import (
	"sync"
	"testing"
)

// consoleServer is the server of all tests in the browser.
var consoleServer struct {
	sync.Mutex
	*env
	post *postOffice
}

// forEachBrowsing runs a test in a tab with scripts and in one without, before a
// server that sends its mail to a post office of the suite.
func forEachBrowsing(t *testing.T, test func(*testing.T, *env, *tab)) {
	t.Helper()
	t.Parallel()
	for _, script := range []bool{true, false} {
		name := map[bool]string{true: "script", false: "no_script"}[script]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := browsed(t)
			test(t, e, newTab(t, e.endpoint, script))
		})
	}
}

// browsed is the server of the tests in the browser.
func browsed(t *testing.T) *env {
	t.Helper()
	theBrowser(t) // which may skip the test
	c := &consoleServer
	c.Lock()
	defer c.Unlock()
	if c.env == nil {
		suite.mu.Lock()
		c.post = newPostOffice(longLived{t})
		suite.mu.Unlock()
		c.env = engines()[0].shareAs(t, "console", c.post.flags("--allow-private-webhooks")...)
	}
	return c.env
}
