package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carillon/store/engine"
	"carillon/store/engine/enginetest"
	"carillon/store/sqlite"
)

func openFresh(t *testing.T) engine.Engine {
	return open(t, filepath.Join(t.TempDir(), "carillon.db"))
}

func TestConformance(t *testing.T) { enginetest.Conformance(t, openFresh) }

func TestConcurrency(t *testing.T) { enginetest.Concurrency(t, openFresh) }

func TestFairness(t *testing.T) { enginetest.Fairness(t, openFresh) }

func TestOpen_again(t *testing.T) {
	path := filepath.Join(t.TempDir(), "carillon.db")
	e := open(t, path)
	_, err := sqlite.Open(t.Context(), path, quiet)
	if !errors.Is(err, engine.ErrUnavailable) || !strings.Contains(err.Error(), path) {
		t.Fatalf("opening it twice gave %v", err)
	}
	mustExec(t, e, "CREATE TABLE things (id KEYTEXT NOT NULL PRIMARY KEY)")
	mustExec(t, e, "INSERT INTO things (id) VALUES ($1)", "a")
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if n := count(t, open(t, path), "things"); n != 1 {
		t.Errorf("%d rows after reopening, want 1", n)
	}
}

func TestOpen_files(t *testing.T) {
	path := filepath.Join(t.TempDir(), "carillon.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	e := open(t, path)
	mustExec(t, e, "CREATE TABLE things (id KEYTEXT NOT NULL PRIMARY KEY)")
	for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Error(err)
		} else if info.Mode() != 0o600 {
			t.Errorf("%s has mode %v", info.Name(), info.Mode())
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the write-ahead log is still there after Close: %v", err)
	}
}

func TestOpen_fails(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "none", "carillon.db"), garbage} {
		for range 2 { // the second time the lock must be free again
			_, err := sqlite.Open(context.Background(), path, quiet)
			if err == nil || errors.Is(err, engine.ErrUnavailable) || !strings.Contains(err.Error(), path) {
				t.Errorf("opening %s gave %v", path, err)
			}
		}
	}
}

func TestExclusive(t *testing.T) {
	if !openFresh(t).Exclusive() {
		t.Error("not exclusive")
	}
}

func TestPlaceholders_outOfOrder(t *testing.T) {
	e := openFresh(t)
	for _, query := range []string{"SELECT $2, $1", "SELECT ?, ?", "SELECT :a, :b", "SELECT $1, $3"} {
		err := e.View(t.Context(), func(tx engine.Tx) error {
			_, err := tx.Exec(query, "a", "b")
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "order of first appearance") {
			t.Errorf("%s gave %v", query, err)
		}
	}
}

func TestExec_twoStatements(t *testing.T) {
	e := openFresh(t)
	for query, want := range map[string]bool{"SELECT 1; SELECT 2": false, "SELECT 1;": true, " SELECT 1 ; \n": true} {
		err := e.View(t.Context(), func(tx engine.Tx) error {
			_, err := tx.Exec(query)
			return err
		})
		if ok := err == nil; ok != want {
			t.Errorf("%q gave %v", query, err)
		}
	}
}

// TestView_more checks that views wait for one another when there are more
// than readers.
func TestView_more(t *testing.T) {
	opts := quiet
	opts.Readers = 2
	e, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "carillon.db"), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ctx, cancel := context.WithCancel(t.Context())
	err = e.View(ctx, func(engine.Tx) error {
		return e.View(ctx, func(engine.Tx) error {
			cancel()
			return e.View(ctx, func(engine.Tx) error { return nil })
		})
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the third view gave %v", err)
	}
	run(16, func() {
		for range 100 {
			if err := e.Ping(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
}
