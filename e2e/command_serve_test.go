package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// awsAccountOf returns the AWS account that a server gives its root key.
func awsAccountOf(t *testing.T, s *server) string {
	t.Helper()
	c := newCaller(s.endpoint, s.keys)
	return *c.getAccount(t, c.team(t)).AwsAccountId
}

// startWith starts a server with more variables in its environment.
func startWith(t *testing.T, env []string, flags ...string) *server {
	t.Helper()
	startsServers(t)
	s, err := startServerIn(t.TempDir(), env, flags...)
	succeed(t, err)
	s.cleanup(t)
	return s
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	succeed(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestServe_precedence_of_settings(t *testing.T) {
	t.Parallel()
	toml := write(t, "carillon.toml", "aws-account-id = '111111111111'\nfidelity = 'observed'\n")
	yaml := write(t, "carillon.yaml", "aws_account_id: \"222222222222\"\n")
	for _, tt := range []struct {
		want       string
		env, flags []string
	}{
		{"000000000000", nil, nil},
		{"111111111111", nil, []string{"--config", toml}},
		{"222222222222", []string{"CARILLON_CONFIG=" + yaml}, nil},
		{"333333333333", []string{"CARILLON_AWS_ACCOUNT_ID=333333333333"}, []string{"--config", toml}},
		{"444444444444", []string{"CARILLON_AWS_ACCOUNT_ID=333333333333"}, []string{"--config", yaml, "--aws-account-id", "444444444444"}},
	} {
		equal(t, "AWS account", awsAccountOf(t, startWith(t, tt.env, tt.flags...)), tt.want)
	}
}

func TestServe_secret_from_file(t *testing.T) {
	t.Parallel()
	secret := write(t, "secret", "s3cret/+s3cret/+\n")
	s := startWith(t, []string{"CARILLON_ROOT_SECRET_ACCESS_KEY_FILE=" + secret}, "--root-access-key-id", "AKIAOPERATOR")
	equal(t, "secret", s.keys.SecretAccessKey, "s3cret/+s3cret/+")
	newCaller(s.endpoint, s.keys).works(t, true)
}

func TestServe_banner(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	banner, _, _ := strings.Cut(readFile(e.server.log()), "\n{") // the log begins
	for _, words := range []string{e.endpoint, e.server.data(), "carillon env", "aws chime create-account --name Demo"} {
		if !strings.Contains(banner, words) {
			t.Errorf("the banner lacks %q:\n%s", words, banner)
		}
	}
	if strings.Contains(banner, e.keys.SecretAccessKey) {
		t.Error("the banner shows the secret although nobody watches")
	}
}

func TestServe_keeps_generated_key(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		id := e.team(t)
		succeed(t, e.server.stop())
		next := e.server.restart(t)
		equal(t, "key", next.keys, e.keys)
		equal(t, "AccountId", *newCaller(next.endpoint, next.keys).getAccount(t, id).AccountId, id)
	})
}

func TestServe_given_key_replaces_generated(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	id := e.team(t)
	succeed(t, e.server.stop())
	e.server.flags = append(e.server.flags, "--root-access-key-id", "AKIAOPERATOR", "--root-secret-access-key", "s3cret/s3cret/s3cret")
	next := e.server.restart(t)
	given := newCaller(next.endpoint, next.keys)
	equal(t, "key", given.keys.AccessKeyID, "AKIAOPERATOR")
	given.getAccount(t, id)
	newCaller(next.endpoint, e.keys).works(t, false)
}

func TestServe_metrics(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	e := ownServer(t, "--metrics-listen", address)
	e.team(t)
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+address+"/metrics", nil)
	succeed(t, err)
	got := do(t, r)
	equal(t, "status", got.status, 200)
	if !strings.Contains(got.body, `carillon_requests_total{code="201",operation="CreateAccount"} 1`) {
		t.Error("the metrics lack the request")
	}
}

// Profiles are there if asked for, and never with the command line, which has
// secrets.
func TestServe_pprof(t *testing.T) {
	t.Parallel()
	for _, flags := range [][]string{nil, {"--pprof"}} {
		address := freeAddress(t)
		ownServer(t, append(flags, "--metrics-listen", address)...)
		for path, want := range map[string]bool{"/debug/pprof/": flags != nil, "/debug/pprof/heap": flags != nil, "/debug/pprof/cmdline": false} {
			r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+address+path, nil)
			succeed(t, err)
			equal(t, path, do(t, r).status == 200, want)
		}
	}
}

