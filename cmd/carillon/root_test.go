package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const givenSecret = "a secret of 16 or more"

// good checks whether a key is accepted by a server.
func (s *serving) good(key *keyFile, want bool) {
	s.Helper()
	s.Setenv("AWS_ACCESS_KEY_ID", key.AccessKeyID)
	s.Setenv("AWS_SECRET_ACCESS_KEY", key.SecretAccessKey)
	s.Setenv("AWS_ENDPOINT_URL_CHIME", s.keyFile.EndpointURL)
	if r := carillon(s.T, "account", "list"); (r.code == exitDone) != want {
		s.Errorf("the key %s is accepted: %v; %s", key.AccessKeyID, !want, r.err)
	}
}

// rotated runs carillon root rotate and returns the key that it prints.
func rotated(t *testing.T, args ...string) *keyFile {
	t.Helper()
	var out keyOutput
	carillon(t, append([]string{"root", "rotate"}, args...)...).decode(t, &out)
	return &keyFile{AccessKeyID: out.AccessKeyId, SecretAccessKey: out.SecretAccessKey}
}

// The running server is asked, by its address or by its data directory.
func TestRootRotate_server(t *testing.T) {
	s := serve(t, t.TempDir(), noMetrics)
	s.use()
	for _, args := range [][]string{nil, {"--data", s.data}} {
		old := s.now()
		fresh := rotated(t, args...)
		s.good(old, false)
		s.good(fresh, true)
		if k := s.now(); k.AccessKeyID != old.AccessKeyID || k.SecretAccessKey != fresh.SecretAccessKey || k.EndpointURL != old.EndpointURL {
			t.Errorf("carillon env knows %+v, want %+v", k, fresh)
		}
	}
	if r := carillon(t, "root", "rotate", "--output", "table"); r.code != exitDone || !strings.HasPrefix(r.out, "AccessKeyId") {
		t.Errorf("got %+v", r)
	}
}

// Without a server the database is opened.
func TestRootRotate_data(t *testing.T) {
	s := serve(t, t.TempDir(), noMetrics)
	old := *s.keyFile
	s.end()
	fresh := rotated(t, "--data", s.data)
	if k := s.now(); k.SecretAccessKey != fresh.SecretAccessKey || k.EndpointURL != old.EndpointURL {
		t.Errorf("carillon env knows %+v", k)
	}
	next := serve(t, s.data, noMetrics)
	next.good(&old, false)
	next.good(fresh, true)
}

func TestRootRotate_refused(t *testing.T) {
	empty := t.TempDir()
	carillon(t, "root", "rotate", "--data", empty).want(t, "no database", exitFailed, "no database", empty)
	if files, err := os.ReadDir(empty); err != nil || len(files) > 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
	carillon(t, "root", "rotate", "--database", "mysql://h/d").want(t, "unknown database", exitFailed, "postgres://")
	s := serve(t, t.TempDir(), noMetrics, "--root-access-key-id", "AKIAGIVEN", "--root-secret-access-key", givenSecret)
	s.use()
	carillon(t, "root", "rotate").want(t, "a key of the settings", exitFailed, "BadRequestException", "settings")
	s.good(s.keyFile, true)
	var alice keyOutput
	carillon(t, "key", "create", "--user", "alice").decode(t, &alice)
	t.Setenv("AWS_ACCESS_KEY_ID", alice.AccessKeyId)
	t.Setenv("AWS_SECRET_ACCESS_KEY", alice.SecretAccessKey)
	carillon(t, "root", "rotate").want(t, "not the root key", exitFailed, "ForbiddenException")
	carillon(t, "root", "rotate", "--endpoint-url", "http://127.0.0.1:1").want(t, "nobody there", exitFailed, "--data")
}

// A key of the settings replaces the generated one for good, and a later start
// without it keeps it.
func TestServe_givenRootKey(t *testing.T) {
	first := serve(t, t.TempDir(), noMetrics)
	generated := *first.keyFile
	first.end()
	given := &keyFile{AccessKeyID: "AKIAGIVEN", SecretAccessKey: givenSecret}
	for _, args := range [][]string{{"--root-access-key-id", given.AccessKeyID, "--root-secret-access-key", givenSecret}, nil, nil} {
		s := serve(t, first.data, append(args, noMetrics)...)
		s.good(&generated, false)
		s.good(given, true)
		if k := s.now(); k.SecretAccessKey != givenSecret {
			t.Errorf("carillon env knows %+v", k)
		}
		s.end()
	}
}

// A secret in a file of the operator's stays there: carillon env reads it, also
// after a start without it.
func TestServe_secretStaysInFile(t *testing.T) {
	secret := write(t, "secret", givenSecret+"\n")
	config := write(t, "c.yaml", "root_access_key_id: AKIAGIVEN\nroot_secret_access_key: "+givenSecret+"\n")
	for name, test := range map[string]struct {
		variable string
		args     []string
		source   string
	}{
		"file": {secret, []string{"--root-access-key-id", "AKIAGIVEN"}, secret}, "configuration": {"", []string{"--config", config}, config},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("CARILLON_ROOT_SECRET_ACCESS_KEY_FILE", test.variable)
			data := t.TempDir()
			for _, args := range [][]string{test.args, nil} {
				s := serve(t, data, append(args, noMetrics)...)
				s.good(&keyFile{AccessKeyID: "AKIAGIVEN", SecretAccessKey: givenSecret}, true)
				if text := readFile(t, filepath.Join(data, keyFileName)); strings.Contains(text, givenSecret) || !strings.Contains(text, test.source) {
					t.Errorf("the key file holds %s", text)
				}
				if r := carillon(t, "env", "--data", data); !strings.Contains(r.out, shellQuote(givenSecret)) {
					t.Errorf("env: %+v", r)
				}
				s.end()
				t.Setenv("CARILLON_ROOT_SECRET_ACCESS_KEY_FILE", "")
			}
			if err := os.Remove(filepath.Join(data, keyFileName)); err != nil {
				t.Fatal(err)
			}
			wantNoSecret(t, data)
		})
	}
}

// wantNoSecret starts a server that has the secret from an earlier start only,
// where no key file is: it does not write it down.
func wantNoSecret(t *testing.T, data string) {
	t.Helper()
	s := launch(t, data, noMetrics)
	carillon(t, "env", "--data", data).want(t, "env", exitFailed, "AKIAGIVEN", "AWS_SECRET_ACCESS_KEY")
	s.end()
}
