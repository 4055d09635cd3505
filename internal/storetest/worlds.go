package storetest

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"carillon/store"
	"carillon/store/engine"
	"carillon/store/postgres"
)

// onPostgres is the environment variable with the URL of a database for all
// worlds of the process, one after the other. Without it each has a file.
const onPostgres = "CARILLON_TEST_WORLDS"

// OnPostgres reports whether the worlds of the process are on PostgreSQL.
func OnPostgres() bool { return os.Getenv(onPostgres) != "" }

// World returns an empty database with its schema: a file or, in a process that
// [AgainOnPostgres] began, the one on PostgreSQL.
func World(t *testing.T) engine.Engine {
	t.Helper()
	if OnPostgres() {
		return emptied(t)
	}
	e := SQLite(t)
	Migrated(t, e)
	return e
}

// AgainOnPostgres runs tests of this package a second time, in a process of its
// own, whose worlds are on PostgreSQL. The patterns are those of go test; the
// caller itself is skipped.
func AgainOnPostgres(t *testing.T, run, skip string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.parallel=1", "-test.run="+run, "-test.skip="+skip+"|^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), onPostgres+"="+PostgresURL(t))
	out, err := cmd.CombinedOutput()
	if err == nil && !strings.Contains(string(out), "--- SKIP") {
		return
	}
	t.Errorf("on PostgreSQL: %v", err)
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(strings.TrimSpace(line), "--- PASS") {
			t.Log(strings.TrimSpace(line))
		}
	}
}

// openWorlds opens the database for all worlds, which ends with the process.
var openWorlds = sync.OnceValues(func() (engine.Engine, error) {
	ctx := context.Background()
	e, err := postgres.Open(ctx, os.Getenv(onPostgres), postgres.Options{})
	if err != nil {
		return nil, err
	}
	return e, store.New(e).Migrate(ctx)
})

// empty deletes all rows, the tables that refer to others first: they were made
// later. To truncate them takes longer, as it makes new files.
const empty = `DO $$ DECLARE it regclass; BEGIN
	FOR it IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'schema_version' ORDER BY oid DESC
	LOOP EXECUTE 'DELETE FROM ' || it; END LOOP; END $$`

// emptied returns the database for all worlds with nothing in it.
func emptied(t *testing.T) engine.Engine {
	t.Helper()
	e, err := openWorlds()
	if err != nil {
		t.Fatal(err)
	}
	err = e.Update(t.Context(), func(tx engine.Tx) error {
		_, err := tx.Exec(empty)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
