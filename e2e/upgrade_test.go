package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// newer returns the program of this tree with one migration more, once it is built.
func newer(t *testing.T, program func() (string, error)) string {
	t.Helper()
	if os.Getenv(envBinary) != "" {
		t.Skip("SKIPPED: the program under test was not built here")
	}
	binary, err := program()
	succeed(t, err)
	return binary
}

// Newer programs, one of which says that this one can live with its migration.
var (
	compatible = sync.OnceValues(func() (string, error) {
		scripts, err := filepath.Glob("../store/migrations/*.sql")
		if err != nil {
			return "", err
		}
		return buildNewer("compatible", fmt.Sprintf("-- compatible: %d\n", len(scripts))+addColumn)
	})
	incompatible = sync.OnceValues(func() (string, error) { return buildNewer("incompatible", addColumn) })
)

// buildNewer builds a program with a migration more, under a name of its own.
func buildNewer(name, script string) (binary string, err error) {
	root, err := filepath.Abs("..")
	if err != nil {
		return "", err
	}
	binary = filepath.Join(suite.dir, name)
	migration, added := filepath.Join(root, "store", "migrations", "9999_newer.sql"), binary+".sql"
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{migration: added}})
	if err == nil {
		err = errors.Join(os.WriteFile(added, []byte(script), 0o600), os.WriteFile(binary+".json", overlay, 0o600))
	}
	if err != nil {
		return "", err
	}
	build := exec.Command("go", "build", "-overlay", binary+".json", "-o", binary, "./cmd/carillon")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building a newer carillon: %w\n%s", err, out)
	}
	return binary, nil
}

// addColumn is what a newer program may do to a table that this one writes.
const addColumn = "ALTER TABLE user_rows ADD COLUMN nickname TEXT NOT NULL DEFAULT '';\n\nCREATE TABLE nicknames (nickname KEYTEXT NOT NULL PRIMARY KEY);\n"

// serving checks that a server is ready and does its work: it makes an account
// and a user, and sees those of others.
func (c *caller) serving(t *testing.T, what string, seen ...string) string {
	t.Helper()
	equal(t, what+": readyz", c.health(t, "/readyz"), 200)
	id := c.team(t)
	c.users(t, id, 2)
	for _, other := range append(seen, id) {
		equal(t, what+": users", len(c.listUsers(t, chime.ListUsersInput{AccountId: aws.String(other)}).Users), 2)
	}
	return id
}

// Replicas can be replaced one by one: those that are left keep serving, stay
// ready and can start again while a newer one has added to the schema.
func TestUpgrade_one_replica_after_the_other(t *testing.T) {
	t.Parallel()
	startsServers(t)
	flags := postgres.newDatabase(t)
	start := func(binary string) (*server, *caller) {
		s, err := startBinary(binary, t.TempDir(), flags...)
		succeed(t, err)
		s.cleanup(t)
		return s, newCaller(s.endpoint, s.keys)
	}
	old, oldCaller := start(suite.binary)
	first := oldCaller.serving(t, "the old one alone")
	_, newCaller := start(newer(t, compatible))
	second := newCaller.serving(t, "the new one", first)
	third := oldCaller.serving(t, "the old one beside it", first, second)
	succeed(t, old.stop())
	_, again := start(suite.binary)
	again.serving(t, "the old one started again", first, second, third)
	newCaller.serving(t, "the new one at last", third)
}

// What a newer program has changed so that this one cannot live with it ends it
// in order: not ready, and no start.
func TestUpgrade_not_compatible(t *testing.T) {
	t.Parallel()
	startsServers(t)
	flags := postgres.newDatabase(t)
	old, err := startServer(t.TempDir(), flags...)
	succeed(t, err)
	old.cleanup(t)
	c := newCaller(old.endpoint, old.keys)
	s, err := startBinary(newer(t, incompatible), t.TempDir(), flags...)
	succeed(t, err)
	s.cleanup(t)
	newCaller(s.endpoint, s.keys).serving(t, "the new one")
	equal(t, "the old one: readyz", c.health(t, "/readyz"), 503)
	equal(t, "the old one: healthz", c.health(t, "/healthz"), 200)
	args := append([]string{"serve", "--listen", "127.0.0.1:0", "--metrics-listen", "", "--data", t.TempDir()}, flags...)
	carillonIn(t, cleanEnv(t.TempDir()), args...).failed(t, exitFailed, "newer than this program")
}

// A data directory can go back to the program before, if the newer one only
// added to the schema.
func TestUpgrade_and_back(t *testing.T) {
	t.Parallel()
	startsServers(t)
	dir := t.TempDir()
	binaries := []string{suite.binary, newer(t, compatible), suite.binary}
	var seen []string
	for i, binary := range binaries {
		s, err := startBinary(binary, dir)
		succeed(t, err)
		seen = append(seen, newCaller(s.endpoint, s.keys).serving(t, fmt.Sprint("start ", i), seen...))
		succeed(t, s.stop())
	}
}
