package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"carillon/internal/pgtest"
	"carillon/store/engine"
	"carillon/store/engine/enginetest"
	"carillon/store/postgres"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func open(t testing.TB, url string, opts postgres.Options) *postgres.Engine {
	t.Helper()
	e, err := postgres.Open(t.Context(), url, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func openFresh(t *testing.T) engine.Engine {
	return open(t, pgtest.URL(t), postgres.Options{})
}

func TestConformance(t *testing.T) { enginetest.Conformance(t, openFresh) }

func TestConcurrency(t *testing.T) { enginetest.Concurrency(t, openFresh) }

func TestFairness(t *testing.T) { enginetest.Fairness(t, openFresh) }

func TestExclusive(t *testing.T) {
	if openFresh(t).Exclusive() {
		t.Error("exclusive")
	}
}

func exec(query string, args ...any) func(engine.Tx) error {
	return func(tx engine.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	}
}

func mustUpdate(t testing.TB, e engine.Engine, fn func(engine.Tx) error) {
	t.Helper()
	if err := e.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func text(t testing.TB, e engine.Engine, query string) (value string) {
	t.Helper()
	err := e.View(context.Background(), func(tx engine.Tx) error {
		return tx.Query(query, nil, func(r engine.Row) error { return r.Scan(&value) })
	})
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// A database that starts later is waited for, not longer than asked.
func TestOpen_waits(t *testing.T) {
	s := pgtest.Start(t, pgtest.Options{})
	s.Stop(t)
	var log bytes.Buffer
	opts := postgres.Options{Startup: 300 * time.Millisecond, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	begun := time.Now()
	if _, err := postgres.Open(t.Context(), s.URL, opts); !errors.Is(err, engine.ErrUnavailable) || time.Since(begun) < opts.Startup {
		t.Errorf("gave up after %v: %v", time.Since(begun), err)
	}
	if n := strings.Count(log.String(), "waiting for the database"); n != 1 {
		t.Errorf("%d lines say that it waits:\n%s", n, log.String())
	}
	restarted := make(chan struct{})
	go func() {
		defer close(restarted)
		time.Sleep(300 * time.Millisecond)
		s.Restart(t)
	}()
	opts.Startup = time.Minute
	open(t, s.URL, opts)
	<-restarted
}

// There is no use in waiting for who refuses, nor when nobody waits any more.
func TestOpen_waitsNot(t *testing.T) {
	opts := postgres.Options{Startup: time.Minute}
	u, err := url.Parse(pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	stranger, nowhere := *u, *u
	stranger.User = url.UserPassword("stranger", "wrong")
	nowhere.Path = "/nowhere"
	for _, u := range []url.URL{stranger, nowhere} {
		begun := time.Now()
		if _, err := postgres.Open(t.Context(), u.String(), opts); err == nil || time.Since(begun) > 30*time.Second {
			t.Errorf("%s: after %v: %v", u.Path, time.Since(begun), err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := postgres.Open(ctx, "postgres://u@127.0.0.1:1/d", opts); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nobody waits any more: %v", err)
	}
}

func TestOpen_settings(t *testing.T) {
	e := open(t, pgtest.URL(t), postgres.Options{Timeout: 7 * time.Second})
	for name, want := range map[string]string{
		"application_name":                    "carillon",
		"statement_timeout":                   "7s",
		"idle_in_transaction_session_timeout": "7s",
		"lock_timeout":                        "4s",
	} {
		if got := text(t, e, "SHOW "+name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	e = open(t, pgtest.URL(t)+"&statement_timeout=3s&application_name=another", postgres.Options{})
	if got := text(t, e, "SHOW statement_timeout"); got != "3s" {
		t.Errorf("statement_timeout is %q, although the URL says 3s", got)
	}
	if got := text(t, e, "SHOW application_name"); got != "another" {
		t.Errorf("application_name is %q, although the URL says another", got)
	}
}

func TestOpen_severalHosts(t *testing.T) {
	url := strings.Replace(pgtest.URL(t), "@", "@127.0.0.1:1,", 1) + "&target_session_attrs=read-write"
	mustUpdate(t, open(t, url, postgres.Options{}), exec("CREATE TABLE things (id BIGINT)"))
}

// TestOpen_secret checks that errors do not tell passwords.
func TestOpen_secret(t *testing.T) {
	for _, c := range []struct {
		url         string
		unavailable bool
	}{
		{"postgres://user:tell-nobody@127.0.0.1:1/database", true},
		{"postgres://user:tell-nobody@127.0.0.1:1/database?sslmode=wrong", false},
		{"postgres://user:tell-nobody@127.0.0.1:1/database?pool_max_conns=wrong", false},
		{"postgres://user:tell-nobody@127.0.0.1:port/database", false},
		{"postgres://user:tell-nobody%zz@127.0.0.1/database", false},
		{"postgres://user@127.0.0.1/database?sslmode=wrong&password=tell-nobody", false},
		{"host=127.0.0.1 password=tell-nobody", false},
		{"mysql://user:tell-nobody@127.0.0.1/database", false},
	} {
		_, err := postgres.Open(t.Context(), c.url, postgres.Options{})
		if err == nil || errors.Is(err, engine.ErrUnavailable) != c.unavailable {
			t.Errorf("%s gave %v", c.url, err)
		} else if strings.Contains(err.Error(), "tell-nobody") {
			t.Errorf("the password is in the error %q", err)
		}
	}
}

// TestUpdate_serverStops stops the server in the midst of work: errors come
// quickly, and after a restart the same engine works again.
func TestUpdate_serverStops(t *testing.T) {
	s := pgtest.Start(t, pgtest.Options{})
	e := open(t, s.URL, postgres.Options{})
	mustUpdate(t, e, exec("CREATE TABLE things (id BIGINT NOT NULL)"))
	for _, stop := range []func(testing.TB){s.Stop, s.Kill} {
		quit := make(chan struct{})
		var load sync.WaitGroup
		for range 8 {
			load.Go(func() { insertUntil(t, e, quit) })
		}
		time.Sleep(100 * time.Millisecond)
		stop(t)
		wantQuickFailure(t, "Update", func() error { return e.Update(t.Context(), exec("INSERT INTO things (id) VALUES (1)")) })
		wantQuickFailure(t, "View", func() error { return e.View(t.Context(), exec("SELECT id FROM things")) })
		wantQuickFailure(t, "Ping", func() error { return e.Ping(t.Context()) })
		s.Restart(t)
		wantRecovery(t, e)
		close(quit)
		load.Wait()
	}
}

// insertUntil inserts rows; the only errors may be that the database is
// unavailable.
func insertUntil(t *testing.T, e engine.Engine, quit <-chan struct{}) {
	for {
		select {
		case <-quit:
			return
		default:
		}
		err := e.Update(context.Background(), exec("INSERT INTO things (id) VALUES (1)"))
		if err != nil && !errors.Is(err, engine.ErrUnavailable) {
			t.Errorf("inserting gave %v", err)
			return
		}
	}
}

func wantQuickFailure(t *testing.T, what string, call func() error) {
	t.Helper()
	began := time.Now()
	err := call()
	if took := time.Since(began); !errors.Is(err, engine.ErrUnavailable) || took > 10*time.Second {
		t.Errorf("%s without a server gave %v after %v", what, err, took)
	}
}

// wantRecovery checks that the engine finds the server again.
func wantRecovery(t *testing.T, e engine.Engine) {
	t.Helper()
	var err error
	for began := time.Now(); time.Since(began) < 30*time.Second; time.Sleep(10 * time.Millisecond) {
		if err = e.Ping(t.Context()); err == nil {
			mustUpdate(t, e, exec("INSERT INTO things (id) VALUES (1)"))
			return
		}
	}
	t.Errorf("the engine does not find the server again: %v", err)
}

// TestUpdate_connectionKilled ends the connection under a transaction.
func TestUpdate_connectionKilled(t *testing.T) {
	e := openFresh(t)
	mustUpdate(t, e, exec("CREATE TABLE things (id BIGINT NOT NULL)"))
	runs := 0
	err := e.Update(t.Context(), func(tx engine.Tx) error {
		runs++
		if _, err := tx.Exec("INSERT INTO things (id) VALUES (1)"); err != nil {
			return err
		}
		_, err := tx.Exec("SELECT pg_terminate_backend(pg_backend_pid())")
		return err
	})
	if !errors.Is(err, engine.ErrUnavailable) || runs != 1 {
		t.Errorf("error %v after %d runs", err, runs)
	}
	if got := text(t, e, "SELECT CAST(count(*) AS TEXT) FROM things"); got != "0" {
		t.Errorf("%s rows are there, want 0", got)
	}
}

// TestBatch_connectionKilled ends the connection in the midst of a batch of several round
// trips, of a change and of a view.
func TestBatch_connectionKilled(t *testing.T) {
	e := openFresh(t)
	const last, killer = 600, 300
	mustUpdate(t, e, exec("CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY)"))
	mustUpdate(t, e, exec(fmt.Sprintf("INSERT INTO things (id) SELECT generate_series(1, %d)", last)))
	var lists [][]any
	for id := range int64(last) {
		lists = append(lists, []any{id + 1})
	}
	query := fmt.Sprintf("SELECT id FROM things WHERE id = $1 AND (id <> %d OR pg_terminate_backend(pg_backend_pid()))", killer)
	rows := 0
	lookUp := func(tx engine.Tx) error {
		return engine.Batch(tx, query, lists, func(engine.Row) error { rows++; return nil })
	}
	for name, run := range map[string]func() error{
		"view": func() error { return e.View(t.Context(), lookUp) },
		"change": func() error {
			return e.Update(t.Context(), func(tx engine.Tx) error {
				_, err := tx.Exec("DELETE FROM things WHERE id > $1", int64(killer))
				return errors.Join(err, lookUp(tx))
			})
		},
	} {
		rows = 0
		if err := run(); !errors.Is(err, engine.ErrUnavailable) || rows > killer {
			t.Errorf("%s: error %v after %d rows", name, err, rows)
		}
		if got := text(t, e, "SELECT CAST(count(*) AS TEXT) FROM things"); got != fmt.Sprint(last) {
			t.Errorf("%s: %s rows are there, want %d", name, got, last)
		}
	}
}

// TestUpdate_retries has the database give up transactions.
func TestUpdate_retries(t *testing.T) {
	e := openFresh(t)
	const conflict = "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"
	runs := 0
	mustUpdate(t, e, func(tx engine.Tx) error {
		if runs++; runs > 3 {
			return nil
		}
		_, err := tx.Exec(conflict)
		if err == nil {
			t.Error("the statement did not fail")
		}
		return nil // which must not count
	})
	if runs != 4 {
		t.Errorf("the closure ran %d times, want 4", runs)
	}
	if err := e.Update(t.Context(), exec(conflict)); !errors.Is(err, engine.ErrUnavailable) {
		t.Errorf("endless conflicts gave %v", err)
	}
}

func TestTimeout(t *testing.T) {
	e := open(t, pgtest.URL(t), postgres.Options{Timeout: 500 * time.Millisecond, MaxConns: 1})
	wantQuickFailure(t, "a slow statement", func() error { return e.View(t.Context(), exec("SELECT pg_sleep(10)")) })
	release := make(chan struct{})
	var holder sync.WaitGroup
	held := make(chan struct{})
	holder.Go(func() {
		_ = e.View(context.Background(), func(tx engine.Tx) error {
			_, err := tx.Exec("SELECT 1") // takes the connection
			close(held)
			<-release
			return err
		})
	})
	<-held
	wantQuickFailure(t, "waiting for a connection", func() error { return e.Ping(t.Context()) })
	close(release)
	holder.Wait()
	err := e.Migrate(t.Context(), exec("SELECT pg_sleep(0.8)"))
	if err != nil {
		t.Errorf("a migration longer than the timeout gave %v", err)
	}
}

// A tenant waits for a lock, for a connection and for its own reading as long as
// the options say, and not for as long as everybody may.
func TestTimeout_tenant(t *testing.T) {
	url := pgtest.URL(t)
	e := open(t, url, postgres.Options{Wait: 300 * time.Millisecond, ReadTimeout: 600 * time.Millisecond, MaxConns: 2})
	tenant := engine.WithTenant(t.Context(), "111122223333")
	mustUpdate(t, e, exec("CREATE TABLE things (id BIGINT NOT NULL)"))
	mustUpdate(t, e, exec("INSERT INTO things (id) VALUES (1)"))
	held, release := make(chan struct{}, 2), make(chan struct{})
	var holders sync.WaitGroup
	hold := func(tx engine.Tx) error {
		_, err := tx.Exec("SELECT id FROM things FOR UPDATE SKIP LOCKED")
		held <- struct{}{}
		<-release
		return err
	}
	holders.Go(func() { mustUpdate(t, e, hold) })
	<-held
	wantQuickFailure(t, "waiting for a lock", func() error { return e.Update(tenant, exec("UPDATE things SET id = 2")) })
	wantQuickFailure(t, "a slow view", func() error { return e.View(tenant, exec("SELECT pg_sleep(10)")) })
	holders.Go(func() { mustUpdate(t, e, hold) })
	<-held
	wantQuickFailure(t, "waiting for a connection", func() error { return e.Update(tenant, exec("SELECT 1")) })
	close(release)
	holders.Wait()
	if err := e.Update(tenant, exec("UPDATE things SET id = 2")); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestOpen_tooManyClients(t *testing.T) {
	s := pgtest.Start(t, pgtest.Options{Settings: map[string]string{"max_connections": "3", "superuser_reserved_connections": "0"}})
	e := open(t, s.URL, postgres.Options{MaxConns: 8})
	var calls sync.WaitGroup
	failed := make(chan error, 8)
	for range 8 {
		calls.Go(func() { failed <- e.View(context.Background(), exec("SELECT pg_sleep(0.3)")) })
	}
	calls.Wait()
	close(failed)
	refused := 0
	for err := range failed {
		if errors.Is(err, engine.ErrUnavailable) {
			refused++
		} else if err != nil {
			t.Error(err)
		}
	}
	if refused == 0 {
		t.Error("all were served by too small a server")
	}
}
