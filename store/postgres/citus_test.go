package postgres_test

import (
	"errors"
	"testing"

	"carillon/internal/pgtest"
	"carillon/store/engine"
	"carillon/store/postgres"
)

// migrate runs statements and distributes tables in one migration.
func migrate(t *testing.T, e *postgres.Engine, tables []engine.Table, statements ...string) error {
	t.Helper()
	return e.Migrate(t.Context(), func(tx engine.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(s); err != nil {
				return err
			}
		}
		_, err := e.Distribute(tx, tables)
		return err
	})
}

var (
	tables = []engine.Table{
		{Name: "owners", Placement: engine.Distributed},
		{Name: "things", Placement: engine.Distributed},
		{Name: "words", Placement: engine.Reference},
		{Name: "queue", Placement: engine.Local},
	}
	definitions = []string{
		"CREATE TABLE owners (account_id KEYTEXT NOT NULL PRIMARY KEY)",
		"CREATE TABLE things (account_id KEYTEXT NOT NULL REFERENCES owners (account_id), id KEYTEXT NOT NULL, PRIMARY KEY (account_id, id))",
		"CREATE TABLE words (id KEYTEXT NOT NULL PRIMARY KEY)",
		"CREATE TABLE queue (id KEYTEXT NOT NULL PRIMARY KEY)",
	}
)

// A database on one machine has nothing to distribute.
func TestDistribute_plain(t *testing.T) {
	e := open(t, pgtest.URL(t), postgres.Options{})
	if err := migrate(t, e, tables, definitions...); err != nil {
		t.Error(err)
	}
}

// places tells all distributed tables with their kinds.
const places = `SELECT string_agg(CAST(table_name AS TEXT) || ' ' || citus_table_type, ', ' ORDER BY CAST(table_name AS TEXT)) FROM citus_tables`

func TestDistribute_citus(t *testing.T) {
	e := open(t, pgtest.CitusURL(t), postgres.Options{})
	if err := migrate(t, e, tables, definitions...); err != nil {
		t.Fatal(err)
	}
	const want = "owners distributed, queue local, things distributed, words reference"
	if err := migrate(t, e, tables); err != nil {
		t.Errorf("the second time: %v", err)
	}
	if got := text(t, e, places); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	const groups = "SELECT CAST(COUNT(DISTINCT colocation_id) AS TEXT) FROM citus_tables WHERE citus_table_type = 'distributed'"
	if got := text(t, e, groups); got != "1" {
		t.Errorf("the rows of an account are spread over %s groups of machines", got)
	}
	mustUpdate(t, e, exec("INSERT INTO owners (account_id) VALUES ('a')"))
	mustUpdate(t, e, exec("INSERT INTO things (account_id, id) VALUES ('a', '1')"))
	err := e.Update(t.Context(), exec("INSERT INTO things (account_id, id) VALUES ('b', '1')"))
	if !errors.Is(err, engine.ErrReferenced) {
		t.Errorf("a row of nobody gave %v", err)
	}
}

// A later migration changes what is distributed and adds to it.
func TestDistribute_citusUpgrade(t *testing.T) {
	e := open(t, pgtest.CitusURL(t), postgres.Options{})
	if err := migrate(t, e, tables, definitions...); err != nil {
		t.Fatal(err)
	}
	mustUpdate(t, e, exec("INSERT INTO owners (account_id) VALUES ('a')"))
	more := append(tables[:len(tables):len(tables)], engine.Table{Name: "parts", Placement: engine.Distributed})
	err := migrate(t, e, more,
		"ALTER TABLE owners ADD COLUMN name TEXT NOT NULL DEFAULT ''",
		"UPDATE owners SET name = 'x'",
		"INSERT INTO words (id) VALUES ('x')",
		"CREATE TABLE parts (account_id KEYTEXT NOT NULL REFERENCES owners (account_id), part KEYTEXT NOT NULL, PRIMARY KEY (account_id, part))",
		"CREATE INDEX parts_by_part ON parts (account_id, part)")
	if err != nil {
		t.Fatal(err)
	}
	mustUpdate(t, e, exec("INSERT INTO parts (account_id, part) VALUES ('a', 'p')"))
	const joined = "SELECT o.name || p.part FROM owners o JOIN parts p ON p.account_id = o.account_id WHERE o.account_id = 'a'"
	if got := text(t, e, joined); got != "xp" {
		t.Errorf("got %q, want xp", got)
	}
}

// Tables that were filled on one machine keep their rows.
func TestDistribute_citusRows(t *testing.T) {
	e := open(t, pgtest.CitusURL(t), postgres.Options{})
	filled := append(definitions[:len(definitions):len(definitions)],
		"INSERT INTO owners (account_id) VALUES ('a'), ('b')",
		"INSERT INTO things (account_id, id) VALUES ('a', '1'), ('b', '2')",
		"INSERT INTO words (id) VALUES ('w')",
		"INSERT INTO queue (id) VALUES ('q')")
	if err := migrate(t, e, nil, filled...); err != nil {
		t.Fatal(err)
	}
	if err := migrate(t, e, tables); err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]string{"owners": "2", "things": "2", "words": "1", "queue": "1"} {
		if got := text(t, e, "SELECT CAST(COUNT(*) AS TEXT) FROM "+table); got != want {
			t.Errorf("%s has %s rows, want %s", table, got, want)
		}
	}
}

// TestUpdate_commitFails has the commit itself fail, as that of a coordinator
// does which loses a machine: nobody knows whether the change is there.
func TestUpdate_commitFails(t *testing.T) {
	for code, unknown := range map[string]bool{"XX000": true, "40003": true, "53100": false, "57P01": false} {
		e := openFresh(t)
		for _, s := range []string{
			"CREATE TABLE things (id BIGINT NOT NULL)",
			"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE SQLSTATE '" + code + "'; END $$",
			"CREATE CONSTRAINT TRIGGER fails AFTER INSERT ON things DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()",
		} {
			mustUpdate(t, e, exec(s))
		}
		runs := 0
		err := e.Update(t.Context(), func(tx engine.Tx) error {
			runs++
			return exec("INSERT INTO things (id) VALUES (1)")(tx)
		})
		if !errors.Is(err, engine.ErrUnavailable) || errors.Is(err, engine.ErrOutcomeUnknown) != unknown || runs != 1 {
			t.Errorf("%s: error %v after %d runs", code, err, runs)
		}
	}
}

// Tables that a later migration makes are not missed.
func TestDistribute_citusNotYet(t *testing.T) {
	e := open(t, pgtest.CitusURL(t), postgres.Options{})
	if err := migrate(t, e, append([]engine.Table{{Name: "later", Placement: engine.Local}}, tables...), definitions...); err != nil {
		t.Error(err)
	}
}
