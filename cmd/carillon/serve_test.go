package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestServe_banner(t *testing.T) {
	data := filepath.Join(t.TempDir(), "it's here")
	s := serve(t, data, noMetrics)
	lines := strings.Split(s.err.String(), "\n")
	for i, want := range []string{
		`^Carillon \S+ serves the Amazon Chime API at http://127\.0\.0\.1:\d+$`,
		`^Data: ` + regexp.QuoteMeta(data) + `$`,
		`^Credentials: eval "\$\(carillon env --data '` + regexp.QuoteMeta(strings.ReplaceAll(data, "'", `'\''`)) + `'\)"$`,
		`^Try: aws chime create-account --name Demo$`,
	} {
		if !regexp.MustCompile(want).MatchString(lines[i]) {
			t.Errorf("line %d of the banner is %q, want %s", i+1, lines[i], want)
		}
	}
	if strings.Contains(s.err.String(), s.keyFile.SecretAccessKey) {
		t.Error("the secret shows although this is no terminal")
	}
	if code := s.end(); code != exitDone {
		t.Errorf("exit code %d: %s", code, s.err)
	}
}

// stuck is a stream that nobody reads any more.
type stuck struct{ end <-chan struct{} }

func (s stuck) Write([]byte) (int, error) {
	<-s.end
	return 0, io.ErrClosedPipe
}

// The banner too waits for nobody: a server that starts again finds the pipe of
// its log as full as it left it.
func TestServe_bannerUnread(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	data, ended := t.TempDir(), make(chan int, 1)
	args := []string{"serve", "--listen", "127.0.0.1:0", "--data", data, noMetrics}
	go func() { ended <- run(ctx, args, streams{io.Discard, stuck{t.Context().Done()}}) }()
	k, err := readKeyFile(data)
	for end := time.Now().Add(20 * time.Second); err != nil && time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		k, err = readKeyFile(data)
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := (&http.Client{Timeout: 10 * time.Second}).Get(k.EndpointURL + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	stop()
	select {
	case code := <-ended:
		if r.StatusCode != http.StatusOK || code != exitDone {
			t.Errorf("ready %d, exit code %d", r.StatusCode, code)
		}
	case <-time.After(20 * time.Second):
		t.Error("it does not end")
	}
}

// With the default data directory the banner's command needs no flag.
func TestServe_defaultData(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	s := serve(t, defaultData(), noMetrics)
	if !strings.Contains(s.err.String(), `eval "$(carillon env)"`) {
		t.Errorf("the banner: %s", s.err)
	}
	if r := carillon(t, "env"); r.code != exitDone || !strings.Contains(r.out, s.keyFile.SecretAccessKey) {
		t.Errorf("env: %+v", r)
	}
}

func TestServe_files(t *testing.T) {
	data := filepath.Join(t.TempDir(), "a", "b")
	s := serve(t, data, noMetrics)
	for path, want := range map[string]os.FileMode{
		data: 0o700, filepath.Join(data, keyFileName): 0o600, filepath.Join(data, "carillon.db"): 0o600,
	} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want %v", filepath.Base(path), info.Mode(), err, want)
		}
	}
	first := *s.keyFile
	s.end()
	again := serve(t, data, noMetrics)
	if again.keyFile.AccessKeyID != first.AccessKeyID || again.keyFile.SecretAccessKey != first.SecretAccessKey || again.keyFile.EndpointURL == first.EndpointURL {
		t.Errorf("the root key was %+v and is %+v", first, again.keyFile)
	}
	if files, err := filepath.Glob(filepath.Join(data, keyFileName+".*")); err != nil || len(files) > 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

func TestServe_failures(t *testing.T) {
	running := serve(t, t.TempDir(), noMetrics)
	before := *running.keyFile
	busy := taken(t, "127.0.0.1:0")
	file := write(t, "file", "")
	for _, test := range []struct {
		name string
		args []string
		part string
	}{
		{"data directory in use", []string{"--data", running.data, "--listen", "127.0.0.1:0", noMetrics}, "in use"},
		{"port in use", []string{"--data", t.TempDir(), "--listen", busy, noMetrics}, busy},
		{"metrics address in use", []string{"--data", t.TempDir(), "--listen", "127.0.0.1:0", "--metrics-listen", busy}, busy},
		{"data directory a file", []string{"--data", file, "--listen", "127.0.0.1:0", noMetrics}, "data directory"},
		{"no certificate", []string{"--data", t.TempDir(), "--listen", "127.0.0.1:0", noMetrics, "--tls-cert", "/nonexistent/c", "--tls-key", "/nonexistent/k"}, "/nonexistent/"},
		{"unknown database", []string{"--data", t.TempDir(), "--listen", "127.0.0.1:0", noMetrics, "--database", "mysql://h/d"}, "postgres://"},
	} {
		carillon(t, append([]string{"serve"}, test.args...)...).want(t, test.name, exitFailed, "carillon: ", test.part)
	}
	if k, err := readKeyFile(running.data); err != nil || *k != before {
		t.Errorf("a server that did not start changed the key file to %+v, %v", k, err)
	}
}

