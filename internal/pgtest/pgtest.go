// Package pgtest gives tests a real PostgreSQL on this machine.
//
// It uses the server that the environment variable CARILLON_TEST_POSTGRES
// names (the URL of a superuser), or else starts one that lives as long as the
// test process. Without either it skips the test, unless the environment
// variable CARILLON_REQUIRE_POSTGRES is 1: then the test fails.
//
// Tests on Citus have a cluster of their own, of the installation in the directory
// that the environment variable CARILLON_CITUS_HOME names; without it they skip.
package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// patience is how long a server may take to start, to stop or to answer.
const patience = time.Minute

// shared is what the tests of this process have in common, once one has needed it.
var shared struct {
	once   sync.Once
	server *Server
	err    error

	citusOnce sync.Once
	citus     *Cluster
	citusErr  error

	mu       sync.Mutex
	cleanups []func() error // for Main
}

// URL returns the URL of a new, empty database, which is dropped when the test
// ends. Its default collation is not that of bytes, where PostgreSQL allows.
func URL(t testing.TB) string {
	t.Helper()
	return newDatabase(t, server(t), "template0")
}

// server returns the URL of the server for the databases of tests.
func server(t testing.TB) string {
	t.Helper()
	if admin := os.Getenv("CARILLON_TEST_POSTGRES"); admin != "" {
		return admin
	}
	shared.once.Do(func() {
		shared.server, shared.err = launch(Options{Fleeting: true})
	})
	must(t, shared.err)
	return shared.server.URL
}

// Template is a database that others are copies of. The first call of URL makes it.
type Template struct {
	// Fill puts into the database, which is empty, what all shall have. It must
	// leave no connections.
	Fill func(url string) error

	once sync.Once
	name string
	err  error
}

// URL is [URL] with a database that holds what the template does.
func (p *Template) URL(t testing.TB) string {
	t.Helper()
	admin := server(t)
	p.once.Do(func() { p.name, p.err = p.make(t, admin) })
	must(t, p.err)
	return newDatabase(t, admin, p.name)
}

// make makes the database, which [Main] drops.
func (p *Template) make(t testing.TB, admin string) (name string, err error) {
	name = databaseName()
	if err := execute(admin, "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		return "", err
	}
	shared.mu.Lock()
	defer shared.mu.Unlock()
	shared.cleanups = append(shared.cleanups, func() error { return execute(admin, "DROP DATABASE "+name+" WITH (FORCE)") })
	return name, p.Fill(databaseURL(t, admin, name))
}

// Main runs the tests of a package that uses URL, and then removes the templates
// and the server. It returns the exit code, for TestMain:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
//
// Without it the server ends with the process all the same, but leaves its
// files to be removed by a later run.
func Main(m *testing.M) int {
	code := m.Run()
	var err error
	for _, clean := range shared.cleanups {
		err = errors.Join(err, clean())
	}
	if shared.server != nil {
		err = errors.Join(err, shared.server.remove())
	}
	if shared.citus != nil {
		err = errors.Join(err, shared.citus.remove())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
	}
	return code
}

// must skips or fails the test on an error.
func must(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case errors.Is(err, errNoCitus), errors.Is(err, errNotFound) && os.Getenv("CARILLON_REQUIRE_POSTGRES") != "1":
		t.Skip("SKIPPED:", err)
	default:
		t.Fatal("pgtest:", err)
	}
}

// newDatabase makes a database on the server of admin, as a copy of another one,
// and returns its URL.
func newDatabase(t testing.TB, admin, original string) string {
	t.Helper()
	name := databaseName()
	must(t, execute(admin, "CREATE DATABASE "+name+" TEMPLATE "+original))
	t.Cleanup(func() { must(t, execute(admin, "DROP DATABASE "+name+" WITH (FORCE)")) })
	return databaseURL(t, admin, name)
}

// databaseURL returns the URL of a database on the server of admin.
func databaseURL(t testing.TB, admin, name string) string {
	t.Helper()
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatal("pgtest: the URL of the server is not valid") // err tells its password
	}
	u.Path = "/" + name
	return u.String()
}

func databaseName() string { return "carillon_test_" + strings.ToLower(rand.Text()) }

// execute runs one statement on a connection of its own.
func execute(server, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}
