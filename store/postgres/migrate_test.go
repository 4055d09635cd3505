package postgres

import (
	"sync"
	"sync/atomic"
	"testing"

	"carillon/internal/pgtest"
	"carillon/store/engine"
)

func TestDialectOf(t *testing.T) {
	for version, want := range map[string]dialect{
		"PostgreSQL 15.6 (Debian 15.6-0+deb12u1) on x86_64-pc-linux-gnu":  {`TEXT COLLATE "C"`, false},
		"PostgreSQL 15.2-YB-2.25.0.0-b0 on x86_64-pc-linux-gnu":           {`TEXT COLLATE "C"`, true},
		"CockroachDB CCL v24.1.0 (x86_64-pc-linux-gnu, built 2024/05/15)": {"TEXT", true},
	} {
		if got := dialectOf(version); got != want {
			t.Errorf("%s: %v, want %v", version, got, want)
		}
	}
}

func TestAdapt(t *testing.T) {
	d := dialectOf("PostgreSQL")
	const query = "CREATE TABLE a (id KEYTEXT PRIMARY KEY, monkeytext TEXT, x KEYTEXT)"
	const want = `CREATE TABLE a (id TEXT COLLATE "C" PRIMARY KEY, monkeytext TEXT, x TEXT COLLATE "C")`
	if got := d.adapt(query); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestMigrate_rowLock uses the lock of databases without advisory locks.
func TestMigrate_rowLock(t *testing.T) {
	e, err := Open(t.Context(), pgtest.URL(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var calls sync.WaitGroup
	var inside atomic.Int64
	for range 16 {
		calls.Go(func() {
			err := e.migrate(t.Context(), dialect{keyText: "TEXT", rowLock: true}, func(tx engine.Tx) error {
				if inside.Add(1) != 1 {
					t.Error("two migrations at the same time")
				}
				defer inside.Add(-1)
				_, err := tx.Exec("CREATE TABLE IF NOT EXISTS things (id KEYTEXT NOT NULL PRIMARY KEY)")
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
}
