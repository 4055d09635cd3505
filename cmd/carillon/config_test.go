package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// listened returns the value of --listen that counts. The port is never valid,
// so that the server fails and says where it could not listen.
func listened(t *testing.T, args ...string) string {
	t.Helper()
	r := carillon(t, append(args, "--data", t.TempDir())...)
	if r.code != exitUsage {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	for _, source := range []string{"flag", "env", "file", "default"} {
		if strings.Contains(r.err, "port-"+source) {
			return source
		}
	}
	return r.err
}

func TestPrecedence(t *testing.T) {
	toml, yaml := write(t, "c.toml", `listen = "127.0.0.1:port-file"`), write(t, "c.yaml", "listen: 127.0.0.1:port-file\n")
	for _, test := range []struct {
		name, env string
		args      []string
		want      string
	}{
		{"TOML", "", []string{"--config", toml, "serve"}, "file"},
		{"YAML", "", []string{"--config", yaml, "serve"}, "file"},
		{"after the command", "", []string{"serve", "--config", toml}, "file"},
		{"environment over file", "127.0.0.1:port-env", []string{"--config", toml, "serve"}, "env"},
		{"environment", "127.0.0.1:port-env", []string{"serve"}, "env"},
		{"flag over environment", "127.0.0.1:port-env", []string{"serve", "--listen", "127.0.0.1:port-flag"}, "flag"},
		{"flag over all", "127.0.0.1:port-env", []string{"--config", yaml, "serve", "--listen=127.0.0.1:port-flag"}, "flag"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.env != "" {
				t.Setenv("CARILLON_LISTEN", test.env)
			}
			if got := listened(t, test.args...); got != test.want {
				t.Errorf("the value is from %s, want %s", got, test.want)
			}
		})
	}
}

func TestPrecedence_configFromEnvironment(t *testing.T) {
	t.Setenv("CARILLON_CONFIG", write(t, "c.yml", "listen: 127.0.0.1:port-file\n"))
	if got := listened(t, "serve"); got != "file" {
		t.Errorf("the value is from %s", got)
	}
}

func TestPrecedence_default(t *testing.T) {
	taken(t, "127.0.0.1:8018")
	carillon(t, "serve", "--data", t.TempDir()).want(t, "default address", exitFailed, "127.0.0.1:8018")
}

// Every kind of setting can come from a file, with dashes or underscores; the
// port that is not valid shows that all of them were understood.
func TestConfigFile_kinds(t *testing.T) {
	for name, text := range map[string]string{
		"a.toml": "listen = '127.0.0.1:port-file'\nthrottle-rps = 2.5\nthrottle-burst = 7\nlog-level = 'warn'\naws-account-id = '111122223333'\nmetrics-listen = ''\n",
		"b.toml": "listen = '127.0.0.1:port-file'\nthrottle_rps = 2\nthrottle_burst = 7\nlog_level = 'warn'\naws_account_id = '111122223333'\n",
		"c.yaml": "listen: 127.0.0.1:port-file\nthrottle-rps: 2.5\nthrottle-burst: 7\nlog-level: warn\naws-account-id: '111122223333'\nmetrics-listen: ''\n",
		"d.yml":  "listen: 127.0.0.1:port-file\nthrottle_rps: 2\nthrottle_burst: 7\nfidelity: observed\naws_account_id: 111122223333\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got := listened(t, "serve", "--config", write(t, name, text)); got != "file" {
				t.Errorf("the value is from %s", got)
			}
		})
	}
}

// What a file says is checked as what a flag says.
func TestConfigFile_refused(t *testing.T) {
	for _, test := range []struct{ name, text, part string }{
		{"a.toml", "aws-account-id = '12'", "12 digits"},
		{"a.yaml", "aws-account-id: 12", "12 digits"},
		{"b.yaml", "fidelity: low", "fidelity"},
		{"c.toml", "throttle-rps = 'many'", "throttle-rps"},
		{"n.toml", "throttle-rps = nan", "throttle-rps"},
		{"m.toml", "throttle-burst = -1", "throttle-burst"},
		{"q.yaml", "quota-bots: -1", "negative"},
		{"s.yaml", "startup-timeout: -1s", "startup-timeout"},
		{"d.toml", "listen = ", "carillon: /"},
		{"e.yaml", "listen: [", "e.yaml"},
		{"f.json", "{}", ".toml"},
		{"noextension", "", ".toml"},
	} {
		r := carillon(t, "serve", "--data", t.TempDir(), "--config", write(t, test.name, test.text))
		r.want(t, test.name, exitUsage, test.part)
	}
}

