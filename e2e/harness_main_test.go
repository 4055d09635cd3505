package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"carillon/internal/pgtest"
)

// Settings of a run; README.md explains them.
const (
	envBinary           = "CARILLON_E2E_BINARY"
	envEndpoint         = "CARILLON_E2E_ENDPOINT"
	envObservedEndpoint = "CARILLON_E2E_OBSERVED_ENDPOINT"
	envPostgres         = "CARILLON_TEST_POSTGRES" // belongs to pgtest
)

// suite is what all tests of a run share.
var suite struct {
	binary string // the carillon executable
	dir    string // temporary directory of the run

	mu     sync.Mutex // guards what follows, and the shared servers of the engines
	shared []*server
	citus  *pgtest.Cluster // nil: not started yet
	// cleanups end what the shared servers need, last first.
	cleanups []func()
}

func TestMain(m *testing.M) {
	os.Exit(runSuite(m))
}

// runSuite builds the binary once, runs the tests and stops the servers that
// they shared, which must end well.
func runSuite(m *testing.M) int {
	dir, err := os.MkdirTemp("", "carillon-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	defer os.RemoveAll(dir)
	suite.dir = dir
	if suite.binary, err = build(dir); err != nil {
		fmt.Fprintln(os.Stderr, "e2e: building carillon:", err)
		return 1
	}
	code := m.Run()
	if err := stopShared(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e: stopping the servers:", err)
		return 1
	}
	return code
}

// build compiles the program under test unless the environment names one.
func build(dir string) (string, error) {
	if path := os.Getenv(envBinary); path != "" {
		return filepath.Abs(path)
	}
	path := filepath.Join(dir, "carillon")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/carillon")
	cmd.Dir = ".."
	cmd.Stderr = os.Stderr
	return path, cmd.Run()
}

func stopShared() error {
	var failed error
	for _, s := range suite.shared {
		failed = errors.Join(failed, s.stop())
	}
	for i := len(suite.cleanups) - 1; i >= 0; i-- {
		suite.cleanups[i]()
	}
	return failed
}

// longLived is a test whose cleanups wait for the end of the run: what it
// starts is there for later tests too. It needs suite.mu.
type longLived struct{ testing.TB }

func (longLived) Cleanup(f func()) { suite.cleanups = append(suite.cleanups, f) }

// postgresURL returns the URL of a new database, which goes with t. All
// databases are on one server, which lives as long as the run. It needs suite.mu.
func postgresURL(t testing.TB) string {
	t.Helper()
	if os.Getenv(envPostgres) == "" {
		opts := pgtest.Options{Fleeting: true, Settings: map[string]string{"max_connections": "300"}}
		os.Setenv(envPostgres, pgtest.Start(longLived{t}, opts).URL)
	}
	return pgtest.URL(t)
}

// citusURL is postgresURL with a cluster of Citus.
func citusURL(t testing.TB) string {
	t.Helper()
	if !pgtest.HasCitus() {
		return pgtest.CitusURL(t) // which says why the test is skipped
	}
	if suite.citus == nil {
		suite.citus = pgtest.StartCitus(longLived{t}, 2, pgtest.Options{Fleeting: true})
	}
	return suite.citus.URL(t)
}
