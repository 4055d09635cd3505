package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// beMain makes the test program the real one; see process_test.go.
const beMain = "TEST_BE_CARILLON"

// The tests must not see the environment of who runs them.
func TestMain(m *testing.M) {
	if os.Getenv(beMain) != "" {
		main()
	}
	os.Exit(alone(m))
}

func alone(m *testing.M) int {
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "CARILLON_") || name == "XDG_DATA_HOME" {
			os.Unsetenv(name)
		}
	}
	home, err := os.MkdirTemp("", "carillon-home-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(home)
	os.Setenv("HOME", home)
	return m.Run()
}

// buffer is a stream that a server writes while the test reads it.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// result is how a command ended.
type result struct {
	code     int
	out, err string
}

// carillon runs one command line.
func carillon(t *testing.T, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var out, err buffer
	code := run(ctx, args, streams{&out, &err})
	return result{code, out.String(), err.String()}
}

// want checks the exit code and that the error stream has all parts.
func (r result) want(t *testing.T, what string, code int, parts ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("%s: exit code %d, want %d\nout: %s\nerr: %s", what, r.code, code, r.out, r.err)
	}
	for _, part := range parts {
		if !strings.Contains(r.err, part) {
			t.Errorf("%s: the errors lack %q: %s", what, part, r.err)
		}
	}
	if code == exitFailed && r.out != "" {
		t.Errorf("%s: fails, but prints a result: %s", what, r.out)
	}
}

// decode reads the JSON object that a command printed.
func (r result) decode(t *testing.T, v any) {
	t.Helper()
	if r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	if err := json.Unmarshal([]byte(r.out), v); err != nil {
		t.Fatalf("%v in %s", err, r.out)
	}
}

// serving is a running carillon serve.
type serving struct {
	*testing.T
	data    string
	err     *buffer
	stop    context.CancelFunc
	ended   chan int
	keyFile *keyFile
}

// serve starts a server on a free port with a data directory, and waits until
// its banner is out.
func serve(t *testing.T, data string, args ...string) *serving {
	t.Helper()
	s := launch(t, data, args...)
	s.keyFile = s.now()
	return s
}

// now returns what carillon env knows now.
func (s *serving) now() *keyFile {
	s.Helper()
	k, err := readKeyFile(s.data)
	if err != nil {
		s.Fatal(err)
	}
	return k
}

// launch is serve, whatever carillon env knows.
func launch(t *testing.T, data string, args ...string) *serving {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	s := &serving{T: t, data: data, err: new(buffer), stop: stop, ended: make(chan int, 1)}
	args = append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data}, args...)
	go func() { s.ended <- run(ctx, args, streams{new(buffer), s.err}) }()
	t.Cleanup(func() { s.end() })
	s.await("Try: aws chime create-account")
	return s
}

// await waits for a text on the error stream.
func (s *serving) await(text string) {
	s.Helper()
	for end := time.Now().Add(20 * time.Second); !strings.Contains(s.err.String(), text); time.Sleep(2 * time.Millisecond) {
		if len(s.ended) > 0 || time.Now().After(end) {
			s.Fatalf("the server did not say %q: %s", text, s.err)
		}
	}
}

// end stops the server, once, and returns its exit code.
func (s *serving) end() int {
	s.stop()
	code := <-s.ended
	s.ended <- code
	return code
}

// use makes the client commands talk to the server.
func (s *serving) use() {
	s.Setenv("AWS_ACCESS_KEY_ID", s.keyFile.AccessKeyID)
	s.Setenv("AWS_SECRET_ACCESS_KEY", s.keyFile.SecretAccessKey)
	s.Setenv("AWS_ENDPOINT_URL_CHIME", s.keyFile.EndpointURL)
}

// noMetrics keeps a server off the address that another one may have.
const noMetrics = "--metrics-listen="

// write makes a file and returns its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// taken returns an address at which somebody listens.
func taken(t *testing.T, addr string) string {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return addr // somebody else does
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{
		{},
		{"fly"},
		{"serve", "--fly"},
		{"serve", "extra"},
		{"account"},
		{"account", "create"},
		{"account", "create", "--name", "x", "--type", "Robot"},
		{"account", "create", "--name"},
		{"domain", "add", "--account-id", "a"},
		{"domain", "add", "a.example", "--domain", "b.example", "--account-id", "a"},
		{"domain", "add", "a.example"},
		{"key", "create"},
		{"key", "rotate"},
		{"copy", "--from", "a", "--to", "a"},
		{"copy", "--from", "a", "--to", "mysql://h/d"},
		{"copy", "--from", "postgress://h/d", "--to", "a"},
		{"key", "disable"},
		{"key", "disable", "A", "--access-key-id", "B"},
		{"version", "--output", "xml"},
		{"--config", "/nonexistent.toml", "version"},
	} {
		r := carillon(t, args...)
		r.want(t, strings.Join(args, " "), exitUsage, "carillon: ")
	}
}

