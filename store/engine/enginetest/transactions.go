package enginetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"carillon/store/engine"
)

var transactionTests = []test{
	{"Update_commits", updateCommits},
	{"Update_error", updateError},
	{"Update_panic", updatePanic},
	{"Update_goexit", updateGoexit},
	{"Update_failedStatement", updateFailedStatement},
	{"Update_cancelled", updateCancelled},
	{"Update_cancelledWaiting", updateCancelledWaiting},
	{"View_error", viewError},
	{"View_panic", viewPanic},
	{"View_readOnly", viewReadOnly},
	{"View_cancelled", viewCancelled},
	{"View_interrupted", viewInterrupted},
	{"Tx_afterwards", txAfterwards},
	{"Leave_each", leaveEach},
	{"Leave_error", leaveError},
	{"Leave_panic", leavePanic},
	{"Leave_misuse", leaveMisuse},
	{"Migrate_error", migrateError},
	{"Ping", ping},
	{"Close", closeTwice},
	{"Close_waits", closeWaits},
}

func updateCommits(d *db) {
	d.must(d.update(func(tx engine.Tx) error {
		if err := execAll(tx, "INSERT INTO things (id) VALUES ('a')", "INSERT INTO things (id) VALUES ('b')"); err != nil {
			return err
		}
		var n int64
		if err := scanOne(tx, &n, "SELECT count(*) FROM things"); err != nil || n != 2 {
			d.Errorf("inside are %d things (error %v), want 2", n, err)
		}
		return nil
	}))
	d.wantThings(2)
}

// insertThen inserts a thing and then does something else.
func insertThen(then func() error) func(engine.Tx) error {
	return func(tx engine.Tx) error {
		if _, err := tx.Exec("INSERT INTO things (id) VALUES ($1)", "a"); err != nil {
			return err
		}
		return then()
	}
}

func updateError(d *db) {
	wrapped := fmt.Errorf("wrapped: %w", errTest)
	for _, want := range []error{errTest, wrapped, engine.ErrExists, context.Canceled} {
		if err := d.update(insertThen(func() error { return want })); err != want {
			d.Errorf("the error %v came back as %v", want, err)
		}
	}
	d.wantThings(0)
}

// recovered calls fn and returns what it panicked with.
func recovered(fn func()) (value any) {
	defer func() { value = recover() }()
	fn()
	return nil
}

func updatePanic(d *db) {
	for _, want := range []any{"a string", errTest} {
		got := recovered(func() {
			_ = d.update(insertThen(func() error { panic(want) }))
		})
		if got != want {
			d.Errorf("the panic %v came back as %v", want, got)
		}
	}
	d.wantThings(0)
	d.add("a", "b")
	got := recovered(func() {
		_ = d.update(func(tx engine.Tx) error {
			return tx.Query("DELETE FROM things RETURNING id", nil, func(engine.Row) error { panic("in each") })
		})
	})
	if got != "in each" {
		d.Errorf("the panic came back as %v", got)
	}
	d.wantThings(2)
}

// updateGoexit checks that a closure may end its goroutine, as
// testing.T.FailNow does, and that only its caller's ends.
func updateGoexit(d *db) {
	returned := false
	d.within("an update that exits", patience, func() {
		_ = d.update(insertThen(func() error { runtime.Goexit(); return nil }))
		returned = true
	})
	if returned {
		d.Error("the caller went on")
	}
	d.wantThings(0)
	d.add("a")
}

func updateFailedStatement(d *db) {
	d.add("a")
	var next error
	err := d.update(func(tx engine.Tx) error {
		if _, err := tx.Exec("INSERT INTO things (id) VALUES ($1)", "b"); err != nil {
			return err
		}
		_, err := tx.Exec("INSERT INTO things (id) VALUES ($1)", "a")
		d.wantError(err, engine.ErrExists)
		_, next = tx.Exec("INSERT INTO things (id) VALUES ($1)", "c")
		return nil
	})
	d.wantError(err, engine.ErrExists)
	if next == nil {
		d.Error("the transaction went on after a statement had failed")
	}
	d.wantThings(1)
}

func updateCancelled(d *db) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	called := false
	err := d.Update(ctx, func(engine.Tx) error { called = true; return nil })
	d.wantError(err, context.Canceled)
	if called {
		d.Error("the closure ran")
	}
}

