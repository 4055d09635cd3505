package sqlite_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"

	"carillon/store/engine"
	"carillon/store/sqlite"
)

// quiet keeps the panics that tests provoke out of their output.
var quiet = sqlite.Options{Logger: slog.New(slog.DiscardHandler)}

func openQuiet(path string) (*sqlite.Engine, error) {
	return sqlite.Open(context.Background(), path, quiet)
}

func open(t testing.TB, path string) *sqlite.Engine {
	t.Helper()
	e, err := openQuiet(path)
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

func mustExec(t testing.TB, e engine.Engine, query string, args ...any) {
	t.Helper()
	err := e.Update(context.Background(), func(tx engine.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// run calls fn on n goroutines and waits for them.
func run(n int, fn func()) {
	var wg sync.WaitGroup
	for range n {
		wg.Go(fn)
	}
	wg.Wait()
}

func count(t testing.TB, e engine.Engine, table string) (n int64) {
	t.Helper()
	err := e.View(context.Background(), func(tx engine.Tx) error {
		return tx.Query("SELECT count(*) FROM "+table, nil, func(r engine.Row) error { return r.Scan(&n) })
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
