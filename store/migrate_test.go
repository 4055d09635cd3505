package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"carillon/internal/pgtest"
	"carillon/internal/storetest"
	"carillon/store"
	"carillon/store/engine"
)

// version returns the version of the schema that this program makes.
func version(t *testing.T) int64 {
	t.Helper()
	scripts, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	return int64(len(scripts))
}

func schemaTwice(d *db) {
	d.addAccount("a", 1)
	d.must(d.Migrate(d.Context()))
	if n := d.count("schema_version"); n != version(d.T) {
		d.Errorf("%d versions recorded, want %d", n, version(d.T))
	}
	if _, err := d.account("a"); err != nil {
		d.Errorf("after the second migration: %v", err)
	}
	d.must(d.Ready(d.Context()))
}

func schemaAtOnce(d *db) { migrateAtOnce(d, d.Store, d.Store) }

// Two replicas that start together on an empty database both get the schema.
func TestMigrate_replicas(t *testing.T) {
	url := pgtest.URL(t)
	d := newDB(t, storetest.PostgresAt(t, url))
	migrateAtOnce(d, d.Store, store.New(storetest.PostgresAt(t, url)), store.New(storetest.PostgresAt(t, url)))
}

func migrateAtOnce(d *db, stores ...*store.Store) {
	var wg sync.WaitGroup
	for _, s := range stores {
		wg.Go(func() {
			if err := s.Migrate(d.Context()); err != nil {
				d.Errorf("migrating: %v", err)
			}
		})
	}
	wg.Wait()
	if n := d.count("schema_version"); n != version(d.T) {
		d.Errorf("%d versions recorded, want %d", n, version(d.T))
	}
}

func schemaNewer(d *db) {
	d.exec("INSERT INTO schema_version (version) VALUES ($1)", int64(4711))
	err := d.Migrate(d.Context())
	if !errors.Is(err, store.ErrNewerSchema) {
		d.Fatalf("got %v, want ErrNewerSchema", err)
	}
	for _, part := range []string{"newer than this program", "4711"} {
		if !strings.Contains(err.Error(), part) {
			d.Errorf("the message %q lacks %q", err, part)
		}
	}
	if err := d.Ready(d.Context()); err == nil {
		d.Error("ready with a newer schema")
	}
}

// additive is the script of a migration that the version before can live with.
func additive(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("-- compatible: %d\nALTER TABLE user_rows ADD COLUMN nickname TEXT NOT NULL DEFAULT '';\n", version(t))
}

// A program serves with what a newer one has added to the schema, if the newer
// one says so, and does not with what it has changed.
func schemaNewerCompatible(d *db) {
	d.must(store.WithMigration(d.engine, additive(d.T), nil).Migrate(d.Context()))
	d.addAccount("a", 1)
	d.addUser("a", "u", 1)
	d.must(d.Ready(d.Context()))
	d.must(d.Migrate(d.Context())) // as at a start
	d.equal("versions", d.count("schema_version"), version(d.T)+1)

	later := store.WithMigration(d.engine, additive(d.T), nil)
	d.must(later.Ready(d.Context()))
	d.exec("INSERT INTO schema_version (version, compatible) VALUES ($1, $2)", version(d.T)+2, version(d.T)+1)
	d.must(later.Ready(d.Context()))
	for what, err := range map[string]error{"Ready": d.Ready(d.Context()), "Migrate": d.Migrate(d.Context())} {
		if !errors.Is(err, store.ErrNewerSchema) {
			d.Errorf("%s with a schema that is not compatible: %v", what, err)
		}
	}
}

// errCrash is how a step ends that is cut off.
var errCrash = errors.New("crash")

// countUp is a step that adds 1 to things, three a time, and is cut off where
// crash says.
func countUp(crash string) func(engine.Tx, string) (string, error) {
	return func(tx engine.Tx, from string) (next string, err error) {
		if from == store.StepStart {
			from = ""
		}
		var ids []string
		err = tx.Query("SELECT id FROM things WHERE id > $1 ORDER BY id LIMIT 3", []any{from}, func(row engine.Row) error {
			ids = append(ids, "")
			return row.Scan(&ids[len(ids)-1])
		})
		for _, id := range ids {
			if err == nil {
				next = id
				_, err = tx.Exec("UPDATE things SET n = n + 1 WHERE id = $1", id)
			}
		}
		if next == crash && crash != "" {
			err = errCrash
		}
		return next, err
	}
}

// A step that was cut off goes on where it was; nobody who needs it is ready
// before it is done, and it is done once, however many do it.
func schemaStep(d *db) {
	script := additive(d.T) + "CREATE TABLE things (id KEYTEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL);\n" +
		"INSERT INTO things (id, n) VALUES ('a', 0), ('b', 0), ('c', 0), ('d', 0), ('e', 0), ('f', 0), ('g', 0), ('h', 0);\n"
	if err := store.WithMigration(d.engine, script, countUp("f")).Migrate(d.Context()); !errors.Is(err, errCrash) {
		d.Fatalf("got %v, want the crash", err)
	}
	next := store.WithMigration(d.engine, script, countUp(""))
	if err := next.Ready(d.Context()); err == nil || !strings.Contains(err.Error(), "not finished") {
		d.Errorf("ready in the midst of a step: %v", err)
	}
	d.must(d.Ready(d.Context()))   // for which the migration only adds
	d.must(d.Migrate(d.Context())) // leaves alone what it does not know
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if err := next.Migrate(d.Context()); err != nil {
				d.Error(err)
			}
		})
	}
	wg.Wait()
	d.must(next.Ready(d.Context()))
	var counts []int64
	d.must(d.engine.View(d.Context(), func(tx engine.Tx) error {
		return tx.Query("SELECT n FROM things", nil, func(row engine.Row) error {
			counts = append(counts, 0)
			return row.Scan(&counts[len(counts)-1])
		})
	}))
	d.equal("counts", counts, []int64{1, 1, 1, 1, 1, 1, 1, 1})
}

// A server must not be ready before the schema is there.
func schemaMissing(d *db) {
	d.exec("DROP TABLE schema_version")
	if err := d.Ready(d.Context()); err == nil {
		d.Error("ready without a schema")
	}
}
