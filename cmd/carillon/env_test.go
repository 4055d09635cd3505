package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A POSIX shell that evaluates the lines gets exactly the values.
func TestEnv_shell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	for _, secret := range []string{
		"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "it's", `a"b`, "$(id)", "`id`", `back\slash`, "a b", "~", "#x", "!!", "*", "a;b", "a\nb", "é", "'", "=",
	} {
		data := t.TempDir()
		k := &keyFile{AccessKeyID: "AKIA", SecretAccessKey: secret, EndpointURL: "http://127.0.0.1:8018"}
		if err := k.write(data); err != nil {
			t.Fatal(err)
		}
		r := carillon(t, "env", "--data", data)
		if r.code != exitDone || r.err != "" {
			t.Fatalf("%+v", r)
		}
		script := `eval "$1"; printf '%s|%s|%s|%s|%s' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_REGION" "$AWS_DEFAULT_REGION" "$AWS_ENDPOINT_URL_CHIME"`
		cmd := exec.Command(sh, "-c", script, "sh", r.out)
		cmd.Env = []string{}
		got, err := cmd.CombinedOutput()
		if want := "AKIA|" + secret + "|us-east-1|us-east-1|http://127.0.0.1:8018"; err != nil || string(got) != want {
			t.Errorf("%q: got %s, %v, want %s", secret, got, err, want)
		}
	}
}

// Every line is an export, so that programs can read them too.
func TestEnv_lines(t *testing.T) {
	data := t.TempDir()
	k := &keyFile{AccessKeyID: "AKIA", SecretAccessKey: "s", EndpointURL: "http://127.0.0.1:8018"}
	if err := k.write(data); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(carillon(t, "env", "--data", data).out) {
		if !strings.HasPrefix(line, "export AWS_") {
			t.Errorf("line %q", line)
		}
	}
}

func TestEnv_noServer(t *testing.T) {
	carillon(t, "env", "--data", t.TempDir()).want(t, "empty directory", exitFailed, "no server has been started")
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, keyFileName), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	carillon(t, "env", "--data", damaged).want(t, "damaged file", exitFailed, keyFileName)
}

func TestKeyFile_notWritable(t *testing.T) {
	k := &keyFile{AccessKeyID: "AKIA"}
	if err := k.write(filepath.Join(write(t, "file", ""), "data")); err == nil {
		t.Error("written below a file")
	}
	occupied := t.TempDir()
	if err := os.MkdirAll(filepath.Join(occupied, keyFileName, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := k.write(occupied); err == nil {
		t.Error("written over a directory")
	}
	if files, err := filepath.Glob(filepath.Join(occupied, keyFileName+".*")); err != nil || len(files) > 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

func TestShellQuote(t *testing.T) {
	for given, want := range map[string]string{
		"": "''", "a": "a", "http://127.0.0.1:8018": "http://127.0.0.1:8018", "a b": "'a b'", "it's": `'it'\''s'`, "$x": "'$x'", "~/x": "'~/x'", "é": "'é'",
	} {
		if got := shellQuote(given); got != want {
			t.Errorf("%q: got %s, want %s", given, got, want)
		}
	}
}
