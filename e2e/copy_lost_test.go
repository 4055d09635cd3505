package e2e

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"carillon/internal/pgtest"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// A copy whose database goes away, at either end, says so soon, and is gone on with
// when that is back.
func TestCopy_database_lost(t *testing.T) {
	t.Parallel()
	startsServers(t)
	for name, test := range map[string]struct {
		fromPostgres bool
		mode         string // of the lock at which the copy waits
	}{
		"source": {true, "ACCESS EXCLUSIVE"}, // keeps it from reading
		"target": {false, "SHARE"},           // from writing
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := pgtest.Start(t, pgtest.Options{})
			from, to := filepath.Join(t.TempDir(), "data"), db.URL
			if test.fromPostgres {
				from, to = to, from
			}
			id := tenUsers(t, from)
			equal(t, "exit code", carillonIn(t, cleanEnv(t.TempDir()), "migrate", "--database", db.URL).code, 0)
			holdTable(t, db.URL, "user_rows", test.mode)
			c := startCopy(t, from, to)
			awaitWaiting(t, db.URL)
			db.Kill(t)
			c.await(t).failed(t, exitFailed, "copying user_rows", "database unavailable", "goes on from there")
			db.Restart(t)
			copyAll(t, from, to)
			s := serverAt(t, to)
			equal(t, "users", len(newCaller(s.endpoint, s.keys).listUsers(t, chime.ListUsersInput{AccountId: &id}).Users), 10)
		})
	}
}

// serverAt starts a server on a data directory or the URL of a database.
func serverAt(t *testing.T, place string) *server {
	t.Helper()
	dir, flags := t.TempDir(), []string{"--database", place}
	if filepath.IsAbs(place) {
		dir, flags = filepath.Dir(place), nil
	}
	s, err := startServer(dir, flags...)
	succeed(t, err)
	s.cleanup(t)
	return s
}

// tenUsers makes a database at a place, with an account of ten users.
func tenUsers(t *testing.T, place string) (accountID string) {
	t.Helper()
	s := serverAt(t, place)
	c := newCaller(s.endpoint, s.keys)
	accountID = c.team(t)
	c.users(t, accountID, 10)
	succeed(t, s.stop())
	return accountID
}

// copying is a copy on its way.
type copying struct {
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer
	ended          chan error
}

func startCopy(t *testing.T, from, to string) *copying {
	t.Helper()
	c := &copying{cmd: carillonCommand(cleanEnv(t.TempDir()), "copy", "--from", from, "--to", to), ended: make(chan error, 1)}
	c.cmd.Stdout, c.cmd.Stderr, c.cmd.SysProcAttr = &c.stdout, &c.stderr, endWithParent()
	succeed(t, c.cmd.Start())
	go func() { c.ended <- c.cmd.Wait() }()
	return c
}

// await returns what the copy has left behind, when it has ended by itself.
func (c *copying) await(t *testing.T) result {
	t.Helper()
	select {
	case <-c.ended: // its exit code says more
	case <-time.After(patience):
		_ = c.cmd.Process.Kill()
		t.Fatal("the copy goes on without its database")
	}
	return result{c.stdout.String(), c.stderr.String(), c.cmd.ProcessState.ExitCode()}
}