// A flag of one command may be in a file that serves another one as well.
func TestConfigFile_shared(t *testing.T) {
	config := write(t, "c.toml", "data = '/nonexistent'\nlisten = 'x'\n")
	carillon(t, "env", "--config", config).want(t, "env", exitFailed, "/nonexistent")
	if r := carillon(t, "version", "--config", config); r.code != exitDone {
		t.Errorf("version: %+v", r)
	}
}

func TestDataDirectory(t *testing.T) {
	home, xdg := os.Getenv("HOME"), t.TempDir()
	for _, test := range []struct{ xdg, env, flag, want string }{
		{"", "", "", filepath.Join(home, ".local/share/carillon")},
		{xdg, "", "", filepath.Join(xdg, "carillon")},
		{"relative", "", "", filepath.Join(home, ".local/share/carillon")}, // as the XDG specification has it
		{xdg, "/nonexistent/env", "", "/nonexistent/env"},
		{xdg, "/nonexistent/env", "/nonexistent/flag", "/nonexistent/flag"},
	} {
		t.Run(test.want, func(t *testing.T) {
			t.Setenv("XDG_DATA_HOME", test.xdg)
			args := []string{"env"}
			if test.env != "" {
				t.Setenv("CARILLON_DATA", test.env)
			}
			if test.flag != "" {
				args = append(args, "--data", test.flag)
			}
			carillon(t, args...).want(t, "env", exitFailed, "no server has been started", test.want)
		})
	}
}

// Secrets can come from files, less readily than from flag and environment.
// They are not copied from there.
func TestSecretFile(t *testing.T) {
	secret := write(t, "secret", "a secret from file\n")
	for _, test := range []struct {
		name, env string
		args      []string
		want      string
		copied    bool
	}{
		{"file", "", nil, "a secret from file", false},
		{"environment over file", "a secret from env", nil, "a secret from env", true},
		{"flag over all", "a secret from env", []string{"--root-secret-access-key", "a secret from flag"}, "a secret from flag", true},
		{"over the configuration", "", []string{"--config", write(t, "c.toml", "root-secret-access-key = 'a secret from config'")}, "a secret from file", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("CARILLON_ROOT_ACCESS_KEY_ID", "AKIAX")
			t.Setenv("CARILLON_ROOT_SECRET_ACCESS_KEY_FILE", secret)
			if test.env != "" {
				t.Setenv("CARILLON_ROOT_SECRET_ACCESS_KEY", test.env)
			}
			s := serve(t, t.TempDir(), append(test.args, noMetrics)...)
			if got := s.keyFile; got.SecretAccessKey != test.want || got.AccessKeyID != "AKIAX" {
				t.Errorf("the root key is %+v, want the secret %q", got, test.want)
			}
			if strings.Contains(s.err.String(), test.want) {
				t.Errorf("the secret is shown: %s", s.err)
			}
			if copied := strings.Contains(readFile(t, filepath.Join(s.data, keyFileName)), test.want); copied != test.copied {
				t.Errorf("the secret is copied: %v", copied)
			}
		})
	}
}

func TestSecretFile_missing(t *testing.T) {
	t.Setenv("CARILLON_ROOT_ACCESS_KEY_ID", "AKIAX")
	t.Setenv("CARILLON_ROOT_SECRET_ACCESS_KEY_FILE", "/nonexistent/secret")
	r := carillon(t, "serve", "--data", t.TempDir())
	if r.code == exitDone || !strings.Contains(r.err, "/nonexistent/secret") {
		t.Errorf("got %+v", r)
	}
}
