package chime_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"carillon/internal/pgtest"
	"carillon/internal/storetest"
	"carillon/store"
	"carillon/store/engine"
	"carillon/store/postgres"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// onPostgres is the environment variable with the URL of a database for all
// worlds of the process, one after the other. Without it each has a file.
const onPostgres = "CARILLON_TEST_WORLDS"

// All tests that live in a world run a second time, in a process of its own,
// on PostgreSQL; those of what only a file shows are called …_sqlite.
func TestOnPostgres(t *testing.T) {
	run := "-test.run=."
	if testing.Short() { // that is, with the race detector: those of callers at once
		run = "-test.run=_(amid|atOnce|together)"
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.parallel=1", run,
		"-test.skip=_sqlite$|^TestOnPostgres$|^TestBotEvent_retries$")
	cmd.Env = append(os.Environ(), onPostgres+"="+storetest.PostgresURL(t))
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

// openEngine returns an empty database.
func openEngine(t *testing.T) engine.Engine {
	t.Helper()
	if os.Getenv(onPostgres) != "" {
		return emptied(t)
	}
	e := storetest.SQLite(t)
	storetest.Migrated(t, e)
	return e
}

// openPostgres opens the database for all worlds, which ends with the process.
var openPostgres = sync.OnceValues(func() (engine.Engine, error) {
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
	e, err := openPostgres()
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
