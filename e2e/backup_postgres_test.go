package e2e

import (
	"context"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"carillon/internal/pgtest"
)

// TestBackup_pg_dump runs what docs/backup.md says: a dump of a database that is
// served, restored into another one, has the accounts, users and keys.
func TestBackup_pg_dump(t *testing.T) {
	startsServers(t)
	for _, program := range []string{"pg_dump", "pg_restore"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("SKIPPED: there is no " + program)
		}
	}
	from := pgtest.URL(t)
	s, err := startServer(t.TempDir(), "--database", from)
	succeed(t, err)
	s.cleanup(t)
	c := newCaller(s.endpoint, s.keys)
	id := c.team(t)
	want := c.users(t, id, 5)
	dump := filepath.Join(t.TempDir(), "carillon.dump")
	runProgram(t, "pg_dump", "--format=custom", "--file="+dump, from)
	to := emptyDatabase(t, from)
	runProgram(t, "pg_restore", "--no-owner", "--exit-on-error", "--dbname="+to, dump)
	if r := carillonIn(t, cleanEnv(t.TempDir()), "verify", "--database", to); r.code != 0 {
		t.Errorf("verify: %+v", r)
	}
	next, err := startServer(t.TempDir(), "--database", to)
	succeed(t, err)
	next.cleanup(t)
	equal(t, "root key", next.keys, s.keys)
	for _, user := range want {
		equal(t, "user", *newCaller(next.endpoint, s.keys).get(t, id, user).UserId, user)
	}
}

func runProgram(t *testing.T, name string, args ...string) {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// emptyDatabase makes another database beside one, which goes when the test ends.
func emptyDatabase(t *testing.T, beside string) string {
	t.Helper()
	u, err := url.Parse(beside)
	succeed(t, err)
	name := strings.TrimPrefix(u.Path, "/") + "_restored"
	change := func(statement string) {
		c, err := pgx.Connect(context.Background(), beside)
		succeed(t, err)
		_, err = c.Exec(context.Background(), statement)
		succeed(t, err)
		succeed(t, c.Close(context.Background()))
	}
	change("CREATE DATABASE " + pgx.Identifier{name}.Sanitize() + " TEMPLATE template0")
	t.Cleanup(func() { change("DROP DATABASE " + pgx.Identifier{name}.Sanitize() + " WITH (FORCE)") })
	u.Path = "/" + name
	return u.String()
}
