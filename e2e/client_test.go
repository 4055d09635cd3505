package e2e

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// envRequireClients makes a missing client a failure instead of a skipped test.
const envRequireClients = "CARILLON_E2E_REQUIRE_CLIENTS"

// missing skips a test because a client is not there, and says so loudly.
func missing(t *testing.T, what string, why any) {
	t.Helper()
	if os.Getenv(envRequireClients) == "1" {
		t.Fatalf("%s is required: %v", what, why)
	}
	t.Skipf("SKIPPED: %s is missing: %v", what, why)
}

// runJob runs the script of a client as a caller; it ends well or says why not.
func (c *caller) runJob(t *testing.T, dir, program string, args ...string) {
	t.Helper()
	cmd := command(program, args...)
	cmd.Dir = dir
	cmd.Env = c.environ(t.TempDir(), "AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE=1")
	r, err := run(cmd)
	succeed(t, err)
	if r.code != 0 {
		t.Errorf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

// programs returns the different programs of a name: those of PATH and of /usr/bin.
func programs(name string) (found []string) {
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/bin") {
		path, err := filepath.EvalSymlinks(filepath.Join(dir, name))
		if err != nil || slices.Contains(found, path) {
			continue
		}
		if path, err = exec.LookPath(path); err == nil {
			found = append(found, path)
		}
	}
	return found
}

// answers runs a program to learn something about it, such as its version.
func answers(program string, args ...string) (string, error) {
	r, err := run(command(program, args...))
	if err == nil && r.code != 0 {
		err = errors.New(strings.TrimSpace(r.stderr))
	}
	return strings.TrimSpace(r.stdout), err
}

func TestClient_boto3(t *testing.T) {
	script, err := filepath.Abs(filepath.Join("testdata", "clients", "main_job.py"))
	succeed(t, err)
	versions := map[string]string{} // version → interpreter
	for _, python := range programs("python3") {
		if version, err := answers(python, "-c", "import boto3; print(boto3.__version__)"); err == nil {
			versions[version] = python
		}
	}
	if len(versions) == 0 {
		missing(t, "boto3", "no python3 has it")
	}
	forEachEngine(t, func(t *testing.T, e *env) {
		for version, python := range versions {
			t.Run(version, func(t *testing.T) { e.runJob(t, t.TempDir(), python, script) })
		}
	})
}

// npmInstall installs the JavaScript clients once and says why it could not.
var npmInstall = sync.OnceValue(func() error {
	if err := nodeIsNew(); err != nil {
		return err
	}
	if isInstalled() {
		return nil
	}
	cmd := command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = "js"
	r, err := run(cmd)
	if err == nil && r.code != 0 {
		err = errors.New("npm ci: " + strings.TrimSpace(r.stderr))
	}
	return err
})

// nodeIsNew checks for Node.js 20 or later: older ones do not run the SDK.
func nodeIsNew() error {
	const script = "process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)"
	if _, err := answers("node", "-e", script); err != nil {
		return errors.New("Node.js 20 or later is needed")
	}
	return nil
}

// isInstalled reports whether npm ci has run since the lock file changed.
func isInstalled() bool {
	lock, err := os.Stat(filepath.Join("js", "package-lock.json"))
	if err != nil {
		return false
	}
	done, err := os.Stat(filepath.Join("js", "node_modules", ".package-lock.json"))
	return err == nil && done.ModTime().After(lock.ModTime())
}

func TestClient_javascript(t *testing.T) {
	if err := npmInstall(); err != nil {
		missing(t, "the AWS SDK for JavaScript", err)
	}
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, script := range []string{"v3.mjs", "v2.mjs"} {
			t.Run(script, func(t *testing.T) { e.runJob(t, "js", "node", script) })
		}
	})
}
