package main

import (
	"strings"
	"testing"
)

// A variable that no command knows is not ignored.
func TestVariables_unknown(t *testing.T) {
	for name, part := range map[string]string{
		"CARILLON_LISTN":                           "nearest is CARILLON_LISTEN",
		"CARILLON_DATABSE":                         "nearest is CARILLON_DATABASE",
		"CARILLON_ROOT_SECRET_ACCESS_KEY_FILES":    "nearest is CARILLON_ROOT_SECRET_ACCESS_KEY_FILE",
		"CARILLON_CONFIG_FILE":                     "CARILLON_CONFIG_FILE",
		"CARILLON_HELP":                            "CARILLON_HELP",
		"CARILLON_PORT":                            "CARILLON_PORT",
		"CARILLON_":                                "nearest is CARILLON_",
		"CARILLON_listen":                          "CARILLON_LISTEN",
		"CARILLON_ROOT_SECRET_ACCESS_KEY_FILE_ENV": "nearest is",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, "8080")
			for _, args := range [][]string{{"version"}, {"serve", "--data", "/nonexistent/data"}, {"account", "list"}} {
				carillon(t, args...).want(t, strings.Join(args, " "), exitUsage, "carillon: ", name, part)
			}
			if r := carillon(t, "serve", "--help"); r.code != exitDone {
				t.Errorf("no help: %+v", r)
			}
		})
	}
}

// Settings of other commands are fine, and so is what is empty, what others
// have, and what Kubernetes sets because of a service that is called carillon.
func TestVariables_known(t *testing.T) {
	for name, value := range map[string]string{
		"CARILLON_LISTEN": "127.0.0.1:1", "CARILLON_ACCOUNT_ID": "x", "CARILLON_DATA_FILE": "/etc/hostname", "CARILLON_LISTN": "", "CARILLON_CONFIG": "",
		"carillon_listn": "x", "CARILLONS": "x",
		"CARILLON_SERVICE_HOST": "10.0.0.7", "CARILLON_SERVICE_PORT": "8018", "CARILLON_SERVICE_PORT_HTTP": "8018", "CARILLON_PORT": "tcp://10.0.0.7:8018",
		"CARILLON_PORT_8018_TCP": "tcp://10.0.0.7:8018", "CARILLON_PORT_8018_TCP_PROTO": "tcp", "CARILLON_PORT_8018_TCP_PORT": "8018",
		"CARILLON_PORT_8018_TCP_ADDR": "10.0.0.7", "CARILLON_METRICS_SERVICE_HOST": "10.0.0.8", "CARILLON_METRICS_PORT_8019_TCP": "tcp://10.0.0.8:8019",
	} {
		t.Setenv(name, value)
	}
	carillon(t, "version").want(t, "version", exitDone)
}

func TestConfigFile_unknownKey(t *testing.T) {
	for name, test := range map[string]struct{ text, part string }{
		"a.toml": {"listn = 'x'", `nearest is "listen"`},
		"b.yaml": {"log_levl: info", `nearest is "log-level"`},
		"c.toml": {"[serve]\nlisten = 'x'", `no command has a setting "serve"`},
		"d.yaml": {"config: x", `"config"`},
		"e.yaml": {"help: true", `"help"`},
		"f.toml": {"version = true", `"version"`},
		"g.toml": {"log-level = 'info'\nlog_level = 'warn'", "log-level is set twice"},
		"h.yaml": {"Listen: x", `nearest is "listen"`},
	} {
		for _, args := range [][]string{{"version"}, {"serve", "--data", "/nonexistent/data"}} {
			path := write(t, name, test.text)
			carillon(t, append(args, "--config", path)...).want(t, test.text, exitUsage, name, test.part)
		}
	}
}

// What is given must not be empty, wherever it is given.
func TestEmptyValues(t *testing.T) {
	for _, args := range [][]string{
		{"--database", ""},
		{"--database="},
		{"--listen", ""},
		{"--data", ""},
		{"--tls-cert", "", "--tls-key", ""},
		{"--root-access-key-id", "", "--root-secret-access-key", ""},
		{"--config", write(t, "a.toml", "database = ''")},
		{"--config", write(t, "b.yaml", "database:\n")},
		{"--config", write(t, "c.yaml", "root-access-key-id: ''\nroot-secret-access-key: ''\n")},
	} {
		data := t.TempDir()
		carillon(t, append([]string{"serve", "--listen", "127.0.0.1:port", "--data", data}, args...)...).want(t, strings.Join(args, " "), exitUsage, "empty")
	}
	carillon(t, "account", "create", "--name", "").want(t, "name", exitUsage, "--name is empty")
	carillon(t, "account", "create", "--name", "x", "--type=").want(t, "type", exitUsage, "--type is empty")
	carillon(t, "account", "create", "--name", "x", "--domain", "a.example", "--domain", "").want(t, "domain", exitUsage, "--domain is empty")
	carillon(t, "key", "list", "--user", "").want(t, "user", exitUsage, "--user is empty")
	t.Setenv("CARILLON_ROOT_SECRET_ACCESS_KEY_FILE", write(t, "secret", "\n"))
	carillon(t, "serve", "--root-access-key-id", "AKIAX").want(t, "secret", exitUsage, "empty")
}

// Empty variables are as if they were not set, also before a file.
func TestEmptyVariable(t *testing.T) {
	t.Setenv("CARILLON_LISTEN", "")
	t.Setenv("CARILLON_DATABASE", "")
	if got := listened(t, "serve", "--config", write(t, "c.toml", "listen = '127.0.0.1:port-file'")); got != "file" {
		t.Errorf("the value is from %s", got)
	}
}

func TestHelp_defaults(t *testing.T) {
	help := strings.Join(strings.Fields(carillon(t, "serve", "--help").out), " ")
	for _, part := range []string{
		"default 127.0.0.1:8018 ($CARILLON_LISTEN)", "default 000000000000 ($", "default 127.0.0.1:8019 if it is free", "--quota-rooms=1500",
		`--fidelity="documented"`, "default " + defaultData() + " (",
	} {
		if !strings.Contains(help, part) {
			t.Errorf("the help lacks %q: %s", part, help)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"listn", "listen", 1}, {"kitten", "sitting", 3}, {"abc", "abc", 0}, {"ab", "ba", 2},
	} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("%q, %q: got %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
