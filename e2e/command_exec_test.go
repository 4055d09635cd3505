package e2e

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// execJob is a carillon exec that runs a command of the test's.
type execJob struct {
	*exec.Cmd
	tmp    string // where it may leave something
	stderr *bytes.Buffer
}

func newExec(t *testing.T, args ...string) *execJob {
	t.Helper()
	startsServers(t)
	j := &execJob{command(suite.binary, append([]string{"exec"}, args...)...), t.TempDir(), new(bytes.Buffer)}
	j.Env = cleanEnv(t.TempDir(), "TMPDIR="+j.tmp)
	j.Cmd.Stderr = j.stderr
	return j
}

// left checks that nothing is left behind.
func (j *execJob) left(t *testing.T) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(j.tmp, "*"))
	succeed(t, err)
	equal(t, "left behind", found, nil)
}

// end waits for the end and checks the exit code.
func (j *execJob) end(t *testing.T, code int) {
	t.Helper()
	_ = j.Wait() // the exit code says it
	if got := j.ProcessState.ExitCode(); got != code {
		t.Errorf("exit code %d, want %d: %s", got, code, j.stderr)
	}
	j.left(t)
}

func TestCommandExec_exit_codes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args []string
		code int
	}{
		{[]string{"--", "true"}, 0},
		{[]string{"true"}, 0},
		{[]string{"--", "sh", "-c", "exit 7"}, 7},
		{[]string{"--", "sh", "-c", "kill -9 $$"}, 137},
		{[]string{"--", "sh", "-c", "kill -TERM $$"}, 143},
		{[]string{"--", "no-such-command"}, 127},
		{[]string{"--", "/no/such/command"}, 127},
		{[]string{"--", "/"}, 126},
		{[]string{"--"}, exitUsage},
		{nil, exitUsage},
		{[]string{"--no-such-flag", "--", "true"}, exitUsage},
		{[]string{"--fidelity", "none", "--", "true"}, exitUsage},
		{[]string{"--quota-bots", "-1", "--", "true"}, exitUsage},
		{[]string{"--seed", "/no/such/file", "--", "true"}, exitUsage},
		{[]string{"--database", "postgres://localhost/x", "--", "true"}, exitUsage},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			j := newExec(t, test.args...)
			succeed(t, j.Start())
			j.end(t, test.code)
		})
	}
}

// The command reads what carillon exec was given, gets its arguments as they are, and
// reaches the server by nothing but the environment.
func TestCommandExec_environment(t *testing.T) {
	t.Parallel()
	const script = `read line; echo "$line" "$@"; "$0" account create --name Demo >/dev/null && "$0" account list --output table | wc -l; env`
	j := newExec(t, "--aws-account-id", "222233334444", "--", "sh", "-c", script, suite.binary, "--fidelity", "--", "x")
	foreign := []string{
		"AWS_PROFILE=prod", "AWS_DEFAULT_PROFILE=prod", "AWS_SESSION_TOKEN=t", "AWS_SECURITY_TOKEN=t", "AWS_ACCESS_KEY_ID=AKIAFOREIGN", "AWS_ACCESS_KEY=AKIAFOREIGN",
		"AWS_ENDPOINT_URL=http://foreign.example", "AWS_ENDPOINT_URL_CHIME=http://foreign.example", "AWS_ENDPOINT_URL_S3=http://foreign.example",
		"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true", "AWS_ROLE_ARN=foreign", "AWS_WEB_IDENTITY_TOKEN_FILE=foreign", "AWS_CONFIG_FILE=/foreign",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://foreign.example", "AWS_REGION=foreign-1", "AWS_USE_FIPS_ENDPOINT=true",
	}
	j.Env = append(j.Env, append(foreign, "AWS_MAX_ATTEMPTS=2", "HTTP_PROXY=http://127.0.0.1:1", "http_proxy=http://127.0.0.1:1", "NO_PROXY=other.example")...)
	j.Stdin = strings.NewReader("a line\n")
	out, err := j.Output()
	succeed(t, err)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	equal(t, "output", lines[:2], []string{"a line --fidelity -- x", "2"})
	got := strings.Join(lines, "\n")
	for _, word := range []string{"prod", "AWS_PROFILE", "TOKEN", "FOREIGN", "oreign"} {
		if strings.Contains(got, word) {
			t.Errorf("the command sees %q:\n%s", word, got)
		}
	}
	for _, line := range []string{"AWS_MAX_ATTEMPTS=2", "NO_PROXY=other.example,127.0.0.1", "no_proxy=other.example,127.0.0.1", "AWS_REGION=us-east-1", "AWS_ENDPOINT_URL_IAM=http://127.0.0.1:"} {
		if !strings.Contains(got, "\n"+line) {
			t.Errorf("the command does not see %s:\n%s", line, got)
		}
	}
	j.left(t)
}

