package e2e

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"carillon/internal/pgtest"
)

// engine is a database under the server.
type engine struct {
	name string
	// database returns the flags that give a server a new, empty database,
	// which goes with the test. It needs suite.mu.
	database func(testing.TB) []string
	// shared are the servers that tests share, by fidelity.
	shared map[string]*env
}

// The fidelities of a server.
const (
	documented = "documented"
	observed   = "observed"
)

// engines are the ones that every test runs on: on Citus too where there is one.
var engines = sync.OnceValue(func() []*engine {
	if endpoint := os.Getenv(envEndpoint); endpoint != "" {
		return []*engine{external(endpoint)}
	}
	if pgtest.HasCitus() {
		return []*engine{sqlite, postgres, citus}
	}
	return []*engine{sqlite, postgres}
})

var (
	sqlite = &engine{
		name: "sqlite", shared: map[string]*env{},
		database: func(testing.TB) []string { return nil },
	}
	postgres = &engine{
		name: "postgres", shared: map[string]*env{},
		database: func(t testing.TB) []string { return []string{"--database", postgresURL(t)} },
	}
	citus = &engine{
		name: "citus", shared: map[string]*env{},
		database: func(t testing.TB) []string { return []string{"--database", citusURL(t)} },
	}
)

// external stands for servers that run somewhere else.
func external(endpoint string) *engine {
	e := &engine{name: "external", shared: map[string]*env{}}
	keys := aws.Credentials{AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY")}
	e.shared[documented] = &env{newCaller(endpoint, keys), e, nil}
	if other := os.Getenv(envObservedEndpoint); other != "" {
		e.shared[observed] = &env{newCaller(other, keys), e, nil}
	}
	return e
}

// env is a server to test, seen as the holder of its root key.
type env struct {
	*caller
	engine *engine
	server *server // nil if it was not started by the suite
}

func newEnv(e *engine, s *server) *env {
	return &env{newCaller(s.endpoint, s.keys), e, s}
}

// forEachEngine runs a test on every engine with the server that the tests
// share: they work in accounts of their own.
func forEachEngine(t *testing.T, test func(*testing.T, *env)) {
	t.Helper()
	forEach(t, func(t *testing.T, e *engine) { test(t, e.share(t, documented)) })
}

// forEachObserved is forEachEngine with servers of observed fidelity.
func forEachObserved(t *testing.T, test func(*testing.T, *env)) {
	t.Helper()
	forEach(t, func(t *testing.T, e *engine) { test(t, e.share(t, observed)) })
}

// forEachOwnServer runs a test on every engine with a server of its own, which
// it may stop, kill and look into.
func forEachOwnServer(t *testing.T, test func(*testing.T, *env), flags ...string) {
	t.Helper()
	forEach(t, func(t *testing.T, e *engine) { test(t, e.start(t, flags...)) })
}

func forEach(t *testing.T, test func(*testing.T, *engine)) {
	t.Helper()
	t.Parallel()
	for _, e := range engines() {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			test(t, e)
		})
	}
}

// ownServer starts a server for one test where the engine makes no difference.
func ownServer(t *testing.T, flags ...string) *env {
	t.Helper()
	return engines()[0].start(t, flags...)
}

// share returns the server of a fidelity that lives until the end of the run.
func (e *engine) share(t *testing.T, fidelity string) *env {
	t.Helper()
	return e.shareAs(t, fidelity, "--fidelity", fidelity)
}

// shareAs returns the server of a name that lives until the end of the run. It
// has the flags with which it is asked for first.
func (e *engine) shareAs(t *testing.T, name string, flags ...string) *env {
	t.Helper()
	suite.mu.Lock()
	defer suite.mu.Unlock()
	if e.shared[name] == nil {
		s, err := startServer(filepath.Join(suite.dir, e.name, name), append(e.databaseOf(longLived{t}), flags...)...)
		succeed(t, err)
		suite.shared = append(suite.shared, s)
		e.shared[name] = newEnv(e, s)
	}
	shared := e.shared[name]
	t.Cleanup(func() { shared.showLog(t) })
	return shared
}

// start starts a server on a new database for one test.
func (e *engine) start(t *testing.T, flags ...string) *env {
	t.Helper()
	s, err := startServer(t.TempDir(), append(e.newDatabase(t), flags...)...)
	succeed(t, err)
	s.cleanup(t)
	return newEnv(e, s)
}

// startsServers skips a test that starts servers if all tests shall look at a
// server that runs somewhere else.
func startsServers(t testing.TB) {
	t.Helper()
	if os.Getenv(envEndpoint) != "" {
		t.Skip("SKIPPED: the test starts servers of its own")
	}
}

// newDatabase returns the flags for a new database that goes with the test.
func (e *engine) newDatabase(t testing.TB) []string {
	t.Helper()
	suite.mu.Lock()
	defer suite.mu.Unlock()
	return e.databaseOf(t)
}

// databaseOf is newDatabase for those who hold suite.mu.
func (e *engine) databaseOf(t testing.TB) []string {
	t.Helper()
	startsServers(t)
	return e.database(t)
}

// showLog shows what a shared server complained of, if a test failed. What it
// says of ordinary requests is about other tests too.
func (e *env) showLog(t *testing.T) {
	if t.Failed() && e.server != nil {
		t.Logf("the last complaints of the server:\n%s", e.server.tail(`"level":"INFO"`))
	}
}
