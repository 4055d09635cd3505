package store_test

import (
	"bytes"
	"compress/gzip"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"carillon/internal/pgtest"
	"carillon/store"
	"carillon/store/sqlite"
)

var makeFixtures = flag.Bool("make-fixtures", false, "write the fixture databases of the newest version of the schema; see scripts/landed")

// TestMakeFixtures is not a test: scripts/landed runs it, once, when a
// migration lands. With later code the fixtures would not be the same.
func TestMakeFixtures(t *testing.T) {
	if !*makeFixtures {
		t.Skip("not asked for")
	}
	for v, later := range map[int64][]string{version(t): nil, 1: tablesOfVersion2} {
		makeSQLite(t, v, later)
		makePostgres(t, v, later)
	}
}

// tablesOfVersion2 are all that tells version 2 from version 1, which was never
// released alone. Those that refer to others come first.
var tablesOfVersion2 = []string{
	"jobs", "offered_numbers", "phone_numbers", "phone_number_orders", "aws_account_settings", "room_tokens", "room_memberships",
	"rooms", "messages", "webhooks", "bots", "retention_settings", "test_clock",
}

func makeSQLite(t *testing.T, v int64, later []string) {
	path := filepath.Join(t.TempDir(), "carillon.db")
	d := newDB(t, openSQLiteAt(t, path))
	d.fillFixture(later)
	d.must(d.Close()) // which copies the log into the database
	content, err := os.ReadFile(path)
	d.must(err)
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	d.must(err)
	_, err = w.Write(content)
	d.must(err)
	d.must(w.Close())
	d.must(os.WriteFile(fixturePath(v, "db.gz"), packed.Bytes(), 0o644))
}

func makePostgres(t *testing.T, v int64, later []string) {
	url := pgtest.URL(t)
	d := newDB(t, openURL(t, url))
	d.fillFixture(later)
	dump := exec.Command("pg_dump", "--inserts", "--no-owner", "--no-privileges", url)
	dump.Stderr = os.Stderr
	text, err := dump.Output()
	d.must(err)
	d.must(os.WriteFile(fixturePath(v, "sql"), text, 0o644))
}

// fillFixture writes the records and then removes the tables of later versions.
func (d *db) fillFixture(later []string) {
	d.Helper()
	d.must(d.Migrate(d.Context()))
	for _, record := range fixture() {
		d.write(record.write)
	}
	for _, table := range later {
		d.exec("DROP TABLE " + table)
	}
	if later != nil {
		d.exec("DELETE FROM schema_version WHERE version = 2")
	}
}

func openSQLiteAt(t *testing.T, path string) store.Engine {
	t.Helper()
	e, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return closing(t, e)
}