// The default address of the metrics may be another server's.
func TestServe_defaultMetricsTaken(t *testing.T) {
	taken(t, defaultMetrics)
	s := serve(t, t.TempDir())
	s.await("no metrics")
	if code := s.end(); code != exitDone {
		t.Errorf("exit code %d: %s", code, s.err)
	}
}

// Who asks for an address wants that address, also if it is the default one.
func TestServe_explicitMetricsTaken(t *testing.T) {
	taken(t, defaultMetrics)
	t.Run("flag", func(t *testing.T) { wantNoMetricsFailure(t, "--metrics-listen", defaultMetrics) })
	t.Run("environment", func(t *testing.T) {
		t.Setenv("CARILLON_METRICS_LISTEN", defaultMetrics)
		wantNoMetricsFailure(t)
	})
}

func wantNoMetricsFailure(t *testing.T, args ...string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	s := &serving{T: t, err: new(buffer), stop: stop, ended: make(chan int, 1)}
	args = append([]string{"serve", "--listen", "127.0.0.1:0", "--data", t.TempDir()}, args...)
	go func() { s.ended <- run(ctx, args, streams{io.Discard, s.err}) }()
	t.Cleanup(func() { s.end() })
	for len(s.ended) == 0 && !strings.Contains(s.err.String(), "no metrics") {
		time.Sleep(2 * time.Millisecond)
	}
	if code := s.end(); code != exitFailed || !strings.Contains(s.err.String(), "carillon: listen tcp "+defaultMetrics) {
		t.Errorf("exit code %d: %s", code, s.err)
	}
}

func TestServe_metrics(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	serve(t, t.TempDir(), "--metrics-listen", addr)
	answer, err := http.Get("http://" + addr + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, err := io.ReadAll(answer.Body); err != nil || !strings.Contains(string(text), "go_goroutines") {
		t.Errorf("got %s, %v", text, err)
	}
}

// An empty address turns the metrics off; an empty variable says nothing.
func TestServe_noMetrics(t *testing.T) {
	taken(t, defaultMetrics)
	for _, test := range []struct {
		name string
		args []string
		off  bool
	}{
		{"flag", []string{noMetrics}, true},
		{"file", []string{"--config", write(t, "c.toml", "metrics-listen = ''")}, true},
		{"empty variable", nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("CARILLON_METRICS_LISTEN", "")
			s := serve(t, t.TempDir(), test.args...)
			if test.off {
				s.end()
			} else {
				s.await("no metrics")
			}
			if off := !strings.Contains(s.err.String(), "no metrics"); off != test.off {
				t.Errorf("it looked for no address: %v: %s", off, s.err)
			}
		})
	}
}

func TestServe_settings(t *testing.T) {
	s := serve(t, t.TempDir(), noMetrics, "--aws-account-id", "111122223333", "--fidelity", "observed", "--throttle-rps", "0.01", "--throttle-burst", "1")
	s.use()
	var out struct {
		Account struct{ AccountId, AwsAccountId string }
	}
	carillon(t, "account", "create", "--name", "x").decode(t, &out)
	if out.Account.AwsAccountId != "111122223333" {
		t.Errorf("got %+v", out)
	}
	carillon(t, "account", "create", "--name", "x").want(t, "at once again", exitFailed, "ThrottledClientException", "Rate exceeded")
}

func TestEndpointURL(t *testing.T) {
	for _, test := range []struct {
		addr net.Addr
		tls  bool
		want string
	}{
		{&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8018}, false, "http://127.0.0.1:8018"},
		{&net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 443}, true, "https://192.0.2.7:443"},
		{&net.TCPAddr{IP: net.IPv4zero, Port: 80}, false, "http://127.0.0.1:80"},
		{&net.TCPAddr{IP: net.IPv6unspecified, Port: 80}, false, "http://127.0.0.1:80"},
		{&net.TCPAddr{IP: net.IPv6loopback, Port: 80}, false, "http://[::1]:80"},
		{&net.UnixAddr{Name: "socket"}, false, "http://socket"},
	} {
		if got := endpointURL(test.addr, test.tls); got != test.want {
			t.Errorf("%v: got %s, want %s", test.addr, got, test.want)
		}
	}
}

func TestMigrate(t *testing.T) {
	data := t.TempDir()
	for range 2 {
		if r := carillon(t, "migrate", "--data", data); r.code != exitDone || r.out != "" || !strings.Contains(r.err, "up to date") {
			t.Errorf("got %+v", r)
		}
	}
	s := serve(t, data, noMetrics)
	carillon(t, "migrate", "--data", data).want(t, "amid serving", exitFailed, "in use")
	s.end()
	carillon(t, "migrate", "--data", data, "--database", "mysql://").want(t, "unknown database", exitFailed, "postgres://")
}
