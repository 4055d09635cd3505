package main

import (
	"errors"
	"fmt"

	"carillon/mail"
)

// mailFlags say how invitations are sent.
type mailFlags struct {
	SMTPURL       string `name:"smtp-url" help:"Mail server for invitations, smtp://USER:PASSWORD@HOST:PORT or smtps://…, ?tls=required; without it their links are shown to you." placeholder:"URL"`
	MailFrom      string `help:"Sender of invitations." placeholder:"ADDRESS"`
	MailTemplates string `help:"Directory whose files replace the texts of invitations, invitation.en.txt and the like; SIGHUP reads them again." placeholder:"DIR"`
}

// check returns what is wrong with the values; none of it repeats the secret.
func (f *mailFlags) check(publicURL string) error {
	switch {
	case f.SMTPURL == "" && f.MailFrom == "" && f.MailTemplates == "":
		return nil
	case f.SMTPURL == "" || f.MailFrom == "" || publicURL == "":
		return errors.New("--smtp-url, --mail-from and --public-url go together, and --mail-templates needs them")
	}
	if _, err := mail.ParseServer(f.SMTPURL); err != nil {
		return fmt.Errorf("--smtp-url: %w", err)
	}
	if err := mail.CheckFrom(f.MailFrom); err != nil {
		return fmt.Errorf("--mail-from: %w", err)
	}
	return nil
}

// sender returns what sends mail; nil: nothing does. The texts may be wrong.
func (f *mailFlags) sender() (*mail.Sender, error) {
	if f.SMTPURL == "" {
		return nil, nil
	}
	server, err := mail.ParseServer(f.SMTPURL)
	if err != nil {
		return nil, fmt.Errorf("--smtp-url: %w", err)
	}
	s, err := mail.New(mail.Config{Server: server, From: f.MailFrom, Templates: f.MailTemplates})
	if err != nil {
		return nil, fmt.Errorf("--mail-templates: %w", err)
	}
	return s, nil
}
