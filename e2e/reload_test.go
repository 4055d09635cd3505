package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// hangUp makes a server read its settings again and waits until it has.
func (s *server) hangUp(t *testing.T) {
	t.Helper()
	const words = "settings loaded again"
	before := strings.Count(readFile(s.log()), words)
	succeed(t, s.cmd.Process.Signal(syscall.SIGHUP))
	eventually(t, "word of the reload", func() bool { return strings.Count(readFile(s.log()), words) > before })
}

func rewrite(t *testing.T, path, text string) {
	t.Helper()
	succeed(t, os.WriteFile(path, []byte(text), 0o600))
}

func TestReload_settings(t *testing.T) {
	t.Parallel()
	config := write(t, "carillon.toml", "log-level = 'error'\n")
	e := ownServer(t, "--config", config)
	e.send(t, "GET", "/accounts", "").ok(t, 200)
	rewrite(t, config, "log-level = 'info'\nthrottle-rps = 0.01\nthrottle-burst = 1\ntrusted-proxies = ['127.0.0.0/8']\n")
	e.server.hangUp(t)
	r := e.request(t, "GET", "/accounts", "")
	r.Header.Set("X-Forwarded-For", "6.6.6.6, 192.0.2.77")
	signerOf(e.caller).sign(r, "")
	equal(t, "status", do(t, r).status, 200)
	e.send(t, "GET", "/accounts", "").refused(t, throttled)
	rewrite(t, config, "log-level = 'info'\nfidelity = 'observed'\n")
	e.server.hangUp(t)
	e.send(t, "GET", "/accounts", "").ok(t, 200)
	rewrite(t, config, "log-level = 'loud'\n")
	succeed(t, e.server.cmd.Process.Signal(syscall.SIGHUP))
	eventually(t, "word of the mistake", func() bool { return strings.Contains(readFile(e.server.log()), "settings not loaded again") })
	e.send(t, "GET", "/accounts", "").ok(t, 200)
	succeed(t, e.server.stop())
	log := readFile(e.server.log())
	for _, words := range []string{`"changed":["throttle","trusted-proxies","log-level"]`, `"changed":["throttle","trusted-proxies"]`, `"remote":"192.0.2.77"`, "need a new start"} {
		if !strings.Contains(log, words) {
			t.Errorf("the log lacks %s:\n%s", words, log)
		}
	}
	equal(t, "lines of requests", strings.Count(log, `"msg":"request"`), 4) // not the first
}

// A certificate that is renewed on disk is used, with and without a signal.
func TestReload_certificate(t *testing.T) {
	t.Parallel()
	startsServers(t)
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	renew := func() {
		c, k := newCertificate(t)
		rewrite(t, key, k)
		rewrite(t, cert, c)
	}
	renew()
	address := freeAddress(t)
	s := &server{dir: t.TempDir(), flags: []string{"--listen", address, "--tls-cert", cert, "--tls-key", key}}
	succeed(t, s.spawn())
	s.cleanup(t)
	eventually(t, "handshake", func() bool { return shown(address) != "" })
	first := shown(address)
	renew()
	eventually(t, "new certificate", func() bool { return shown(address) != first })
	second := shown(address)
	renew()
	s.hangUp(t)
	if shown(address) == second {
		t.Error("still the certificate from before the signal")
	}
}

// newCertificate returns a certificate of its own and its key, in PEM.
func newCertificate(t *testing.T) (cert, key string) {
	t.Helper()
	_, config, err := newAuthority(t.TempDir())
	succeed(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(config.Certificates[0].PrivateKey)
	succeed(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: config.Certificates[0].Certificate[0]})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// shown is the certificate that a server shows; empty: none.
func shown(address string) string {
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: time.Second}, "tcp", address, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		return ""
	}
	defer conn.Close()
	return string(conn.ConnectionState().PeerCertificates[0].Raw)
}

// Who speaks HTTP to the port of HTTPS is told so, and the log says it.
func TestTLS_plain_http(t *testing.T) {
	t.Parallel()
	startsServers(t)
	cert, key, _ := certificateFiles(t)
	address := freeAddress(t)
	s := &server{dir: t.TempDir(), flags: []string{"--listen", address, "--tls-cert", cert, "--tls-key", key}}
	succeed(t, s.spawn())
	s.cleanup(t)
	eventually(t, "handshake", func() bool { return shown(address) != "" })
	c := newCaller((&url.URL{Scheme: "http", Host: address}).String(), s.keys)
	body := `{"Name":"` + ofLength(20_000, "x") + `"}`
	do(t, c.request(t, "POST", "/accounts", body)).refused(t, badRequest, "https://")
	eventually(t, "line of the log", func() bool { return strings.Contains(readFile(s.log()), "plain HTTP on the TLS port") })
}