// updateCancelledWaiting lets an update wait for another one's row.
func updateCancelledWaiting(d *db) {
	d.add("a")
	const lock = "SELECT id FROM things WHERE id = $1 FOR UPDATE"
	locked, release := make(chan struct{}), make(chan struct{})
	var first sync.WaitGroup
	var firstErr error
	first.Go(func() {
		firstErr = d.update(func(tx engine.Tx) error {
			_, err := tx.Exec(lock, "a")
			close(locked)
			<-release
			return err
		})
	})
	<-locked
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	d.within("waiting", patience, func() {
		d.wantError(d.Update(ctx, func(tx engine.Tx) error {
			_, err := tx.Exec(lock, "a")
			return err
		}), context.DeadlineExceeded)
	})
	close(release)
	first.Wait()
	d.must(firstErr)
	d.exec(1, "UPDATE things SET n = 1")
}

func viewError(d *db) {
	if err := d.view(func(engine.Tx) error { return errTest }); err != errTest {
		d.Errorf("the error came back as %v", err)
	}
}

func viewPanic(d *db) {
	d.add("a", "b")
	for range 50 { // more than there are connections
		got := recovered(func() {
			_ = d.view(func(tx engine.Tx) error {
				return tx.Query("SELECT id FROM things", nil, func(engine.Row) error { panic("in each") })
			})
		})
		if got != "in each" {
			d.Fatalf("the panic came back as %v", got)
		}
	}
	d.wantThings(2)
}

func viewReadOnly(d *db) {
	err := d.view(func(tx engine.Tx) error {
		_, err := tx.Exec("INSERT INTO things (id) VALUES ($1)", "a")
		return err
	})
	if err == nil || errors.Is(err, engine.ErrUnavailable) {
		d.Errorf("writing in a view gave %v, want an error that no retry helps", err)
	}
	d.wantThings(0)
}

func viewCancelled(d *db) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	called := false
	err := d.View(ctx, func(engine.Tx) error { called = true; return nil })
	d.wantError(err, context.Canceled)
	if called {
		d.Error("the closure ran")
	}
}

// viewInterrupted cancels statements that would run for a long time.
func viewInterrupted(d *db) {
	const long = `WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 2000000000) SELECT count(*) FROM c`
	for range 3 {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(50*time.Millisecond, cancel)
		d.within("a cancelled view", patience, func() {
			d.wantError(d.View(ctx, func(tx engine.Tx) error {
				_, err := tx.Exec(long)
				return err
			}), context.Canceled)
		})
		d.wantThings(0)
	}
}

func txAfterwards(d *db) {
	var kept []engine.Tx
	keep := func(tx engine.Tx) error {
		kept = append(kept, tx)
		return nil
	}
	d.must(d.view(keep))
	d.must(d.update(keep))
	for _, tx := range kept {
		if _, err := tx.Exec("SELECT 1"); err == nil {
			d.Error("a Tx works after its closure")
		}
	}
}

func migrateError(d *db) {
	err := d.Migrate(context.Background(), func(tx engine.Tx) error {
		if err := execAll(tx, "CREATE TABLE others (id KEYTEXT NOT NULL)", "DROP TABLE parts"); err != nil {
			return err
		}
		return errTest
	})
	if err != errTest {
		d.Errorf("the error came back as %v", err)
	}
	d.exec(0, "SELECT id FROM parts")
	if _, err := d.tryExec("SELECT id FROM others"); err == nil {
		d.Error("the table is there")
	}
}

func ping(d *db) {
	d.must(d.Ping(context.Background()))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	d.wantError(d.Ping(ctx), context.Canceled)
}

func closeTwice(d *db) {
	d.must(d.Close())
	d.must(d.Close())
	ctx := context.Background()
	none := func(engine.Tx) error { d.Error("the closure ran"); return nil }
	for name, err := range map[string]error{
		"View":    d.View(ctx, none),
		"Update":  d.Update(ctx, none),
		"Migrate": d.Migrate(ctx, none),
		"Ping":    d.Ping(ctx),
	} {
		if !errors.Is(err, engine.ErrUnavailable) || strings.Contains(err.Error(), "panic") {
			d.Errorf("%s after Close gave %v", name, err)
		}
	}
}

// closeWaits checks that Close waits for what is running.
func closeWaits(d *db) {
	running := make(chan struct{}, 2)
	release := make(chan struct{})
	hold := func(engine.Tx) error {
		running <- struct{}{}
		<-release
		return nil
	}
	var calls sync.WaitGroup
	var updateErr, viewErr error
	calls.Go(func() { updateErr = d.update(hold) })
	calls.Go(func() { viewErr = d.view(hold) })
	<-running
	<-running
	closed := make(chan error)
	go func() { closed <- d.Close() }()
	select {
	case <-closed:
		d.Error("Close did not wait")
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	calls.Wait()
	d.must(errors.Join(updateErr, viewErr, <-closed))
}
