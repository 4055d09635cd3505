// Package mail sends invitations by SMTP: it makes the mail of templates and hands
// it to a mail server.
package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"
)

// The time-outs of one delivery: until the mail server answers the connection, and
// for each of its answers after that.
const (
	dialTimeout   = 8 * time.Second
	answerTimeout = 8 * time.Second
	// sendTimeout bounds all of it.
	sendTimeout = 15 * time.Second
)

// Config says how mail is sent.
type Config struct {
	Server Server
	// From is the sender, as in Example <chime@example.com> or an address alone.
	From string
	// Templates is a directory whose files replace those of the program; empty: none.
	Templates string
	// TLS is for tests that have an authority of their own; nil: that of the system.
	TLS *tls.Config
}

// Invitation is what a mail says that invites somebody.
type Invitation struct {
	// ID is the same whenever the same mail is sent; it becomes the Message-ID.
	ID          string
	To          string
	AccountName string
	InvitedBy   string // empty: nobody in particular
	URL         string
	// Languages are as Accept-Language has them; empty: English.
	Languages string
	Expires   time.Time
}

// Undeliverable is the error of a mail that will never be taken.
type Undeliverable struct{ Err error }

func (u *Undeliverable) Error() string { return u.Err.Error() }
func (u *Undeliverable) Unwrap() error { return u.Err }

// Sender sends mail. It is safe for concurrent use.
type Sender struct {
	config    Config
	domain    string // of the sender's address
	templates atomic.Pointer[templates]
}

// New returns a Sender, or what is wrong with the settings.
func New(c Config) (*Sender, error) {
	domain, err := domainOf(c.From)
	if err != nil {
		return nil, err
	}
	s := &Sender{config: c, domain: domain}
	return s, s.Reload()
}

// CheckFrom returns what is wrong with the address of a sender.
func CheckFrom(from string) error {
	_, err := domainOf(from)
	return err
}

// domainOf returns the domain of the sender's address, in ASCII.
func domainOf(from string) (string, error) {
	m := gomail.NewMsg()
	if err := m.From(from); err != nil {
		return "", errors.New("the sender is no e-mail address")
	}
	address := m.GetFrom()[0].Address
	domain, err := idna.Lookup.ToASCII(address[strings.LastIndexByte(address, '@')+1:])
	if err != nil {
		return "", errors.New("the sender's domain is no domain name")
	}
	return domain, nil
}

// Reload reads the files of the templates again. After an error those from before
// are used.
func (s *Sender) Reload() error {
	t, err := loadTemplates(s.config.Templates)
	if err == nil {
		s.templates.Store(t)
	}
	return err
}

// Invite sends a mail. An error that is no [*Undeliverable] may go away.
func (s *Sender) Invite(ctx context.Context, i *Invitation) error {
	m, err := s.message(i)
	if err != nil {
		return err
	}
	client, err := s.client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if err := client.DialWithContext(ctx); err != nil {
		return explained(err)
	}
	defer client.Close() // the mail was taken, or not, before
	if err := client.Send(m); err != nil {
		return classified(err)
	}
	return nil
}

// message makes the mail.
func (s *Sender) message(i *Invitation) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.From(s.config.From); err != nil {
		return nil, err
	}
	if err := m.To(asciiDomain(i.To)); err != nil {
		return nil, &Undeliverable{errors.New("no mail can be sent to the address")}
	}
	text, err := s.templates.Load().render(i)
	if err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	m.Subject(text.subject)
	m.SetMessageIDWithValue(i.ID + "@" + s.domain)
	m.SetDate()
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("Content-Language", text.language)
	m.SetBodyString(gomail.TypeTextPlain, text.plain)
	m.AddAlternativeString(gomail.TypeTextHTML, text.html)
	return m, nil
}

// asciiDomain returns an address with its domain in ASCII.
func asciiDomain(address string) string {
	at := strings.LastIndexByte(address, '@')
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		return address
	}
	return address[:at+1] + domain
}

// client returns a client for one delivery.
func (s *Sender) client() (*gomail.Client, error) {
	server := s.config.Server
	options := []gomail.Option{
		gomail.WithPort(server.Port), gomail.WithoutRset(), gomail.WithTimeout(answerTimeout), gomail.WithHELO(s.domain),
		gomail.WithDialContextFunc(s.dial), gomail.WithTLSConfig(s.tls()),
	}
	switch {
	case server.TLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS)) // the connection has it
	case server.Required || server.User != "" && !server.loopback():
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	if server.User != "" {
		options = append(options, gomail.WithSMTPAuthCustom(&login{Server: server}))
	}
	return gomail.NewClient(server.Host, options...)
}

func (s *Sender) tls() *tls.Config {
	c := &tls.Config{}
	if s.config.TLS != nil {
		c = s.config.TLS.Clone()
	}
	c.ServerName, c.MinVersion = s.config.Server.Host, tls.VersionTLS12
	return c
}

// dial connects to the mail server.
func (s *Sender) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: dialTimeout}
	if s.config.Server.TLS {
		return (&tls.Dialer{NetDialer: dialer, Config: s.tls()}).DialContext(ctx, network, address)
	}
	return dialer.DialContext(ctx, network, address)
}

// loopback reports whether nobody can listen on the way to the server.
func (s Server) loopback() bool {
	if s.Host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(s.Host)
	return err == nil && address.Unmap().IsLoopback()
}
