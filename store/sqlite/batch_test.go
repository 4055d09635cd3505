package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"carillon/store/engine"
)

func openTest(t *testing.T) *Engine {
	t.Helper()
	return openTestWith(t, Options{})
}

func openTestWith(t *testing.T, opts Options) *Engine {
	t.Helper()
	opts.Logger = slog.New(slog.DiscardHandler)
	e, err := Open(t.Context(), filepath.Join(t.TempDir(), "carillon.db"), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	mustRun(t, e, "CREATE TABLE things (id KEYTEXT NOT NULL PRIMARY KEY, data BYTEA NOT NULL DEFAULT '')",
		"CREATE TABLE parts (id KEYTEXT NOT NULL PRIMARY KEY, thing KEYTEXT NOT NULL REFERENCES things (id))")
	return e
}

func run(queries ...string) func(engine.Tx) error {
	return func(tx engine.Tx) error {
		for _, q := range queries {
			if _, err := tx.Exec(q); err != nil {
				return err
			}
		}
		return nil
	}
}

func mustRun(t *testing.T, e *Engine, queries ...string) {
	t.Helper()
	if err := e.Update(context.Background(), run(queries...)); err != nil {
		t.Fatal(err)
	}
}

func insert(id string) func(engine.Tx) error {
	return run(fmt.Sprintf("INSERT INTO things (id) VALUES ('%s')", id))
}

func things(t *testing.T, e *Engine) (list []string) {
	t.Helper()
	err := e.View(context.Background(), func(tx engine.Tx) error {
		return tx.Query("SELECT id FROM things ORDER BY id", nil, func(r engine.Row) error {
			var id string
			err := r.Scan(&id)
			list = append(list, id)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// inOneBatch runs updates in one batch, in order, and returns their errors.
func inOneBatch(t *testing.T, e *Engine, fns ...func(engine.Tx) error) []error {
	t.Helper()
	errs := make([]error, len(fns))
	var calls sync.WaitGroup
	full := make(chan struct{})
	for i, fn := range fns {
		first := fn
		if i == 0 {
			fn = func(tx engine.Tx) error { <-full; return first(tx) }
		}
		calls.Go(func() { errs[i] = e.Update(context.Background(), fn) })
		for deadline := time.Now().Add(time.Minute); e.writer.queue.len() != i && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		if i == 0 {
			time.Sleep(20 * time.Millisecond) // for the writer to take it
		}
	}
	close(full)
	calls.Wait()
	return errs
}

var errTest = errors.New("an error of a closure")

func fail(tx engine.Tx) error {
	if err := insert("failed")(tx); err != nil {
		return err
	}
	return errTest
}

func wantErrors(t *testing.T, got []error, want ...error) {
	t.Helper()
	for i := range want {
		if !errors.Is(got[i], want[i]) {
			t.Errorf("update %d: error %v, want %v", i, got[i], want[i])
		}
	}
}

func wantThings(t *testing.T, e *Engine, want ...string) {
	t.Helper()
	if got := things(t, e); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("things are %q, want %q", got, want)
	}
}

func TestBatch_failures(t *testing.T) {
	e := openTest(t)
	wantErrors(t, inOneBatch(t, e, insert("a"), fail, insert("b"), insert("a"), insert("c")),
		nil, errTest, nil, engine.ErrExists, nil)
	wantThings(t, e, "a", "b", "c")
	wantErrors(t, inOneBatch(t, e, fail, fail, insert("d"), fail), errTest, errTest, nil, errTest)
	wantThings(t, e, "a", "b", "c", "d")
}

// TestBatch_commitFails uses a constraint that SQLite checks on commit.
func TestBatch_commitFails(t *testing.T) {
	e := openTest(t)
	dangling := run("PRAGMA defer_foreign_keys = ON", "INSERT INTO parts (id, thing) VALUES ('p', 'none')")
	for _, err := range inOneBatch(t, e, insert("a"), fail, dangling, insert("b")) {
		if !errors.Is(err, engine.ErrUnavailable) {
			t.Errorf("error %v, want unavailable", err)
		}
	}
	wantThings(t, e)
	wantErrors(t, inOneBatch(t, e, insert("c"), fail, insert("d")), nil, errTest, nil)
	wantThings(t, e, "c", "d")
}

// TestBatch_rolledBack has SQLite end the transaction in the midst of a batch.
func TestBatch_rolledBack(t *testing.T) {
	e := openTest(t)
	wantErrors(t, inOneBatch(t, e, insert("a"), run("ROLLBACK"), insert("b"), fail),
		engine.ErrUnavailable, engine.ErrUnavailable, nil, errTest)
	wantThings(t, e, "b")
}

// TestUpdate_full fills the disk. SQLite then takes the whole batch back.
func TestUpdate_full(t *testing.T) {
	e := openTest(t)
	mustRun(t, e, "PRAGMA max_page_count = 100")
	fill := run("INSERT INTO things (id, data) VALUES ('big', zeroblob(1000000))")
	for _, err := range inOneBatch(t, e, fill, insert("a"), fill) {
		if !errors.Is(err, engine.ErrUnavailable) {
			t.Errorf("error %v, want unavailable", err)
		}
	}
	wantThings(t, e)
	wantErrors(t, inOneBatch(t, e, insert("b")), nil)
	mustRun(t, e, "PRAGMA max_page_count = 1000000")
	wantErrors(t, inOneBatch(t, e, fill), nil)
	wantThings(t, e, "b", "big")
}

// TestUpdate_leave lets many wait, half of whom leave.
func TestUpdate_leave(t *testing.T) {
	const each = 1000
	e := openTest(t)
	began, release := make(chan struct{}), make(chan struct{})
	var calls sync.WaitGroup
	calls.Go(func() {
		_ = e.Update(context.Background(), func(engine.Tx) error { close(began); <-release; return nil })
	})
	<-began
	leaving, leave := context.WithCancel(context.Background())
	for i := range each {
		calls.Go(func() {
			wantErrors(t, []error{e.Update(leaving, insert(fmt.Sprint("leaves ", i)))}, context.Canceled)
		})
		calls.Go(func() {
			wantErrors(t, []error{e.Update(context.Background(), insert(fmt.Sprint("stays ", i)))}, nil)
		})
	}
	for e.writer.queue.len() < 2*each {
		time.Sleep(time.Millisecond)
	}
	leave()
	time.Sleep(20 * time.Millisecond)
	close(release)
	calls.Wait()
	if n := len(things(t, e)); n != each {
		t.Errorf("%d things were inserted, want those %d that did not leave", n, each)
	}
}