// freeAddress returns an address for a server yet to start. Its port is below
// those that systems hand out by themselves, to clients as to listeners: one of
// those might be given away before the server has it.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", 20_000+rand.IntN(10_000)))
		if err == nil {
			succeed(t, l.Close())
			return l.Addr().String()
		}
	}
	t.Fatal("found no free port")
	return ""
}

func TestServe_address_taken(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	succeed(t, err)
	defer l.Close()
	env := cleanEnv(t.TempDir())
	for _, flags := range [][]string{
		{"--listen", l.Addr().String(), "--metrics-listen", ""},
		{"--listen", "127.0.0.1:0", "--metrics-listen", l.Addr().String()},
	} {
		args := append([]string{"serve", "--data", t.TempDir()}, flags...)
		carillonIn(t, env, args...).failed(t, exitFailed, l.Addr().String())
	}
}

func TestServe_bad_database(t *testing.T) {
	t.Parallel()
	env := cleanEnv(t.TempDir())
	for url, word := range map[string]string{
		"mysql://localhost/x":                       "postgres://",
		"postgres://carillon:hunter2@127.0.0.1:1/x": "127.0.0.1",
	} {
		r := carillonIn(t, env, "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "", "--data", t.TempDir(), "--database", url, "--startup-timeout", "0s")
		r.failed(t, exitFailed, word)
		if strings.Contains(r.stderr, "hunter2") {
			t.Errorf("the password is shown: %s", r.stderr)
		}
	}
}

func TestServe_data_in_use(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	for _, command := range []string{"serve --listen 127.0.0.1:0", "migrate"} {
		args := append(strings.Fields(command), "--data", e.server.data())
		carillonIn(t, cleanEnv(t.TempDir()), args...).failed(t, exitFailed, "in use")
	}
	e.works(t, true)
}

// certificateFiles writes a certificate for 127.0.0.1 and its key, and returns a
// client that trusts it.
func certificateFiles(t *testing.T) (cert, key string, client *http.Client) {
	t.Helper()
	hs := httptest.NewTLSServer(nil)
	defer hs.Close()
	pair := hs.TLS.Certificates[0]
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	succeed(t, err)
	cert = write(t, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]})))
	key = write(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	pool := x509.NewCertPool()
	pool.AddCert(hs.Certificate())
	return cert, key, &http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
}

func TestServe_tls(t *testing.T) {
	t.Parallel()
	startsServers(t)
	cert, key, client := certificateFiles(t)
	address := freeAddress(t)
	s := &server{dir: t.TempDir(), flags: []string{"--listen", address, "--tls-cert", cert, "--tls-key", key}}
	succeed(t, s.spawn())
	s.cleanup(t)
	c := newChime("https://"+address, aws.Credentials{AccessKeyID: "x", SecretAccessKey: "y"}, func(o *chime.Options) {
		o.HTTPClient, o.RetryMaxAttempts = client, 10 // until it is up
	})
	_, err := c.ListAccounts(t.Context(), &chime.ListAccountsInput{})
	refused(t, err, unrecognizedClient)
	vars, err := s.env()
	succeed(t, err)
	equal(t, "endpoint", vars["AWS_ENDPOINT_URL_CHIME"], "https://"+address)
}

func TestServe_migrate(t *testing.T) {
	t.Parallel()
	for _, e := range engines() {
		flags := append(e.newDatabase(t), "--data", t.TempDir())
		for range 2 {
			r := carillonIn(t, cleanEnv(t.TempDir()), append([]string{"migrate"}, flags...)...)
			equal(t, "exit code", r.code, 0)
			equal(t, "stdout", r.stdout, "")
		}
	}
}

func TestServe_startup_time(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	t.Logf("ready %s after the start on an empty directory", e.server.ready.Round(time.Millisecond))
	if e.server.ready > 2*time.Second {
		t.Errorf("the server needed %s to be ready", e.server.ready)
	}
}

func TestServe_observed_by_config(t *testing.T) {
	t.Parallel()
	s := startWith(t, []string{"CARILLON_FIDELITY=observed"})
	c := newCaller(s.endpoint, s.keys)
	id := c.team(t)
	_, err := c.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &id, Email: &emails(1)[0]})
	refused(t, err, badRequest)
}

// Without the lean reader, net/http serves everything.
func TestServe_without_lean_http(t *testing.T) {
	t.Parallel()
	ownServer(t, "--lean-http=false").works(t, true)
}
