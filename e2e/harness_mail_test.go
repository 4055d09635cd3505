package e2e

import (
	"io"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// postOffice is a mail server that notes what it is given.
type postOffice struct {
	address string
	mu      sync.Mutex
	mails   []letter
	refusal *smtp.SMTPError // of recipients; nil: all are good
	tries   int
	arrived func() // when a mail has come, before the sender hears of it
}

// letter is a mail.
type letter struct{ to, text string }

func newPostOffice(t testing.TB) *postOffice {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	succeed(t, err)
	p := &postOffice{address: l.Addr().String()}
	server := smtp.NewServer(p)
	server.Domain = "mx.example.com"
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return p
}

// flags have a server send its mail here.
func (p *postOffice) flags(more ...string) []string {
	return append([]string{"--smtp-url", "smtp://" + p.address, "--mail-from", "chime@example.com", "--public-url", "https://chime.example.com"}, more...)
}

// refuse has mails refused with a code; 0: no more.
func (p *postOffice) refuse(code int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refusal = nil
	if code != 0 {
		p.refusal = &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: "words of the server"}
	}
}

// letters are the mails so far.
func (p *postOffice) letters() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]letter{}, p.mails...)
}

func (p *postOffice) tried() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tries
}

// letter waits for the n-th mail.
func (p *postOffice) letter(t testing.TB, n int) letter {
	t.Helper()
	eventually(t, "the mail comes", func() bool { return len(p.letters()) >= n })
	return p.letters()[n-1]
}

// NewSession implements smtp.Backend.
func (p *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) {
	return &postSession{postOffice: p}, nil
}

type postSession struct {
	*postOffice
	to string
}

func (*postSession) Mail(string, *smtp.MailOptions) error { return nil }
func (*postSession) Reset()                               {}
func (*postSession) Logout() error                        { return nil }

func (s *postSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tries++
	s.to = to
	if s.refusal != nil {
		return s.refusal
	}
	return nil
}

func (s *postSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.mails = append(s.mails, letter{s.to, string(text)})
	arrived := s.arrived
	s.mu.Unlock()
	if arrived != nil {
		arrived()
	}
	return nil
}

var linkPattern = regexp.MustCompile(`https://chime\.example\.com(/invitations/[A-Za-z0-9._-]+)`)

// link is the path of the link in a mail.
func (l letter) link(t testing.TB) string {
	t.Helper()
	text, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(l.text)))
	succeed(t, err)
	m := linkPattern.FindSubmatch(text)
	if m == nil {
		t.Fatalf("the mail has no link:\n%s", text)
	}
	return string(m[1])
}

// header is a header of a mail, on one line.
func (l letter) header(t testing.TB, name string) string {
	t.Helper()
	for _, line := range strings.Split(l.text, "\r\n") {
		if value, ok := strings.CutPrefix(line, name+": "); ok {
			return value
		}
	}
	t.Fatalf("the mail has no %s", name)
	return ""
}

// browse asks for a page as a browser does. More are headers and their values.
func (c *caller) browse(t testing.TB, path string, more ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", c.endpoint+path, nil)
	succeed(t, err)
	setHeaders(r, more)
	return do(t, r)
}

// accept sends the form of an invitation.
func (c *caller) accept(t testing.TB, path, name string, more ...string) answer {
	t.Helper()
	form := strings.NewReader(url.Values{"name": {name}}.Encode())
	r, err := http.NewRequestWithContext(t.Context(), "POST", c.endpoint+path, form)
	succeed(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	setHeaders(r, more)
	return do(t, r)
}

func setHeaders(r *http.Request, more []string) {
	for i := 0; i+1 < len(more); i += 2 {
		r.Header.Set(more[i], more[i+1])
	}
}
