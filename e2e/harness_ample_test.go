package e2e

import (
	"path/filepath"
	"testing"
)

// ample names the shared servers with large quotas, which may send to the
// endpoints of the suite.
const ample = "ample"

// Quotas of the ample servers that differ from the documented ones: enough for
// lists of more than one page.
const (
	ampleNumbers = "5000"
	ampleBots    = "120"
)

// forEachAmple runs a test on every engine with a shared server whose quotas
// are large and whose requests reach the endpoints of the suite.
func forEachAmple(t *testing.T, test func(*testing.T, *env)) {
	t.Helper()
	forEach(t, func(t *testing.T, e *engine) { test(t, e.shareAmple(t)) })
}

func (e *engine) shareAmple(t *testing.T) *env {
	t.Helper()
	r := reception(t)
	suite.mu.Lock()
	defer suite.mu.Unlock()
	if e.shared[ample] == nil {
		flags := append(e.databaseOf(longLived{t}),
			"--quota-phone-numbers", ampleNumbers, "--quota-bots", ampleBots, "--allow-private-webhooks",
			"--lambda-invoke-url", r.lambda.url, "--dial-out-url", r.dialOut.url)
		s, err := startServerIn(filepath.Join(suite.dir, e.name, ample), r.trust(), flags...)
		succeed(t, err)
		suite.shared = append(suite.shared, s)
		e.shared[ample] = newEnv(e, s)
	}
	shared := e.shared[ample]
	t.Cleanup(func() { shared.showLog(t) })
	return shared
}

// forEachSending is forEachOwnServer with servers that trust the endpoints of
// the suite.
func forEachSending(t *testing.T, test func(*testing.T, *env), flags ...string) {
	t.Helper()
	forEach(t, func(t *testing.T, e *engine) { test(t, e.startSending(t, flags...)) })
}

// startSending starts a server on a new database for one test, which trusts
// the endpoints of the suite.
func (e *engine) startSending(t *testing.T, flags ...string) *env {
	t.Helper()
	return e.startOn(t, e.newDatabase(t), flags...)
}

// startOn starts a server on a database, so that one can have several.
func (e *engine) startOn(t *testing.T, database []string, flags ...string) *env {
	t.Helper()
	s, err := startServerIn(t.TempDir(), reception(t).trust(), append(append([]string{}, database...), flags...)...)
	succeed(t, err)
	s.cleanup(t)
	return newEnv(e, s)
}

// restart starts another process over the same data, with the same flags.
func (e *env) restart(t testing.TB) *env {
	t.Helper()
	return newEnv(e.engine, e.server.restart(t))
}
