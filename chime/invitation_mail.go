package chime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"carillon/api"
	"carillon/jobs"
	"carillon/store"
	"carillon/work"
)

// jobInvitation is the kind of the jobs that send invitations.
const jobInvitation = "invitation-mail"

// How long and how often a mail is tried that is not taken: after 5 s, 10 s, 20 s …
// and then every hour.
const (
	mailPatience  = 48 * time.Hour
	firstMailWait = 5 * time.Second
	mostMailWait  = time.Hour
)

// InvitationMail is what a mail says that invites somebody.
type InvitationMail struct {
	// ID is the same whenever the same mail is sent, and of no other.
	ID string
	// To is the address.
	To          string
	AccountName string
	InvitedBy   string // empty: nobody in particular
	URL         string
	// Languages are as Accept-Language has them; empty: the default.
	Languages string
	Expires   time.Time
}

// Mailer sends a mail, or returns why it was not taken: an [*Undeliverable] if
// trying again is of no use.
type Mailer func(context.Context, *InvitationMail) error

// Undeliverable says that a mail will never be taken.
type Undeliverable struct{ Err error }

func (u *Undeliverable) Error() string { return u.Err.Error() }
func (u *Undeliverable) Unwrap() error { return u.Err }

// MailHandlers returns what runs the jobs that wait for the mail server.
func (s *Service) MailHandlers() map[string]jobs.Handler {
	return map[string]jobs.Handler{jobInvitation: s.runInvitation}
}

// invitationMail is the payload of the job that sends an invitation.
type invitationMail struct {
	InviteID string
	Serial   int64 // of the link that the mail has
	SinceMs  int64 // when it was to be sent first
}

// runInvitation sends the mail of an invitation once. The mail server may see it
// again after a crash, with the same id. Each try is a job of its own, since it
// goes on for longer than jobs are tried.
func (s *Service) runInvitation(ctx context.Context, t *jobs.Task) (jobs.Effects, error) {
	var p invitationMail
	if err := t.Payload(&p); err != nil {
		return nil, err
	}
	var m *InvitationMail
	err := t.Look(ctx, func(w *work.Unit) (err error) {
		m, err = s.invitationMailOf(w, &p)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil // nobody wants it any more
	case err != nil:
		return nil, err
	}
	sent := s.sendInvitation(ctx, m)
	return func(w *work.Unit) error { return tried(w, &p, sent) }, nil
}

func (s *Service) sendInvitation(ctx context.Context, m *InvitationMail) error {
	if s.config.Mail == nil {
		return errors.New("the server has no --smtp-url any more")
	}
	return s.config.Mail(ctx, m)
}

// invitationMailOf returns the mail of an invitation as it is now. ErrNotFound says
// that it must not be sent any more.
func (s *Service) invitationMailOf(w *work.Unit, p *invitationMail) (*InvitationMail, error) {
	i, err := w.Invitation(p.InviteID)
	if err != nil {
		return nil, err
	}
	if !p.of(i) || expired(i, w.Now) {
		return nil, store.ErrNotFound
	}
	a, err := w.Account(i.AwsAccountID, i.AccountID)
	if err != nil {
		return nil, err
	}
	return &InvitationMail{
		ID: fmt.Sprintf("%s.%d", i.InviteID, i.Serial), To: i.Email, AccountName: a.Name, InvitedBy: inviter(i.InvitedBy),
		URL: s.invitationURL(i), Languages: i.Languages, Expires: time.UnixMilli(i.ExpiresMs),
	}, nil
}

// of reports whether a mail still is the one that an invitation is to send.
func (p *invitationMail) of(i *store.Invitation) bool {
	return i.Serial == p.Serial && i.Status == string(api.InviteStatusPending) && i.EmailStatus == string(api.EmailStatusSent)
}

// tried notes how a try ended: done, to be tried again, or failed for good.
func tried(w *work.Unit, p *invitationMail, sent error) error {
	i, err := w.LockInvitation(p.InviteID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !p.of(i) {
		return nil
	}
	if err != nil {
		return err
	}
	i.Attempts++
	i.LastError = ""
	if sent == nil {
		return w.UpdateInvitation(i)
	}
	i.LastError = brief(sent.Error())
	wait := mailWait(i.Attempts)
	var never *Undeliverable
	if errors.As(sent, &never) || w.Now.Add(wait).UnixMilli() > p.SinceMs+mailPatience.Milliseconds() {
		return failInvitation(w, i)
	}
	return errors.Join(w.UpdateInvitation(i), w.Enqueue(jobInvitation, p, w.Now.Add(wait).UnixMilli()))
}

// mailWait is how long to wait after so many tries.
func mailWait(attempts int64) time.Duration {
	if attempts > 10 {
		return mostMailWait
	}
	return min(firstMailWait<<(attempts-1), mostMailWait)
}

// failInvitation gives up on an invitation whose mail nobody takes.
func failInvitation(w *work.Unit, i *store.Invitation) error {
	i.Status, i.EmailStatus = string(api.InviteStatusFailed), string(api.EmailStatusFailed)
	if err := w.UpdateInvitation(i); err != nil {
		return err
	}
	w.Happened(work.Step{
		Name: "FailInvitation", AccountID: i.AccountID,
		Touched: []work.Touched{
			{Type: "AWS::Chime::Account", Name: i.AccountID},
			{Type: "AWS::Chime::Invite", Name: i.InviteID},
			{Type: "AWS::Chime::User", Name: i.UserID},
		},
	})
	u, err := w.LockUser(i.AwsAccountID, i.AccountID, i.UserID)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && u.InviteID != i.InviteID:
		return nil
	case err != nil:
		return err
	}
	u.Invitation, u.EmailStatus = i.Status, i.EmailStatus
	return w.UpdateUser(u)
}

// maxLastError bounds what is kept of the answer of a mail server, in bytes.
const maxLastError = 512

// plain returns a text from outside as one that every database takes.
func plain(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}

// brief makes an answer of a mail server, which may be of any bytes, a text that can
// be kept, and cuts it at the end of a character.
func brief(text string) string {
	text = plain(text)
	if len(text) <= maxLastError {
		return text
	}
	end := maxLastError
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
