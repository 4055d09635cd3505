package chime

import (
	"errors"
	"time"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// invitationTime is how long a link is good.
const invitationTime = 30 * day

// ActionGetInvitationURL is what a caller must be allowed who sees links.
const ActionGetInvitationURL = "carillon:GetInvitationUrl"

// renew makes a new link for an invitation, ends the one before, and has the mail
// sent if there is a mail server. languages may be empty.
func (s *Service) renew(w *work.Unit, i *store.Invitation, languages string) error {
	i.Serial++
	i.Status, i.EmailStatus = string(api.InviteStatusPending), string(api.EmailStatusNotSent)
	i.Attempts, i.LastError = 0, ""
	i.InvitedBy = w.Caller.ARN
	i.InvitedMs, i.ExpiresMs = w.NowMs(), w.Now.Add(invitationTime).UnixMilli()
	if languages != "" {
		i.Languages = languages
	}
	if s.config.Mail == nil {
		return nil
	}
	i.EmailStatus = string(api.EmailStatusSent)
	return w.Enqueue(jobInvitation, invitationMail{i.InviteID, i.Serial, w.NowMs()}, w.NowMs())
}

// languagesOf returns what a caller's Accept-Language says, if it is no longer than
// is kept.
func languagesOf(w *work.Unit) string {
	if list := plain(w.Asked().Languages); len(list) <= 256 {
		return list
	}
	return ""
}

// lockInvitation returns an invitation of the caller and its user, to be changed.
// Conflict says that it was accepted.
func lockInvitation(w *work.Unit, accountID, inviteID string) (*store.Invitation, *store.User, error) {
	if _, err := lockAccount(w, accountID); err != nil {
		return nil, nil, err
	}
	i, err := w.LockInvitation(inviteID)
	if err != nil || i.AccountID != accountID || i.AwsAccountID != w.Caller.AwsAccountID {
		return nil, nil, noInvitation(err)
	}
	u, err := w.LockUser(i.AwsAccountID, i.AccountID, i.UserID)
	if err == nil && u.RegisteredMs != 0 {
		err = api.Conflict.Errorf("%s: the invitation was accepted", messageConflict)
	}
	return i, u, err
}

// noInvitation is the refusal of an invitation that is not the caller's.
func noInvitation(err error) error {
	if err != nil {
		return err
	}
	return api.NotFound.Errorf("%s: there is no such invitation", messageNotFound)
}

var invitationList = list[store.Invitation, api.Invitation]{
	pageSize: resultPageSize,
	at:       func(i *store.Invitation) store.Position { return store.Position{Ms: i.CreatedMs, ID: i.InviteID} },
	size:     jsonSize[api.Invitation],
}

// ListInvitations returns the invitations of an account, oldest first. Links are
// shown to those who may have them.
func (s *Service) ListInvitations(w *work.Unit, in *api.ListInvitationsInput) (*api.ListInvitationsOutput, error) {
	if _, err := account(w, in.AccountId); err != nil {
		return nil, err
	}
	status := textFilter(in.Status)
	q := listing{in: in, token: in.NextToken, maxResults: in.MaxResults, filters: []*api.Opt[string]{&status}}
	invitationsShown := invitationList
	invitationsShown.shape = value(s.invitationShape(w))
	invitations, next, err := invitationsShown.page(s, w, q, func(after store.Position, limit int) ([]store.Invitation, error) {
		return w.Invitations(store.InvitationFilter{
			AwsAccountID: w.Caller.AwsAccountID, AccountID: in.AccountId, Status: status.V, After: after, Limit: limit,
		})
	})
	return &api.ListInvitationsOutput{Invitations: invitations, NextToken: next}, err
}

// invitationShape returns how invitations are shown to a caller.
func (s *Service) invitationShape(w *work.Unit) func(*store.Invitation) *api.Invitation {
	withURL := w.May(ActionGetInvitationURL)
	return func(i *store.Invitation) *api.Invitation {
		v := &api.Invitation{
			Attempts: api.Some(int(i.Attempts)), EmailAddress: api.Some(i.Email), EmailStatus: api.Some(api.EmailStatus(i.EmailStatus)),
			ExpiresOn: api.Timestamp(i.ExpiresMs), InviteId: api.Some(i.InviteID), InvitedBy: api.NonZero(i.InvitedBy),
			InvitedOn: api.Timestamp(i.InvitedMs), LastError: api.NonZero(i.LastError), Status: api.Some(api.InviteStatus(i.Status)),
			UserId: api.Some(i.UserID),
		}
		if withURL && i.Status != string(api.InviteStatusAccepted) {
			v.Url = api.Some(s.invitationURL(i))
		}
		return v
	}
}

// GetInvitationUrl returns the link of an invitation, for those who bring it to the
// invited person themselves.
func (s *Service) GetInvitationUrl(w *work.Unit, in *api.GetInvitationUrlInput) (*api.GetInvitationUrlOutput, error) {
	if _, err := account(w, in.AccountId); err != nil {
		return nil, err
	}
	i, err := w.Invitation(in.InviteId)
	if err != nil || i.AccountID != in.AccountId || i.AwsAccountID != w.Caller.AwsAccountID {
		return nil, noInvitation(err)
	}
	if i.Status == string(api.InviteStatusAccepted) {
		return nil, api.Conflict.Errorf("%s: the invitation was accepted", messageConflict)
	}
	return &api.GetInvitationUrlOutput{
		ExpiresOn: api.Timestamp(i.ExpiresMs), InviteId: api.Some(i.InviteID), Url: api.Some(s.invitationURL(i)),
	}, nil
}

// ResendInvitation sends an invitation again with a new link; the one before is
// worth nothing from then on.
func (s *Service) ResendInvitation(w *work.Unit, in *api.ResendInvitationInput) (*api.ResendInvitationOutput, error) {
	i, u, err := lockInvitation(w, in.AccountId, in.InviteId)
	if err != nil {
		return nil, err
	}
	if err := s.renew(w, i, in.UserLocale.Or(languagesOf(w))); err != nil {
		return nil, err
	}
	u.Invitation, u.EmailStatus, u.InvitedMs = i.Status, i.EmailStatus, i.InvitedMs
	return &api.ResendInvitationOutput{Invitation: s.invitationShape(w)(i)}, errors.Join(w.UpdateInvitation(i), w.UpdateUser(u))
}

// WithdrawInvitation ends an invitation and removes the user, who has never
// registered.
func (s *Service) WithdrawInvitation(w *work.Unit, in *api.WithdrawInvitationInput) error {
	_, u, err := lockInvitation(w, in.AccountId, in.InviteId)
	if err != nil {
		return err
	}
	return s.removeUser(w, u)
}

// expired reports whether the time of a link is over.
func expired(i *store.Invitation, now time.Time) bool { return i.ExpiresMs <= now.UnixMilli() }
