package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	embedded "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// verification is what carillon audit verify prints.
type verification struct {
	Verify struct {
		Ok               bool
		Batches, Records int
		Head             string
		Problems         []string
	}
}

// sealed waits until a number of records is sealed.
func (c *caller) sealed(t testing.TB, n int) {
	t.Helper()
	c.sealedWithin(t, n, patience)
}

func (c *caller) sealedWithin(t testing.TB, n int, limit time.Duration) {
	t.Helper()
	for deadline := time.Now().Add(limit); ; time.Sleep(250 * time.Millisecond) {
		got := c.send(t, "GET", "/carillon/v1/audit-events?operation=verify", "")
		got.ok(t, 200)
		v := parseJSON[struct {
			Records  int
			Problems []string
		}](t, got.body)
		equal(t, "problems", v.Problems, []string{})
		switch {
		case v.Records == n:
			return
		case time.Now().After(deadline):
			t.Fatalf("%d records are sealed after %s, want %d", v.Records, limit, n)
		}
	}
}

// place are the flags that tell a command where the database of a server is.
func (s *server) place() []string {
	if i := slices.Index(s.flags, "--database"); i >= 0 {
		return s.flags[i : i+2]
	}
	return []string{"--data", s.data()}
}

// exec changes the database of a server that has ended, behind its back.
func (s *server) exec(t testing.TB, statement string) {
	t.Helper()
	place := s.place()
	if place[0] == "--database" {
		conn, err := pgx.Connect(t.Context(), place[1])
		succeed(t, err)
		defer conn.Close(t.Context())
		done, err := conn.Exec(t.Context(), statement)
		succeed(t, err)
		equal(t, "rows of "+statement, done.RowsAffected(), 1)
		return
	}
	conn, err := embedded.OpenConn(filepath.Join(s.data(), "carillon.db"), embedded.OpenReadWrite)
	succeed(t, err)
	defer conn.Close()
	succeed(t, sqlitex.ExecuteTransient(conn, statement, nil))
	equal(t, "rows of "+statement, conn.Changes(), 1)
}

// verifyStopped verifies the records of a server that has ended. What is wrong, if
// anything, has to be told with some words.
func (s *server) verifyStopped(t *testing.T, wrong string) verification {
	t.Helper()
	r := carillonIn(t, cleanEnv(t.TempDir()), append([]string{"audit", "verify"}, s.place()...)...)
	return r.verified(t, wrong)
}

func (r result) verified(t *testing.T, wrong string) verification {
	t.Helper()
	v := parseJSON[verification](t, r.stdout)
	equal(t, "Ok", v.Verify.Ok, wrong == "")
	if wrong == "" {
		r.succeeded(t)
		return v
	}
	equal(t, "exit code", r.code, exitFailed)
	for what, said := range map[string]string{"problems": strings.Join(v.Verify.Problems, "\n"), "stderr": r.stderr} {
		if !strings.Contains(said, wrong) {
			t.Errorf("%s are %q, without %q", what, said, wrong)
		}
	}
	return v
}

// Who changes the database is found out, and told which batch it was.
func TestAudit_tampering(t *testing.T) {
	waits(t, "six seconds until two batches are sealed")
	forEachOwnServer(t, func(t *testing.T, e *env) {
		id := e.team(t)
		e.sealed(t, 1)
		e.users(t, id, 2)
		e.sealed(t, 3)
		carillonIn(t, cleanEnv(t.TempDir()), append([]string{"audit", "verify"}, e.server.place()...)...).verified(t, "") // beside the server
		succeed(t, e.server.stop())
		s := e.server
		head := s.verifyStopped(t, "").Verify.Head
		for _, test := range []struct{ tamper, wrong, undo string }{
			{`UPDATE audit_batches SET records = records + 1 WHERE batch = 2`, "batch 2: changed", `UPDATE audit_batches SET records = records - 1 WHERE batch = 2`},
			{`UPDATE audit_batches SET last_ms = last_ms + 1 WHERE batch = 1`, "batch 1: changed", `UPDATE audit_batches SET last_ms = last_ms - 1 WHERE batch = 1`},
			{`UPDATE audit_batches SET batch = 3 WHERE batch = 2`, "batch 2: missing", `UPDATE audit_batches SET batch = 2 WHERE batch = 3`},
			{`UPDATE audit_index SET value = 'x' WHERE batch = 1 AND value = '` + id + `'`, "batch 1: the index lacks it", `UPDATE audit_index SET value = '` + id + `' WHERE value = 'x'`},
		} {
			s.exec(t, test.tamper)
			s.verifyStopped(t, test.wrong)
			s.exec(t, test.undo)
		}
		equal(t, "head", s.verifyStopped(t, "").Verify.Head, head)
		s.exec(t, `UPDATE audit_batches SET content = hash WHERE batch = 1`)
		next := e.restart(t)
		next.tryCarillon(t, "audit", "verify").verified(t, "batch 1: changed")
		equal(t, "what is still found", eventNames(next.audited(t)), []string{"CreateUser", "CreateUser"})
	})
}

// What is too old goes in whole batches, and the rest verifies.
func TestAudit_retention(t *testing.T) {
	waits(t, "six seconds until two batches are sealed")
	forEachOwnServer(t, func(t *testing.T, e *env) {
		id := e.team(t)
		e.sealed(t, 1)
		e.advance(t, "20h")
		e.users(t, id, 2)
		e.sealed(t, 1+1+2) // with that of the clock, which is as old as the first
		head := e.tryCarillon(t, "audit", "verify").verified(t, "").Verify.Head
		e.advance(t, "10h")
		next := e // which looks soon, and not in a minute
		left := []string{"AdvanceTestClock", "CreateUser", "CreateUser"}
		eventually(t, "removal of what is old", func() bool { return len(next.byName().lookUp(t, nil)) == len(left) })
		equal(t, "what is left", eventNames(next.audited(t)), left)
		equal(t, "export", len(next.exported(t)), len(left))
		equal(t, "by the account", eventNames(next.byName().lookUp(t, by("ResourceName", id))), left[1:])
		next.sealed(t, len(left))
		next.tryCarillon(t, "audit", "verify", "--head", head).verified(t, "")
		succeed(t, next.server.stop())
		equal(t, "records in the database", next.server.verifyStopped(t, "").Verify.Records, len(left))
	}, "--test-clock", "--audit-retention", "24h")
}

// The audit file is opened anew on SIGHUP, when it was moved away; together the
// files have all.
func TestAudit_file(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	e := ownServer(t, "--audit-file", file)
	id := e.team(t)
	e.users(t, id, 2)
	eventually(t, "lines of the file", func() bool { return strings.Count(readFile(file), "\n") == 3 })
	succeed(t, os.Rename(file, file+".1"))
	e.users(t, e.team(t), 1)
	eventually(t, "lines of the old file", func() bool { return strings.Count(readFile(file+".1"), "\n") == 5 })
	e.server.hangUp(t)
	e.team(t)
	succeed(t, e.server.stop()) // then all is written
	equal(t, "files", append(linesOf(t, file+".1"), linesOf(t, file)...), e.restart(t).exported(t))
}
