package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// exampleBlock matches an example of docs/testing.md with the name of its file.
var exampleBlock = regexp.MustCompile("(?s)```\\w+ (\\S+)\n(.*?)```\n")

// writeExample writes an example of docs/testing.md into a new directory, and
// returns that.
func writeExample(t *testing.T, name string) (dir string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "testing.md"))
	succeed(t, err)
	for _, m := range exampleBlock.FindAllStringSubmatch(string(text), -1) {
		if m[1] == name {
			dir = t.TempDir()
			succeed(t, os.WriteFile(filepath.Join(dir, name), []byte(m[2]), 0o600))
			return dir
		}
	}
	t.Fatalf("docs/testing.md has no example %s", name)
	return ""
}

// withCarillon is an environment in which the program under test is carillon.
func withCarillon(t *testing.T, more ...string) []string {
	t.Helper()
	dir := t.TempDir()
	succeed(t, os.Symlink(suite.binary, filepath.Join(dir, "carillon")))
	return cleanEnv(t.TempDir(), append(more, "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))...)
}

// runExample runs a command by carillon exec in a directory; it must succeed.
func runExample(t *testing.T, dir string, env []string, args ...string) {
	t.Helper()
	cmd := command(suite.binary, append([]string{"exec", "--"}, args...)...)
	cmd.Dir, cmd.Env = dir, env
	r, err := run(cmd)
	succeed(t, err)
	if r.code != 0 {
		t.Errorf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

func TestExample_pytest(t *testing.T) {
	t.Parallel()
	startsServers(t)
	found := pythons("boto3, pytest", "boto3.__version__")
	if len(found) == 0 {
		missing(t, "pytest", "no python3 has it together with boto3")
	}
	for version, python := range found {
		t.Run(version, func(t *testing.T) {
			runExample(t, writeExample(t, "test_onboarding.py"), withCarillon(t), python, "-m", "pytest", "-q", "-p", "no:cacheprovider")
		})
	}
}

func TestExample_node(t *testing.T) {
	t.Parallel()
	startsServers(t)
	if err := npmInstall(); err != nil {
		missing(t, "the AWS SDK for JavaScript", err)
	}
	dir := writeExample(t, "onboarding.test.mjs")
	modules, err := filepath.Abs(filepath.Join("js", "node_modules"))
	succeed(t, err)
	succeed(t, os.Symlink(modules, filepath.Join(dir, "node_modules")))
	runExample(t, dir, withCarillon(t), "node", "--test", "onboarding.test.mjs")
}

// The example in Go is a package of this module for the time of the test.
func TestExample_go(t *testing.T) {
	t.Parallel()
	startsServers(t)
	const name = "onboarding_test.go"
	text, err := os.ReadFile(filepath.Join(writeExample(t, name), name))
	succeed(t, err)
	dir, err := os.MkdirTemp("testdata", "example-")
	succeed(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	succeed(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	var caches []string
	for _, variable := range []string{"GOCACHE", "GOMODCACHE"} {
		value, err := answers("go", "env", variable)
		succeed(t, err)
		caches = append(caches, variable+"="+value)
	}
	runExample(t, dir, withCarillon(t, caches...), "go", "test", "-count=1", ".")
}

func TestExample_shell(t *testing.T) {
	t.Parallel()
	startsServers(t)
	runExample(t, writeExample(t, "onboarding.sh"), withCarillon(t), "sh", "onboarding.sh")
}
