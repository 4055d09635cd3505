package server

import (
	"context"
	"net/http"
	"strings"

	"carillon/chime"
	"carillon/invitations"
	"carillon/mail"
)

// guests are the pages for people with the link of an invitation. They are not
// signed: the token says that they have it.
type guests struct {
	door *invitations.Door
	// knows reports whether a token is that of a link that we have made, without
	// asking the database.
	knows func(token string) bool
}

// invitation shows the page of an invitation, or has it accepted. The address is in
// no log: it is a secret.
func (h *handler) invitation(w http.ResponseWriter, r *http.Request, x *exchange) error {
	page := h.guests.door.Begin(w, r)
	x.door = page
	if h.guests.door.Style(w, r) {
		hurry(w, r)
		x.status = http.StatusOK
		return nil
	}
	who := h.guest(r, x)
	b, err := h.readBody(w, r, who)
	if err != nil {
		return err
	}
	x.match, err = page.Match(r, "", b.bytes())
	b.release()
	if err != nil {
		return err
	}
	x.body = noBody // Match has read it
	if err := who.enter(r.Context()); err != nil {
		return err
	}
	defer who.leave()
	return h.run(w, r, x)
}

// guest is what a request counts under: who has a link is no stranger.
func (h *handler) guest(r *http.Request, x *exchange) account {
	token := invitations.Token(r)
	if !h.guests.knows(token) {
		return h.stranger(x)
	}
	id, _, _ := strings.Cut(token, ".")
	return account{h.limits.callers, invitations.Path + id}
}

// mailer sends invitations by a mail server; nil if there is none.
func mailer(sender *mail.Sender) chime.Mailer {
	if sender == nil {
		return nil
	}
	return func(ctx context.Context, m *chime.InvitationMail) error {
		err := sender.Invite(ctx, (*mail.Invitation)(m))
		if never, ok := err.(*mail.Undeliverable); ok {
			return &chime.Undeliverable{Err: never.Err}
		}
		return err
	}
}
