package store_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"carillon/internal/pgtest"
	"carillon/internal/storetest"
	"carillon/store"
	"carillon/store/engine"
)

// fixtureRecord is one record of the fixture databases, of which there is one
// for every version of the schema that has landed.
type fixtureRecord struct {
	since int64 // the version that made its table
	until int64 // the last version that takes it; 0: all do
	write func(store.Records) error
	check func(*db)
}

// in reports whether the fixture of a version has the record.
func (f fixtureRecord) in(version int64) bool {
	return f.since <= version && (f.until == 0 || version <= f.until)
}

// record makes a fixtureRecord of a value with the methods that write and read it.
func record[T any](since int64, want T, write func(store.Records, *T) error, read func(store.Records) (T, error)) fixtureRecord {
	return fixtureRecord{
		since: since,
		write: func(r store.Records) error { return write(r, &want) },
		check: func(d *db) {
			d.Helper()
			d.write(func(r store.Records) error { // some reads lock
				got, err := read(r)
				d.equal("record", got, want)
				return err
			})
		},
	}
}

// fixturePath returns the place of the fixture of a version.
func fixturePath(version int64, ending string) string {
	return fmt.Sprintf("testdata/schema/%04d.%s", version, ending)
}

func TestFixtures_sqlite(t *testing.T) {
	migrateFixtures(t, func(t *testing.T, version int64) engine.Engine {
		path := filepath.Join(t.TempDir(), "carillon.db")
		unpack(t, fixturePath(version, "db.gz"), path)
		return storetest.SQLiteAt(t, path)
	})
}

func TestFixtures_postgres(t *testing.T) {
	migrateFixtures(t, func(t *testing.T, version int64) engine.Engine {
		url := pgtest.URL(t)
		loadDump(t, url, fixturePath(version, "sql"))
		return storetest.PostgresAt(t, url)
	})
}

// migrateFixtures brings the database of every version that has landed up to
// date and reads its records.
func migrateFixtures(t *testing.T, open func(*testing.T, int64) engine.Engine) {
	for v := range version(t) {
		v++
		t.Run(fmt.Sprintf("%04d", v), func(t *testing.T) {
			d := newDB(t, open(t, v))
			d.equal("version", d.count("schema_version"), v)
			checkTables(d)
			d.Log = slog.New(slog.DiscardHandler)
			d.must(d.Migrate(t.Context()))
			d.must(d.Ready(t.Context()))
			for _, record := range fixture() {
				if record.in(v) {
					record.check(d)
				}
			}
			checkFixtureEmails(d, v)
			d.equal("counted accounts", d.accountCount(), int64(2))
		})
	}
}

// checkTables checks that every table of a fixture has a row.
func checkTables(d *db) {
	d.Helper()
	for _, table := range d.tables() {
		if d.count(table) == 0 {
			d.Errorf("the fixture has no row in %s", table)
		}
	}
}

// tables returns the names of all tables, whatever the engine.
func (d *db) tables() (names []string) {
	d.Helper()
	query := `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	if !d.Exclusive() {
		query = `SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'`
	}
	d.must(d.engine.View(d.Context(), func(tx engine.Tx) error {
		return tx.Query(query, nil, func(row engine.Row) error {
			var name string
			err := row.Scan(&name)
			names = append(names, name)
			return err
		})
	}))
	return names
}

func unpack(t *testing.T, from, to string) {
	t.Helper()
	packed, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	content, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := io.Copy(file, content); err != nil {
		t.Fatal(err)
	}
}

// loadDump runs what pg_dump wrote, apart from the commands to psql, on a
// connection of its own, since it changes settings.
func loadDump(t *testing.T, url, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var statements strings.Builder
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, `\`) {
			statements.WriteString(line)
		}
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), statements.String(), pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
}