// Signals go to the command, and what it does with them is its own business.
func TestCommandExec_signals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		script string
		signal syscall.Signal
		code   int
	}{
		{`trap "exit 5" TERM`, syscall.SIGTERM, 5},
		{`trap "exit 6" INT`, syscall.SIGINT, 6},
		{`trap "exit 8" USR1`, syscall.SIGUSR1, 8},
		{`true`, syscall.SIGTERM, 143},
		{`true`, syscall.SIGHUP, 129},
	} {
		t.Run(test.signal.String()+" "+test.script, func(t *testing.T) {
			j := newExec(t, "--", "sh", "-c", test.script+"; echo ready; while :; do sleep 0.05; done")
			out, err := j.StdoutPipe()
			succeed(t, err)
			succeed(t, j.Start())
			_, err = bufio.NewReader(out).ReadString('\n')
			succeed(t, err)
			succeed(t, j.Process.Signal(test.signal))
			j.end(t, test.code)
		})
	}
}

// What a server leaves that was killed, a later one removes, but nothing of one that
// lives.
func TestCommandExec_killed(t *testing.T) {
	t.Parallel()
	j := newExec(t, "--", "sh", "-c", "echo $$; exec sleep 1000")
	out, err := j.StdoutPipe()
	succeed(t, err)
	succeed(t, j.Start())
	_, err = bufio.NewReader(out).ReadString('\n')
	succeed(t, err)
	found, err := filepath.Glob(filepath.Join(j.tmp, "*"))
	succeed(t, err)
	equal(t, "directories", len(found), 1)
	age := func() { succeed(t, command("touch", "-d", "2 hours ago", found[0]).Run()) }
	another := func() {
		next := newExec(t, "--", "true")
		next.Env = append(next.Env, "TMPDIR="+j.tmp)
		succeed(t, next.Run())
	}
	age()
	another()
	_, err = os.Stat(found[0])
	succeed(t, err)
	succeed(t, j.Process.Kill())
	_ = j.Wait()
	age()
	another()
	j.left(t)
}

func TestCommandExec_seed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		succeed(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	lines := write("seed.jsonl", `{"AccountId": "acme", "Name": "Acme", "AccountType": "EnterpriseLWA"}
{"AccountId": "acme", "UserId": "ann", "PrimaryEmail": "ann@acme.example", "LicenseType": "Basic"}
{"AccountId": "other", "PrimaryEmail": "bob@other.example"}
`)
	export := `"$0" account list; "$0" user export --account-id acme; "$0" user export --account-id other`
	j := newExec(t, "--seed", lines, "--seed", write("seed.csv", "Email\ncarol@example.com\n"), "--", "sh", "-c", export, suite.binary)
	out, err := j.Output()
	succeed(t, err)
	for _, want := range []string{`"Name": "Acme"`, `"AccountType": "EnterpriseLWA"`, `"UserId":"ann"`, `"LicenseType":"Basic"`, "bob@other.example"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("lacks %s: %s", want, out)
		}
	}
	equal(t, "accounts", strings.Count(string(out), `"AccountStatus"`), 3)

	j = newExec(t, "--seed", write("again.json", string(out)), "--", "sh", "-c", export, suite.binary) // what the commands have printed
	again, err := j.Output()
	succeed(t, err)
	equal(t, "users after a round", strings.Count(string(again), `"PrimaryEmail"`), 2)

	for name, text := range map[string]string{"bad.json": `{"Rooms": []}`, "bad.jsonl": `{"PrimaryEmail": "nonsense"}`, "cut.json": `{"Users": [`, "bad.csv": "Colour\nred\n"} {
		j := newExec(t, "--seed", write(name, text), "--", "true")
		succeed(t, j.Start())
		j.end(t, exitFailed)
		if !strings.Contains(j.stderr.String(), name) {
			t.Errorf("%s: %s", name, j.stderr)
		}
	}
}
