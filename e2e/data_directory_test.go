package e2e

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carillon/internal/pgtest"
)

// A data directory that has lost its database is no new one.
func TestServe_lost_database(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(t *testing.T, path string){
		"missing": func(t *testing.T, path string) { succeed(t, os.Remove(path)) },
		"empty":   func(t *testing.T, path string) { succeed(t, os.Truncate(path, 0)) },
		"damaged": func(t *testing.T, path string) {
			succeed(t, os.WriteFile(path, []byte(strings.Repeat("not a database", 1000)), 0o600))
		},
	} {
		e := ownServer(t)
		id := e.team(t)
		succeed(t, e.server.stop())
		path := filepath.Join(e.server.data(), "carillon.db")
		harm(t, path)
		t.Log(name)
		args := []string{"serve", "--listen", "127.0.0.1:0", "--metrics-listen", "", "--data", e.server.data()}
		carillonIn(t, cleanEnv(t.TempDir()), args...).failed(t, exitFailed, "carillon.db", "carillon restore", "--init")
		carillonIn(t, cleanEnv(t.TempDir()), "migrate", "--data", e.server.data()).failed(t, exitFailed, "--init")
		if name == "damaged" {
			continue
		}
		e.server.flags = append(e.server.flags, "--init")
		next := e.server.restart(t)
		c := newCaller(next.endpoint, next.keys)
		c.works(t, true)
		got := c.send(t, "GET", "/accounts/"+id, "")
		equal(t, "the old account", got.status, 404)
	}
}

// A database that goes away under the server is noticed, and no change is
// acknowledged any more.
func TestReadyz_data_directory_deleted(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	e.team(t)
	succeed(t, os.Rename(e.server.data(), e.server.data()+".away"))
	deadline := time.Now().Add(patience)
	for e.health(t, "/readyz") == 200 && time.Now().Before(deadline) {
		time.Sleep(50 * time.Millisecond)
	}
	equal(t, "readyz", e.health(t, "/readyz"), 503)
	equal(t, "healthz", e.health(t, "/healthz"), 200)
	got := e.send(t, "POST", "/accounts", `{"Name":"x"}`)
	equal(t, "a change", got.status, 503)
	awaitLog(t, e.server.log(), "moved, deleted, replaced or cut short")
}

// A database that is cut short under the server is an error to who needs what is gone,
// and does not end the server.
func TestReadyz_database_cut_short(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	id := e.team(t)
	for i := range 60 {
		e.send(t, "POST", "/accounts/"+id+"/users?operation=create", fmt.Sprintf(`{"Email":"cut%d@example.com"}`, i))
	}
	path := filepath.Join(e.server.data(), "carillon.db")
	awaitCopied(t, path)
	equal(t, "before", e.send(t, "GET", "/accounts/"+id+"/users", "").status, 200)
	succeed(t, os.Truncate(path, 0))
	for range 5 {
		if got := e.send(t, "GET", "/accounts/"+id+"/users", "").status; got != 200 && got != 500 && got != 503 {
			t.Errorf("reading gave %d", got)
		}
	}
	for deadline := time.Now().Add(patience); e.health(t, "/readyz") == 200 && time.Now().Before(deadline); {
		time.Sleep(50 * time.Millisecond)
	}
	equal(t, "readyz", e.health(t, "/readyz"), 503)
	equal(t, "healthz", e.health(t, "/healthz"), 200)
	equal(t, "a change", e.send(t, "POST", "/accounts", `{"Name":"x"}`).status, 503)
}

// awaitCopied waits until the log of an idle server has been copied into the database.
func awaitCopied(t *testing.T, path string) {
	t.Helper()
	before := fileSize(t, path)
	for deadline := time.Now().Add(patience); fileSize(t, path) == before; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the log is not copied")
		}
	}
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	succeed(t, err)
	return info.Size()
}

// awaitLog waits for words in a log, which is written now and then.
func awaitLog(t *testing.T, path, words string) {
	t.Helper()
	for deadline := time.Now().Add(patience); !strings.Contains(readFile(path), words); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the log lacks %q: %s", words, readFile(path))
		}
	}
}

// A server that starts before its database waits for it.
func TestServe_waits_for_database(t *testing.T) {
	t.Parallel()
	startsServers(t)
	db := pgtest.Start(t, pgtest.Options{})
	db.Stop(t)
	returned := make(chan error, 1)
	dir := t.TempDir()
	var s *server
	go func() {
		var err error
		s, err = startServer(dir, "--database", db.URL)
		returned <- err
	}()
	awaitLog(t, filepath.Join(dir, "log"), "waiting for the database")
	db.Restart(t)
	succeed(t, <-returned)
	s.cleanup(t)
	newCaller(s.endpoint, s.keys).works(t, true)
}

// It does not wait longer than it is told to.
func TestServe_startup_timeout(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	succeed(t, err)
	address := l.Addr().String()
	succeed(t, l.Close())
	begun := time.Now()
	carillonIn(t, cleanEnv(t.TempDir()), "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "", "--data", t.TempDir(),
		"--database", "postgres://u@"+address+"/d", "--startup-timeout", "1s").failed(t, exitFailed, address)
	if waited := time.Since(begun); waited < time.Second || waited > 25*time.Second {
		t.Errorf("waited %v", waited)
	}
}
