package mail_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	stdmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"carillon/mail"
)

// post is a mail server that notes what it is given.
type post struct {
	mu       sync.Mutex
	mails    []string
	logins   []string
	overTLS  bool
	hello    string
	refusal  *smtp.SMTPError // of recipients; nil: all are good
	password string          // empty: nobody is asked
}

func (p *post) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, secure := c.TLSConnectionState()
	return &session{post: p, conn: c, secure: secure}, nil
}

type session struct {
	*post
	conn   *smtp.Conn
	secure bool
	known  bool
}

func (s *session) AuthMechanisms() []string {
	if s.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "user" || password != s.password {
			return smtp.ErrAuthFailed
		}
		s.known = true
		s.mu.Lock()
		defer s.mu.Unlock()
		s.logins = append(s.logins, user)
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	if s.password != "" && !s.known {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *session) Rcpt(string, *smtp.RcptOptions) error {
	if s.refusal != nil {
		return s.refusal
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails, s.overTLS, s.hello = append(s.mails, string(text)), s.secure, s.conn.Hostname()
	return err
}

func (*session) Reset()        {}
func (*session) Logout() error { return nil }

// open starts a mail server and returns a sender for it.
func (p *post) open(t *testing.T, withTLS bool, query string) *mail.Sender {
	t.Helper()
	server := smtp.NewServer(p)
	server.Domain, server.AllowInsecureAuth = "mx.example.com", true
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	if withTLS {
		server.TLSConfig = certificate(t, config.RootCAs)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	to, err := mail.ParseServer("smtp://user:" + p.password + "@" + l.Addr().String() + query)
	if err != nil {
		t.Fatal(err)
	}
	if p.password == "" {
		to.User = ""
	}
	s, err := mail.New(mail.Config{Server: to, From: "Example <chime@mail.example.com>", TLS: config})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func certificate(t *testing.T, pool *x509.CertPool) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func letter() *mail.Invitation {
	return &mail.Invitation{
		ID: "invite.1", To: "ann@bücher.example", AccountName: "Example & Sons\nBcc: x@example.com", InvitedBy: "alice",
		URL: "https://chime.example.com/invitations/token", Expires: time.Date(2026, 12, 27, 1, 2, 3, 0, time.UTC),
	}
}

// invite sends a letter, for which a test has some seconds.
func invite(t *testing.T, s *mail.Sender) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	return s.Invite(ctx, letter())
}

func TestInvite_headers(t *testing.T) {
	p := &post{}
	if err := invite(t, p.open(t, false, "")); err != nil {
		t.Fatal(err)
	}
	if len(p.mails) != 1 {
		t.Fatalf("%d mails", len(p.mails))
	}
	m, err := stdmail.ReadMessage(strings.NewReader(p.mails[0]))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Message-Id": "<invite.1@mail.example.com>", "To": "<ann@xn--bcher-kva.example>", "From": `"Example" <chime@mail.example.com>`, "Bcc": "",
		"Subject": "Invitation to Example & Sons Bcc: x@example.com", "User-Agent": "", "X-Mailer": "", "Content-Language": "en",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if p.hello != "mail.example.com" {
		t.Errorf("the client says that it is %q", p.hello)
	}
	if machine, err := os.Hostname(); err == nil && strings.Contains(p.mails[0], machine) {
		t.Error("the mail names the machine")
	}
	for _, part := range []string{"text/plain", "text/html", "Example &amp; Sons", "invitations/token", "2026-12-27"} {
		if !strings.Contains(p.mails[0], part) {
			t.Errorf("the mail lacks %q:\n%s", part, p.mails[0])
		}
	}
}

func TestInvite_german(t *testing.T) {
	p := &post{}
	s := p.open(t, false, "")
	for languages, want := range map[string]string{"de-AT,de;q=0.9": "de", "fr, de;q=0.5": "de", "fr": "en", "!": "en", "en-GB": "en"} {
		m := letter()
		m.Languages, p.mails = languages, nil
		if err := s.Invite(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(p.mails[0], "Content-Language: "+want) {
			t.Errorf("%s: not in %s:\n%s", languages, want, p.mails[0])
		}
	}
}

func TestInvite_tls_and_login(t *testing.T) {
	for name, test := range map[string]struct {
		tls     bool
		query   string
		wantTLS bool
		error   string
	}{
		"offered":            {tls: true, wantTLS: true},
		"required":           {tls: true, query: "?tls=required", wantTLS: true},
		"not offered":        {},
		"required, no offer": {query: "?tls=required", error: "STARTTLS"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &post{password: "secret"}
			err := invite(t, p.open(t, test.tls, test.query))
			if test.error != "" {
				if err == nil || !strings.Contains(err.Error(), test.error) || len(p.mails)+len(p.logins) > 0 {
					t.Errorf("%v, %d mails, %d logins", err, len(p.mails), len(p.logins))
				}
				return
			}
			if err != nil || len(p.mails) != 1 || len(p.logins) != 1 || p.overTLS != test.wantTLS {
				t.Errorf("%v, %d mails, %d logins, TLS %v", err, len(p.mails), len(p.logins), p.overTLS)
			}
		})
	}
}

func TestInvite_refused(t *testing.T) {
	for code, permanent := range map[int]bool{421: false, 450: false, 452: false, 530: false, 550: true, 553: true} {
		p := &post{refusal: &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: "words of the server"}}
		err := invite(t, p.open(t, false, ""))
		var never *mail.Undeliverable
		if err == nil || errors.As(err, &never) != permanent || !strings.Contains(err.Error(), "words of the server") {
			t.Errorf("%d: %v, permanent %v", code, err, errors.As(err, &never))
		}
	}
}

// A wrong password of ours is no fault of the mail's.
func TestInvite_login_refused(t *testing.T) {
	p := &post{password: "secret"}
	s := p.open(t, false, "")
	p.password = "other"
	var never *mail.Undeliverable
	if err := invite(t, s); err == nil || errors.As(err, &never) || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}

func TestInvite_nobody_answers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() // accepts connections and says nothing
	to, err := mail.ParseServer("smtp://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s, err := mail.New(mail.Config{Server: to, From: "a@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	began := time.Now()
	if err := s.Invite(ctx, letter()); err == nil || time.Since(began) > 10*time.Second {
		t.Errorf("%v after %s", err, time.Since(began))
	}
}

func TestParseServer(t *testing.T) {
	for text, want := range map[string]mail.Server{
		"smtp://h":                         {Host: "h", Port: 587},
		"smtps://h":                        {Host: "h", Port: 465, TLS: true},
		"smtp://u:p%40w@h:25?tls=required": {Host: "h", Port: 25, User: "u", Password: "p@w", Required: true},
		"smtp://[::1]:2525/":               {Host: "::1", Port: 2525},
	} {
		if got, err := mail.ParseServer(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "h:25", "http://h", "smtp://", "smtp://:secret@h", "smtp://h:0", "smtp://h:99999", "smtp://h/x", "smtp://h?tls=maybe", "smtp://u:secret%@h"} {
		if _, err := mail.ParseServer(text); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestTemplates(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("invitation.en.txt", "Subject: Come to {{.AccountName}}\n\nOwn words {{.Url}}\n")
	write("README", "not a template")
	s, err := mail.New(mail.Config{From: "a@example.com", Templates: dir})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"invitation.en.txt":  "no subject",
		"invitation.de.html": "{{.Nothing}}",
		"invitation.fr.txt":  "Subject: Bonjour",
		"invitation.de.txt":  "Subject: {{",
	} {
		write(name, text)
		if err := s.Reload(); err == nil || !strings.Contains(err.Error(), "invitation.") {
			t.Errorf("%s: %v", name, err)
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Reload(); err != nil {
		t.Error(err)
	}
	for _, c := range []mail.Config{{From: "nobody"}, {From: "a@example.com", Templates: filepath.Join(dir, "none")}} {
		if _, err := mail.New(c); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}
