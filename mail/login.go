package mail

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// login proves to the mail server who sends, by PLAIN or else by LOGIN: over TLS or
// to this machine only.
type login struct {
	Server
	chosen smtp.Auth
}

// Start implements smtp.Auth.
func (l *login) Start(server *smtp.ServerInfo) (proto string, toServer []byte, err error) {
	if !server.TLS && !l.TLS && !l.loopback() {
		return "", nil, errors.New("the password is sent over TLS only")
	}
	switch {
	case slices.Contains(server.Auth, "PLAIN"):
		l.chosen = smtp.PlainAuth("", l.User, l.Password, l.Host, true)
	case slices.Contains(server.Auth, "LOGIN"):
		l.chosen = smtp.LoginAuth(l.User, l.Password, l.Host, true)
	default:
		return "", nil, errors.New("the mail server offers neither PLAIN nor LOGIN")
	}
	return l.chosen.Start(server)
}

// Next implements smtp.Auth.
func (l *login) Next(fromServer []byte, more bool) ([]byte, error) {
	return l.chosen.Next(fromServer, more)
}

// explained makes words for people of what go-mail says before a mail is sent.
func explained(err error) error {
	if strings.Contains(err.Error(), "STARTTLS") {
		return fmt.Errorf("the mail server does not offer STARTTLS, and nothing is sent without: %w", err)
	}
	return err
}

// classified tells mails that will never be taken from those to be tried again. What
// the server says of our login is no fault of the mail's.
func classified(err error) error {
	var failed *gomail.SendError
	if !errors.As(err, &failed) {
		return err
	}
	code := failed.ErrorCode()
	if code >= 500 && code < 600 && !slices.Contains(aboutLogin, code) {
		return &Undeliverable{err}
	}
	return err
}

// aboutLogin are the answers of a server that wants another login, or any.
var aboutLogin = []int{530, 534, 535, 538}