// What is no file is never replaced by one: as root that would end a device.
func TestBackup_noFile(t *testing.T) {
	carillon(t, "backup", os.DevNull).want(t, "a device", exitFailed, "is no file")
	carillon(t, "backup", t.TempDir()).want(t, "a directory", exitFailed, "is no file")
}

// Standard output is for results: a script that goes wrong must not read the
// usage from it.
func TestUsage_stream(t *testing.T) {
	for _, args := range [][]string{{}, {"fly"}, {"account", "create"}, {"serve", "--aws-account-id", "1"}} {
		if r := carillon(t, args...); r.out != "" || !strings.Contains(r.err, "Usage: carillon") {
			first, _, _ := strings.Cut(r.out, "\n")
			t.Errorf("%v: standard output begins with %q; errors: %s", args, first, r.err)
		}
	}
}

func TestUsage_serve(t *testing.T) {
	for _, test := range []struct {
		args []string
		part string
	}{
		{[]string{"--aws-account-id", "1234"}, "12 digits"},
		{[]string{"--aws-account-id", "11112222333x"}, "12 digits"},
		{[]string{"--aws-account-id", "1111222233334"}, "12 digits"},
		{[]string{"--root-access-key-id", "AKIA"}, "--root-secret-access-key"},
		{[]string{"--root-secret-access-key", "s"}, "--root-access-key-id"},
		{[]string{"--root-access-key-id", "AKIA/X", "--root-secret-access-key", "sixteen letters!"}, "root access key id"},
		{[]string{"--root-access-key-id", "AKIA", "--root-secret-access-key", "fifteen letters"}, "16 characters"},
		{[]string{"--tls-cert", "c.pem"}, "--tls-key"},
		{[]string{"--tls-key", "k.pem"}, "--tls-cert"},
		{[]string{"--throttle-rps", "-1"}, "--throttle-rps"},
		{[]string{"--throttle-rps", "many"}, "throttle-rps"},
		{[]string{"--throttle-burst", "-1"}, "--throttle-burst"},
		{[]string{"--throttle-style", "rude"}, "throttle-style"},
		{[]string{"--fidelity", "low"}, "fidelity"},
		{[]string{"--log-level", "loud"}, "log-level"},
		{[]string{"--log-format", "xml"}, "log-format"},
		{[]string{"--trusted-proxies", "10.0.0.0/8,everybody"}, "trusted-proxies"},
		{[]string{"--listen", "localhost"}, "--listen"},
		{[]string{"--listen", "127.0.0.1:65536"}, "--listen"},
		{[]string{"--metrics-listen", "8019"}, "--metrics-listen"},
		{[]string{"--public-url", "chime.example"}, "--public-url"},
		{[]string{"--dial-out-url", "https:///calls"}, "--dial-out-url"},
		{[]string{"--lambda-invoke-url", "ftp://lambda.example"}, "--lambda-invoke-url"},
	} {
		r := carillon(t, append([]string{"serve", "--data", t.TempDir()}, test.args...)...)
		r.want(t, strings.Join(test.args, " "), exitUsage, test.part)
	}
}

func TestHelp(t *testing.T) {
	for _, test := range []struct {
		args []string
		part string
	}{
		{[]string{"--help"}, "serve"},
		{[]string{"serve", "--help"}, "--throttle-style"},
		{[]string{"account", "create", "--help"}, "--domain"},
		{[]string{"key", "create", "-h"}, "--user"},
		{[]string{"key", "rotate", "-h"}, "--after"},
	} {
		r := carillon(t, test.args...)
		if r.code != exitDone || r.err != "" || !strings.Contains(r.out, test.part) {
			t.Errorf("%v: exit code %d, lacks %q\nout: %s\nerr: %s", test.args, r.code, test.part, r.out, r.err)
		}
	}
}

var flagName = regexp.MustCompile(`--([a-z][a-z-]+)`)

// Every flag has the variable that its name stands for.
func TestHelp_variables(t *testing.T) {
	for _, command := range []string{"serve", "env", "migrate"} {
		help := strings.Join(strings.Fields(carillon(t, command, "--help").out), " ")
		for _, flag := range flagName.FindAllStringSubmatch(help, -1) {
			variable := "($CARILLON_" + strings.ToUpper(strings.ReplaceAll(flag[1], "-", "_")) + ")"
			if flag[1] != "help" && flag[1] != "version" && !strings.Contains(help, variable) {
				t.Errorf("%s: --%s has no %s", command, flag[1], variable)
			}
		}
	}
}

func TestVersion(t *testing.T) {
	var v struct{ Version, Commit, GoVersion string }
	carillon(t, "version").decode(t, &v)
	if v.Version != version || v.Commit == "" || !strings.HasPrefix(v.GoVersion, "go1") {
		t.Errorf("got %+v", v)
	}
	if flag := carillon(t, "--version"); flag != carillon(t, "version") {
		t.Errorf("--version: %+v", flag)
	}
	table := carillon(t, "version", "--output", "table")
	if lines := strings.Split(table.out, "\n"); !strings.HasPrefix(lines[0], "Commit") || len(lines) != 3 {
		t.Errorf("table: %s", table.out)
	}
}
