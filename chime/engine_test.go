package chime_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carillon/internal/pgtest"
	"carillon/store"
	"carillon/store/engine"
	"carillon/store/postgres"
	"carillon/store/sqlite"
)

// openEngine returns an empty database, on the engine whose turn it is.
var openEngine = openSQLite

// TestMain runs all tests on SQLite and then on PostgreSQL, which lets
// transactions meet where SQLite cannot.
func TestMain(m *testing.M) {
	code := m.Run()
	fmt.Println("and once more on PostgreSQL:")
	openEngine = openPostgres
	os.Exit(max(code, pgtest.Main(m)))
}

func openSQLite(t *testing.T) engine.Engine {
	t.Helper()
	e, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "carillon.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// spare are databases on PostgreSQL that no test uses at the moment.
var spare = make(chan engine.Engine, 100)

func openPostgres(t *testing.T) engine.Engine {
	t.Helper()
	var e engine.Engine
	select {
	case e = <-spare:
	default:
		e = newPostgres(t)
	}
	t.Cleanup(func() {
		if err := empty(e); err != nil {
			t.Error(err)
		}
		spare <- e
	})
	return e
}

func newPostgres(t *testing.T) engine.Engine {
	t.Helper()
	e, err := postgres.Open(context.Background(), pgtest.LastingURL(t), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.New(e).Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return e
}

// empty removes all rows: that is much faster than another database.
func empty(e engine.Engine) error {
	return e.Update(context.Background(), func(tx engine.Tx) error {
		var tables []string
		err := tx.Query("SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_version'", nil,
			func(row engine.Row) error {
				var name string
				err := row.Scan(&name)
				tables = append(tables, name)
				return err
			})
		if err == nil {
			_, err = tx.Exec("TRUNCATE " + strings.Join(tables, ", "))
		}
		return err
	})
}
