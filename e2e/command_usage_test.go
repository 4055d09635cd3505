package e2e

import (
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestCommandVersion(t *testing.T) {
	t.Parallel()
	env := cleanEnv(t.TempDir())
	out := parseJSON[map[string]string](t, carillonIn(t, env, "version").succeeded(t))
	equal(t, "members", slices.Sorted(maps.Keys(out)), []string{"Commit", "GoVersion", "Version"})
	if !strings.HasPrefix(out["GoVersion"], "go1.") {
		t.Errorf("GoVersion is %q; the test runs with %s", out["GoVersion"], runtime.Version())
	}
	table := carillonIn(t, env, "version", "--output", "table").succeeded(t)
	if strings.Count(table, "\n") != 2 || !strings.Contains(table, out["GoVersion"]) {
		t.Errorf("the table is %q", table)
	}
}

func TestCommandUsage_help(t *testing.T) {
	t.Parallel()
	env := cleanEnv(t.TempDir())
	for _, command := range []string{"", "serve", "env", "account create", "domain add", "key create", "version"} {
		help := carillonIn(t, env, append(strings.Fields(command), "--help")...).succeeded(t)
		if !strings.Contains(help, "Usage: carillon "+command) {
			t.Errorf("carillon %s --help prints %q", command, help)
		}
	}
}

func TestCommandUsage_wrong(t *testing.T) {
	t.Parallel()
	const id = unknownID
	env := cleanEnv(t.TempDir())
	for line, word := range map[string]string{
		"":                             "expected one of",
		"dance":                        "dance",
		"serve --dance":                "--dance",
		"serve now":                    "now",
		"serve --fidelity real":        "--fidelity",
		"serve --aws-account-id 12":    "--aws-account-id",
		"serve --throttle-style soft":  "--throttle-style",
		"serve --throttle-rps -1":      "--throttle-rps",
		"serve --throttle-rps many":    "--throttle-rps",
		"serve --root-access-key-id A": "--root-secret-access-key",
		"serve --root-access-key-id A --root-secret-access-key short":          "16 characters",
		"serve --root-access-key-id A/B --root-secret-access-key long-enough-": "access key id",
		"serve --database=":                    "--database is empty",
		"serve --tls-cert cert.pem":            "--tls-key",
		"account":                              "expected",
		"account create":                       "--name",
		"account create --name x --type Guild": "--type",
		"account list --output yaml":           "--output",
		"domain add --account-id " + id:        "domain",
		"domain add x.example":                 "--account-id",
		"domain add x.example --domain y.example --account-id " + id: "domain",
		"key create":                     "--user",
		"key disable":                    "access key id",
		"key delete A --access-key-id B": "access key id",
		"env --config missing.toml":      "missing.toml",
	} {
		t.Run(line, func(t *testing.T) {
			carillonIn(t, env, strings.Fields(line)...).failed(t, exitUsage, word)
		})
	}
}

// What would be ignored is wrong usage, and the nearest setting is named.
func TestCommandUsage_unknown_settings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		variable, file string
		words          []string
	}{
		{"CARILLON_LISTN=127.0.0.1:0", "", []string{"CARILLON_LISTN", "CARILLON_LISTEN"}},
		{"CARILLON_ROOT_SECRET_FILE=x", "", []string{"CARILLON_ROOT_SECRET_FILE"}},
		{"", "listn = '127.0.0.1:0'", []string{"c.toml", `"listn"`, `"listen"`}},
		{"", "database = ''", []string{"database", "empty"}},
	} {
		for _, command := range []string{"serve", "version"} {
			args := []string{command}
			if tt.file != "" {
				args = append(args, "--config", write(t, "c.toml", tt.file))
			}
			carillonIn(t, cleanEnv(t.TempDir(), tt.variable), args...).failed(t, exitUsage, tt.words...)
		}
	}
}

func TestCommandUsage_empty_variable(t *testing.T) {
	t.Parallel()
	s := startWith(t, []string{"CARILLON_LISTEN=", "CARILLON_DATABASE=", "CARILLON_LISTN="})
	newCaller(s.endpoint, s.keys).works(t, true)
}
