// Package pgtest gives tests a real PostgreSQL on this machine.
//
// It uses the server that the environment variable CARILLON_TEST_POSTGRES
// names (the URL of a superuser), or else starts one that lives as long as the
// test process. Without either it skips the test, unless the environment
// variable CARILLON_REQUIRE_POSTGRES is 1: then the test fails.
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

// shared is the server of this test process, once a test has needed it.
var shared struct {
	once   sync.Once
	server *Server
	err    error
}

// URL returns the URL of a new, empty database, which is dropped when the test
// ends. Its default collation is not that of bytes, where PostgreSQL allows.
func URL(t testing.TB) string {
	t.Helper()
	admin := os.Getenv("CARILLON_TEST_POSTGRES")
	if admin == "" {
		shared.once.Do(func() {
			shared.server, shared.err = launch(Options{Fleeting: true})
		})
		must(t, shared.err)
		admin = shared.server.URL
	}
	return newDatabase(t, admin)
}

// Main runs the tests of a package that uses URL, and then removes the server.
// It returns the exit code, for TestMain:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
//
// Without it the server ends with the process all the same, but leaves its
// files to be removed by a later run.
func Main(m *testing.M) int {
	code := m.Run()
	if shared.server != nil {
		if err := shared.server.remove(); err != nil {
			fmt.Fprintln(os.Stderr, "pgtest:", err)
		}
	}
	return code
}

// must skips or fails the test on an error.
func must(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case errors.Is(err, errNotFound) && os.Getenv("CARILLON_REQUIRE_POSTGRES") != "1":
		t.Skip("SKIPPED:", err)
	default:
		t.Fatal("pgtest:", err)
	}
}

// newDatabase makes a database on the server of admin and returns its URL.
func newDatabase(t testing.TB, admin string) string {
	t.Helper()
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatal("pgtest: the URL of the server is not valid") // err tells its password
	}
	name := databaseName()
	must(t, execute(admin, "CREATE DATABASE "+name+" TEMPLATE template0"))
	t.Cleanup(func() { must(t, execute(admin, "DROP DATABASE "+name+" WITH (FORCE)")) })
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
