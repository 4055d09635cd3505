package server

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carillon/internal/pgtest"
	"carillon/store/engine"
	"carillon/store/postgres"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// A data directory that has lost its database is refused, with a way out, and
// one begins anew only when asked to.
func TestOpen_lostDatabase(t *testing.T) {
	for name, harm := range map[string]func(path string) error{
		"missing": os.Remove,
		"empty":   func(path string) error { return os.Truncate(path, 0) },
		"damaged": func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte("x"), 8192), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			o := testOptions(t, new(lines))
			first := reopened(t, o)
			path := filepath.Join(o.Data, "carillon.db")
			if err := errors.Join(os.WriteFile(filepath.Join(o.Data, KeyFile), []byte("{}"), 0o600), harm(path)); err != nil {
				t.Fatal(err)
			}
			srv, err := Open(t.Context(), o)
			if err == nil {
				srv.Close()
				t.Fatal("opened")
			}
			for _, part := range []string{"carillon.db", "carillon restore", "--init"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%v lacks %q", err, part)
				}
			}
			if name == "damaged" {
				return // which stays until somebody moves it away
			}
			o.Init = true
			if next := reopened(t, o); next.Root == first.Root {
				t.Error("the root key is the old one")
			}
			o.Init = false
			reopened(t, o)
		})
	}
}

// reopened is a server that was opened and closed.
func reopened(t *testing.T, o Options) *Server {
	t.Helper()
	srv, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	return srv
}

func (s *site) readyz() int { return s.send(request("GET", "/readyz", "")).Code }

// A server whose data directory was deleted is not ready, takes no changes and
// says why in the log.
func TestReady_dataDeleted(t *testing.T) {
	var data string
	s := newSite(t, func(o *Options) { data = o.Data })
	if got := s.readyz(); got != http.StatusOK {
		t.Fatalf("ready: %d", got)
	}
	if err := os.RemoveAll(data); err != nil {
		t.Fatal(err)
	}
	if got := s.readyz(); got != http.StatusServiceUnavailable {
		t.Errorf("ready without data: %d", got)
	}
	if got := s.send(s.signed("POST", "/accounts", `{"Name": "x"}`)).Code; got != http.StatusServiceUnavailable {
		t.Errorf("a change without data: %d", got)
	}
	if n := len(s.entries("the database was moved, deleted, replaced or cut short: nothing is written any more")); n != 1 {
		t.Errorf("%d lines in the log", n)
	}
}

// Who reads from a replica is not ready without it.
func TestReady_replica(t *testing.T) {
	replica := pgtest.Start(t, pgtest.Options{})
	s := newSite(t, func(o *Options) { o.Database, o.ReadReplica = replicated(t, replica.URL), replica.URL })
	if got := s.readyz(); got != http.StatusOK {
		t.Fatalf("ready: %d", got)
	}
	replica.Stop(t)
	if got := s.readyz(); got != http.StatusServiceUnavailable {
		t.Errorf("ready without the replica: %d", got)
	}
	replica.Restart(t)
	for end := time.Now().Add(20 * time.Second); s.readyz() != http.StatusOK; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not ready with the replica back")
		}
	}
}

// replicated returns the URL of a new database, of which the one at replica is
// as good as a copy: it has the schema.
func replicated(t *testing.T, replica string) string {
	t.Helper()
	st, err := OpenStore(t.Context(), Options{Database: replica})
	if err == nil {
		err = st.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return pgtest.URL(t)
}

// A server that cannot be put together leaves no connections behind.
func TestOpen_failsWithReplica(t *testing.T) {
	o := testOptions(t, new(lines))
	o.Database, o.ReadReplica = pgtest.URL(t), pgtest.URL(t)
	o.TestClock = true
	reopened(t, o)
	onDatabase(t, o.Database, "DROP TABLE test_clock")
	srv, err := Open(t.Context(), o)
	if err == nil {
		srv.Close()
		t.Fatal("opened without a clock")
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		n := onDatabase(t, o.ReadReplica, "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		if n == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d connections are left", n)
		}
	}
}

// onDatabase runs a statement and returns how many rows it met.
func onDatabase(t *testing.T, url, statement string) (n int64) {
	t.Helper()
	e, err := postgres.Open(t.Context(), url, postgres.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	err = e.Update(context.Background(), func(tx engine.Tx) (err error) {
		n, err = tx.Exec(statement)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
