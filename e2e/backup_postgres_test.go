package e2e

import (
	"context"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
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
	want := newCaller(s.endpoint, s.keys).housed(t, 5)
	dump := filepath.Join(t.TempDir(), "carillon.dump")
	runProgram(t, "pg_dump", "--format=custom", "--file="+dump, from)
	to := emptyDatabase(t, from)
	runProgram(t, "pg_restore", "--no-owner", "--exit-on-error", "--dbname="+to, dump)
	wantRestored(t, to, s.keys, want, nil)
}

// TestBackup_point_in_time runs what docs/backup.md says: a copy of a cluster that is
// served, and its log, give what was there at a moment after the copy.
func TestBackup_point_in_time(t *testing.T) {
	startsServers(t)
	db := pgtest.Start(t, pgtest.Options{Settings: map[string]string{
		"archive_mode": "on", "archive_command": "test ! -f ../wal/%f && cp %p ../wal/%f",
	}})
	db.Mkdir(t, "wal")
	s, err := startServer(t.TempDir(), "--database", db.URL)
	succeed(t, err)
	s.cleanup(t)
	c := newCaller(s.endpoint, s.keys)
	want := c.housed(t, 3)
	db.Run(t, "pg_basebackup", "--dbname="+db.URL, "--pgdata="+db.Path("base"), "--checkpoint=fast", "--wal-method=stream")
	db.Run(t, "pg_verifybackup", db.Path("base"))
	want = append(want, c.housed(t, 3)...)
	moment := ask(t, db.URL, "SELECT clock_timestamp()::text")
	later := c.housed(t, 3)
	segment := ask(t, db.URL, "SELECT pg_walfile_name(pg_switch_wal())")
	eventually(t, "log in the archive", func() bool {
		return ask(t, db.URL, "SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver") >= segment
	})
	succeed(t, s.stop())
	restored := db.Recover(t, "base", map[string]string{
		"archive_mode": "off", "restore_command": "cp ../wal/%f %p", "recovery_target_time": moment, "recovery_target_action": "promote",
	})
	eventually(t, "end of the recovery", func() bool { return ask(t, restored.URL, "SELECT pg_is_in_recovery()::text") == "false" })
	wantRestored(t, restored.URL, s.keys, want, later)
}

// wantRestored checks that a database is well, and has some users and not others.
func wantRestored(t *testing.T, database string, keys aws.Credentials, want, not []*chime.GetUserInput) {
	t.Helper()
	if r := carillonIn(t, cleanEnv(t.TempDir()), "verify", "--database", database); r.code != 0 {
		t.Errorf("verify: %+v", r)
	}
	s, err := startServer(t.TempDir(), "--database", database)
	succeed(t, err)
	s.cleanup(t)
	equal(t, "root key", s.keys, keys)
	c := newCaller(s.endpoint, keys)
	for _, user := range want {
		_, err := c.GetUser(t.Context(), user)
		succeed(t, err)
	}
	for _, user := range not {
		_, err := c.GetUser(t.Context(), user)
		refused(t, err, notFound)
	}
}

// housed makes users in an account of their own.
func (c *caller) housed(t *testing.T, n int) (list []*chime.GetUserInput) {
	t.Helper()
	id := c.team(t)
	for _, user := range c.users(t, id, n) {
		list = append(list, &chime.GetUserInput{AccountId: &id, UserId: &user})
	}
	return list
}

// ask returns the only value of a query.
func ask(t *testing.T, database, query string) (value string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), database)
	succeed(t, err)
	defer c.Close(context.Background())
	succeed(t, c.QueryRow(t.Context(), query).Scan(&value))
	return value
}

func runProgram(t *testing.T, name string, args ...string) {
	t.Helper()
	out, err := command(name, args...).CombinedOutput()
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
