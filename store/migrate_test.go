package store_test

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"carillon/internal/pgtest"
	"carillon/store"
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
	d := newDB(t, openURL(t, url))
	migrateAtOnce(d, d.Store, store.New(openURL(t, url)), store.New(openURL(t, url)))
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

// A server must not be ready before the schema is there.
func schemaMissing(d *db) {
	d.exec("DROP TABLE schema_version")
	if err := d.Ready(d.Context()); err == nil {
		d.Error("ready without a schema")
	}
}
