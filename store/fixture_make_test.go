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
	"carillon/internal/storetest"
)

var makeFixtures = flag.Bool("make-fixtures", false, "write the fixture databases of the newest version of the schema; see scripts/landed")

// TestMakeFixtures is not a test: scripts/landed runs it, once, when a
// migration lands. With later code the fixtures would not be the same.
func TestMakeFixtures(t *testing.T) {
	if !*makeFixtures {
		t.Skip("not asked for")
	}
	makeSQLite(t)
	makePostgres(t)
}

func makeSQLite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "carillon.db")
	d := newDB(t, storetest.SQLiteAt(t, path))
	d.fillFixture()
	d.must(d.Close()) // which copies the log into the database
	content, err := os.ReadFile(path)
	d.must(err)
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	d.must(err)
	_, err = w.Write(content)
	d.must(err)
	d.must(w.Close())
	d.must(os.WriteFile(fixturePath(version(t), "db.gz"), packed.Bytes(), 0o644))
}

func makePostgres(t *testing.T) {
	url := pgtest.URL(t)
	d := newDB(t, storetest.PostgresAt(t, url))
	d.fillFixture()
	dump := exec.Command("pg_dump", "--inserts", "--no-owner", "--no-privileges", url)
	dump.Stderr = os.Stderr
	text, err := dump.Output()
	d.must(err)
	d.must(os.WriteFile(fixturePath(version(t), "sql"), text, 0o644))
}

func (d *db) fillFixture() {
	d.Helper()
	d.must(d.Migrate(d.Context()))
	for _, record := range fixture() {
		if record.in(version(d.T)) {
			d.write(record.write)
		}
	}
}
