package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// result is what a command left behind.
type result struct {
	stdout, stderr string
	code           int
}

// cleanEnv is an environment without settings of AWS tools or of carillon, and
// with home as the home directory.
func cleanEnv(home string, more ...string) []string {
	env := []string{"HOME=" + home}
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		switch {
		case name == "HOME", strings.HasPrefix(name, "AWS_"), strings.HasPrefix(name, "CARILLON_"), strings.HasPrefix(name, "XDG_"):
		default:
			env = append(env, v)
		}
	}
	return append(env, more...)
}

// commandTimeout is how long a command of a test may take. The longest takes one
// minute alone, and eight beside everything else on a busy machine.
const commandTimeout = 10 * time.Minute

// command is exec.Command for what ends by itself. What does not is asked where it
// is, which programs in Go answer with all their stacks, and then killed. Who
// waits for it does not wait for processes that it left behind.
func command(name string, args ...string) *exec.Cmd {
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(commandTimeout, cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGQUIT) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// run runs a command to its end. An exit code other than 0 is no error.
func run(cmd *exec.Cmd) (result, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = nil
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}, err
}

// carillonCommand is carillon in an environment, not started yet.
func carillonCommand(env []string, args ...string) *exec.Cmd {
	cmd := command(suite.binary, args...)
	cmd.Env = env
	return cmd
}

func runCarillon(env []string, args ...string) (result, error) {
	return run(carillonCommand(env, args...))
}

// carillonIn runs carillon in an environment of the test's own.
func carillonIn(t testing.TB, env []string, args ...string) result {
	t.Helper()
	r, err := runCarillon(env, args...)
	succeed(t, err)
	return r
}

// environ is the environment in which AWS tools act as the caller.
func (c *caller) environ(home string, more ...string) []string {
	return cleanEnv(home, append([]string{
		"AWS_ACCESS_KEY_ID=" + c.keys.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY=" + c.keys.SecretAccessKey,
		"AWS_REGION=" + region,
		"AWS_DEFAULT_REGION=" + region,
		"AWS_ENDPOINT_URL_CHIME=" + c.endpoint,
		"AWS_EC2_METADATA_DISABLED=true",
	}, more...)...)
}

// tryCarillon runs a client command as the caller.
func (c *caller) tryCarillon(t testing.TB, args ...string) result {
	t.Helper()
	return carillonIn(t, c.environ(suite.dir), args...)
}

// carillon runs a client command as the caller, which must succeed without a
// word on stderr, and returns its result.
func carillon[T any](t testing.TB, c *caller, args ...string) T {
	t.Helper()
	return parseJSON[T](t, c.tryCarillon(t, args...).succeeded(t))
}

// succeeded checks that a command did what it should, and returns its result.
func (r result) succeeded(t testing.TB) string {
	t.Helper()
	if r.code != 0 || r.stderr != "" {
		t.Fatalf("exit code %d, stderr: %s", r.code, r.stderr)
	}
	return r.stdout
}

// failed checks that a command failed with an exit code, with nothing on stdout
// and with some words on stderr.
func (r result) failed(t testing.TB, code int, words ...string) {
	t.Helper()
	equal(t, "exit code", r.code, code)
	equal(t, "stdout", r.stdout, "")
	for _, word := range words {
		if !strings.Contains(r.stderr, word) {
			t.Errorf("stderr %q lacks %q", r.stderr, word)
		}
	}
}

// Exit codes of carillon.
const (
	exitFailed = 1
	exitUsage  = 2
)

// parseJSON reads a JSON document; members that T lacks are ignored.
func parseJSON[T any](t testing.TB, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return v
}
