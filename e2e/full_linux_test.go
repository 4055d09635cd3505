package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// Where the disk of the client has no room, a command that makes files says so and
// leaves none. No file can be longer than 4 KiB here, which needs no disk of its own.
func TestFullDisk_client(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	account := e.team(t)
	e.users(t, account, 30)
	for name, args := range map[string][]string{
		"export":      {"export"},
		"backup":      {"backup"},
		"user export": {"user", "export", "--account-id", account},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			args := append([]string{"-c", `ulimit -f 8; exec "$0" "$@"`, suite.binary}, args...)
			cmd := command("sh", append(args, filepath.Join(dir, "full"))...)
			cmd.Env = e.environ(suite.dir)
			r, err := run(cmd)
			succeed(t, err)
			r.failed(t, exitFailed, "file too large")
			left, err := os.ReadDir(dir)
			succeed(t, err)
			equal(t, "files that are left", len(left), 0)
		})
	}
}
