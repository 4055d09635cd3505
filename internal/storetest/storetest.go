// Package storetest gives tests a database of either engine without any records,
// which is closed when the test ends.
package storetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"carillon/internal/pgtest"
	"carillon/store"
	"carillon/store/engine"
	"carillon/store/postgres"
	"carillon/store/sqlite"
)

// SQLite opens a database in a file of its own, which has the schema already:
// making it anew takes longer than most tests.
func SQLite(t testing.TB) engine.Engine {
	t.Helper()
	original, err := migratedFile()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "carillon.db")
	if err := os.WriteFile(path, original, 0o600); err != nil {
		t.Fatal(err)
	}
	return SQLiteAt(t, path)
}

// migratedFile returns the file of a database that has the schema.
var migratedFile = sync.OnceValues(func() (content []byte, err error) {
	dir, err := os.MkdirTemp("", "storetest-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "carillon.db")
	e, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err == nil {
		err = migrate(e)
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// migrate gives a database the schema, and closes it.
func migrate(e engine.Engine) error {
	return errors.Join(store.New(e).Migrate(context.Background()), e.Close())
}

// SQLiteAt opens the database in a file.
func SQLiteAt(t testing.TB, path string) engine.Engine {
	t.Helper()
	e, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return closing(t, e)
}

// Postgres opens a database of its own, which has the schema already.
func Postgres(t testing.TB) engine.Engine {
	t.Helper()
	return PostgresAt(t, PostgresURL(t))
}

// PostgresURL is [pgtest.URL] with a database that has the schema: making it
// anew takes longer than most tests.
func PostgresURL(t testing.TB) string {
	t.Helper()
	return migrated.URL(t)
}

var migrated = pgtest.Template{Fill: func(url string) error {
	e, err := postgres.Open(context.Background(), url, postgres.Options{})
	if err != nil {
		return err
	}
	return migrate(e)
}}

// patience is that of carillon copy: a minute, for tests on busy machines.
const patience = time.Minute

// PostgresAt opens the database at a URL, as one of several processes would.
func PostgresAt(t testing.TB, url string) engine.Engine {
	t.Helper()
	e, err := postgres.Open(t.Context(), url, postgres.Options{Timeout: patience, Wait: patience, ReadTimeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	return closing(t, e)
}

func closing(t testing.TB, e engine.Engine) engine.Engine {
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("closing the database: %v", err)
		}
	})
	return e
}

// Migrated returns the store on an engine, with its schema.
func Migrated(t testing.TB, e engine.Engine) *store.Store {
	t.Helper()
	s := store.New(e)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}
