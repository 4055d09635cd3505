package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommandEnv_lines(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	want := "export AWS_ACCESS_KEY_ID=" + e.keys.AccessKeyID + "\n" +
		"export AWS_SECRET_ACCESS_KEY=" + e.keys.SecretAccessKey + "\n" +
		"export AWS_REGION=us-east-1\n" +
		"export AWS_DEFAULT_REGION=us-east-1\n" +
		"export AWS_ENDPOINT_URL_CHIME=" + e.endpoint + "\n" +
		"export AWS_ENDPOINT_URL_IAM=" + e.endpoint + "\n" +
		"export AWS_ENDPOINT_URL_STS=" + e.endpoint + "\n" +
		"export AWS_ENDPOINT_URL_CLOUDTRAIL=" + e.endpoint + "\n"
	for _, args := range [][]string{{"env", "--data", e.server.data()}, {"env"}} {
		r := carillonIn(t, cleanEnv(t.TempDir(), "CARILLON_DATA="+e.server.data()), args...)
		equal(t, "lines", r.succeeded(t), want)
	}
}

func TestCommandEnv_default_directory(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	for name, dir := range map[string]string{"XDG_DATA_HOME": "carillon", "HOME": ".local/share/carillon"} {
		base := t.TempDir()
		succeed(t, os.MkdirAll(filepath.Dir(filepath.Join(base, dir)), 0o700))
		succeed(t, os.Symlink(e.server.data(), filepath.Join(base, dir)))
		r := carillonIn(t, cleanEnv(t.TempDir(), name+"="+base), "env")
		if !strings.Contains(r.succeeded(t), e.endpoint) {
			t.Errorf("carillon env prints %q, want the endpoint %s", r.stdout, e.endpoint)
		}
	}
}

func TestCommandEnv_for_a_shell(t *testing.T) {
	t.Parallel()
	const secret = `it's "quoted" $HOME \ ; and spaced`
	e := ownServer(t, "--root-access-key-id", "AKIAOPERATOR", "--root-secret-access-key", secret)
	cmd := command("sh", "-c", `eval "$("$0" env --data "$1")" && printf %s "$AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY" && "$0" account list >&2`,
		suite.binary, e.server.data())
	cmd.Env = cleanEnv(t.TempDir())
	r, err := run(cmd)
	succeed(t, err)
	equal(t, "exit code", r.code, 0)
	equal(t, "variables", r.stdout, "AKIAOPERATOR "+secret)
}

func TestCommandEnv_no_server(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	carillonIn(t, cleanEnv(dir), "env", "--data", dir).failed(t, exitFailed, dir)
}

func TestCommandEnv_file_is_private(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	info, err := os.Stat(e.server.data())
	succeed(t, err)
	equal(t, "mode of the data directory", info.Mode().Perm(), 0o700)
	succeed(t, filepath.WalkDir(e.server.data(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("others may use %s: mode %s", d.Name(), info.Mode())
		}
		return nil
	}))
}
