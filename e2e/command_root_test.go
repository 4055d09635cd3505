package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// rotate runs carillon root rotate and returns the key that it prints.
func rotate(t *testing.T, env []string, args ...string) aws.Credentials {
	t.Helper()
	r := carillonIn(t, env, append([]string{"root", "rotate"}, args...)...)
	out := parseJSON[accessKey](t, r.succeeded(t))
	return aws.Credentials{AccessKeyID: out.AccessKeyID, SecretAccessKey: out.SecretAccessKey}
}

// wantKey checks that one key of two works with a server.
func wantKey(t *testing.T, endpoint string, good, bad aws.Credentials) {
	t.Helper()
	newCaller(endpoint, good).works(t, true)
	if r := newCaller(endpoint, bad).tryCarillon(t, "account", "list"); r.code != exitFailed {
		t.Errorf("the old key works: %+v", r)
	}
}

func TestCommandRootRotate_server(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		fresh := rotate(t, e.environ(t.TempDir()))
		equal(t, "AccessKeyId", fresh.AccessKeyID, e.keys.AccessKeyID)
		wantKey(t, e.endpoint, fresh, e.keys)
		exports, err := e.server.env()
		succeed(t, err)
		equal(t, "secret of carillon env", exports["AWS_SECRET_ACCESS_KEY"], fresh.SecretAccessKey)
		succeed(t, e.server.stop())
		next := e.server.restart(t)
		equal(t, "key after a restart", next.keys, fresh)
		wantKey(t, next.endpoint, fresh, e.keys)
	})
}

// The old key has ended on the other replica when the command is done.
func TestCommandRootRotate_replicas(t *testing.T) {
	a, b := replicas(t)
	old := a.keys
	for range 3 {
		newCaller(b.endpoint, old).works(t, true)
		fresh := rotate(t, newCaller(a.endpoint, old).environ(t.TempDir()))
		wantKey(t, b.endpoint, fresh, old)
		wantKey(t, a.endpoint, fresh, old)
		old = fresh
	}
}

// Who has lost the secret, or whose server does not run, opens the database.
func TestCommandRootRotate_without_server(t *testing.T) {
	forEach(t, func(t *testing.T, engine *engine) {
		e := engine.start(t)
		where := []string{"--data", e.server.data()}
		if engine == postgres {
			where = e.server.flags
		}
		old := e.keys
		for _, running := range []bool{true, false} { // SQLite: the server is asked while it runs
			if !running {
				succeed(t, e.server.stop())
			}
			fresh := rotate(t, cleanEnv(t.TempDir()), where...)
			endpoint := e.endpoint
			if !running {
				endpoint = e.server.restart(t).endpoint
			}
			wantKey(t, endpoint, fresh, old)
			old = fresh
		}
	})
}

func TestCommandRootRotate_refused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	carillonIn(t, cleanEnv(dir), "root", "rotate", "--data", dir).failed(t, exitFailed, dir)
	e := ownServer(t, "--root-access-key-id", "AKIAOPERATOR", "--root-secret-access-key", "s3cret/s3cret/s3cret")
	e.tryCarillon(t, "root", "rotate").failed(t, exitFailed, "BadRequestException", "settings")
	e.works(t, true)
	e.keyOf(t, rootAwsAccount).tryCarillon(t, "root", "rotate").failed(t, exitFailed, "ForbiddenException")
}

// The key of the settings replaces the generated one for good.
func TestServe_given_key_stays(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		generated, plain := e.keys, e.server.flags
		succeed(t, e.server.stop())
		e.server.flags = append(e.server.flags, "--root-access-key-id", "AKIAOPERATOR", "--root-secret-access-key", "s3cret/s3cret/s3cret")
		given := e.server.restart(t)
		wantKey(t, given.endpoint, given.keys, generated)
		succeed(t, given.stop())
		given.flags = plain
		next := given.restart(t)
		equal(t, "key", next.keys, given.keys)
		wantKey(t, next.endpoint, given.keys, generated)
	})
}

// No file of the data directory has a secret that came from a file.
func TestServe_secret_stays_in_its_file(t *testing.T) {
	t.Parallel()
	const secret = "s3cret/s3cret/s3cret"
	s := startWith(t, []string{"CARILLON_ROOT_SECRET_ACCESS_KEY_FILE=" + write(t, "secret", secret+"\n")}, "--root-access-key-id", "AKIAOPERATOR")
	newCaller(s.endpoint, s.keys).works(t, true)
	succeed(t, s.stop())
	succeed(t, filepath.WalkDir(s.data(), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(readFile(path), secret) {
			t.Errorf("%s has the secret", d.Name())
		}
		return err
	}))
}
