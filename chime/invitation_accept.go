package chime

import (
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// Why a link is good no more: codes of a Conflict.
const (
	InvitationUsed      api.ErrorCode = "InvitationUsed"
	InvitationExpired   api.ErrorCode = "InvitationExpired"
	InvitationReplaced  api.ErrorCode = "InvitationReplaced"
	InvitationWithdrawn api.ErrorCode = "InvitationWithdrawn"
)

// invitationURL is the link of an invitation. Its token is derived from the id and
// the number of the link, and kept nowhere.
func (s *Service) invitationURL(i *store.Invitation) string {
	return s.config.PublicURL + "/invitations/" + s.invitationToken(i.InviteID, i.Serial)
}

func (s *Service) invitationToken(inviteID string, serial int64) string {
	name := inviteID + "." + strconv.FormatInt(serial, 10)
	return name + "." + base64.RawURLEncoding.EncodeToString(s.derive("invitation", name))
}

// KnowsInvitation reports whether a token is that of a link that this server has
// made. The database is not asked: the link may be good no more.
func (s *Service) KnowsInvitation(token string) bool {
	_, _, ok := s.readInvitation(token)
	return ok
}

// readInvitation returns which link a token is of.
func (s *Service) readInvitation(token string) (inviteID string, serial int64, ok bool) {
	inviteID, rest, _ := strings.Cut(token, ".")
	number, _, _ := strings.Cut(rest, ".")
	serial, err := strconv.ParseInt(number, 10, 64)
	ok = err == nil && hmac.Equal([]byte(token), []byte(s.invitationToken(inviteID, serial)))
	return inviteID, serial, ok
}

// invitationOf returns the invitation of a link and acts for its AWS account from
// then on. Refusals: NotFound for a token that is none of ours, Conflict with a code
// for one that is good no more.
func (s *Service) invitationOf(w *work.Unit, token string, find func(string) (*store.Invitation, error)) (*store.Invitation, error) {
	id, serial, ok := s.readInvitation(token)
	if !ok {
		return nil, api.NotFound.Errorf("There is no invitation with this address")
	}
	i, err := find(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, over(InvitationWithdrawn, "The invitation was withdrawn")
	}
	if err != nil {
		return nil, err
	}
	w.ActFor(i.AwsAccountID)
	switch {
	case i.Status == string(api.InviteStatusAccepted):
		return nil, over(InvitationUsed, "The invitation was accepted already")
	case i.Serial != serial:
		return nil, over(InvitationReplaced, "The invitation was sent again; a newer link is good")
	case expired(i, w.Now):
		return nil, over(InvitationExpired, "The time of the invitation is over")
	}
	return i, nil
}

func over(code api.ErrorCode, message string) error {
	return &api.Error{Kind: api.Conflict, Code: code, Message: message}
}

// invitee returns the user of an invitation, who has not registered.
func invitee(i *store.Invitation, u *store.User, err error) (*store.User, error) {
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && u.InviteID != i.InviteID:
		return nil, over(InvitationWithdrawn, "The invitation was withdrawn")
	case err == nil && u.RegisteredMs != 0:
		return nil, over(InvitationUsed, "The invitation was accepted already")
	case err == nil && u.Registration != string(api.RegistrationStatusUnregistered):
		return nil, over(InvitationWithdrawn, "The invitation was withdrawn")
	}
	return u, err
}

// PrepareGetInvitationPage finds out for whom the person acts who has a link.
func (s *Service) PrepareGetInvitationPage(w *work.Unit, in *api.GetInvitationPageInput) (api.Errand, error) {
	_, err := s.invitationOf(w, in.Token, w.Invitation)
	return nil, err
}

// GetInvitationPage returns what a person sees who has the link of an invitation.
func (s *Service) GetInvitationPage(w *work.Unit, in *api.GetInvitationPageInput) (*api.GetInvitationPageOutput, error) {
	i, err := s.invitationOf(w, in.Token, w.Invitation)
	if err != nil {
		return nil, err
	}
	a, err := w.Account(i.AwsAccountID, i.AccountID)
	if err != nil {
		return nil, withdrawn(err)
	}
	u, err := w.User(i.AwsAccountID, i.AccountID, i.UserID)
	if _, err := invitee(i, u, err); err != nil {
		return nil, err
	}
	return &api.GetInvitationPageOutput{
		AccountName: api.Some(a.Name), EmailAddress: api.Some(i.Email), InvitedBy: api.NonZero(inviter(i.InvitedBy)),
	}, nil
}

// withdrawn is what becomes of an invitation to an account that is not there.
func withdrawn(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return over(InvitationWithdrawn, "The invitation was withdrawn")
	}
	return err
}

// inviter is the name of who invites, as people know it; empty: nobody's in
// particular, as the root key is.
func inviter(arn string) string {
	_, path, found := strings.Cut(arn, ":user/")
	if !found {
		return ""
	}
	return path[strings.LastIndexByte(path, '/')+1:]
}

// PrepareAcceptInvitation finds out for whom the person acts who has a link.
func (s *Service) PrepareAcceptInvitation(w *work.Unit, in *api.AcceptInvitationInput) (api.Errand, error) {
	_, err := s.invitationOf(w, in.Token, w.Invitation)
	return nil, err
}

// AcceptInvitation registers the invited person under the name that they give. A
// link can be used once. It is not signed; the token says that the sender has it.
func (s *Service) AcceptInvitation(w *work.Unit, in *api.AcceptInvitationInput) (*api.AcceptInvitationOutput, error) {
	name, err := checkName("DisplayName", in.DisplayName.V)
	if err != nil {
		return nil, err
	}
	seen, err := s.invitationOf(w, in.Token, w.Invitation)
	if err != nil {
		return nil, err
	}
	a, err := writable(w.LockAccount(seen.AwsAccountID, seen.AccountID)) // before what is in it, as everybody does
	if err != nil {
		return nil, withdrawn(err)
	}
	i, err := s.invitationOf(w, in.Token, w.LockInvitation)
	if err != nil {
		return nil, err
	}
	if err := accept(w, i, name); err != nil {
		return nil, err
	}
	return &api.AcceptInvitationOutput{
		AccountId: api.Some(i.AccountID), AccountName: api.Some(a.Name), InviteId: api.Some(i.InviteID), UserId: api.Some(i.UserID),
	}, nil
}

// accept registers the user of an invitation.
func accept(w *work.Unit, i *store.Invitation, name string) error {
	u, err := w.LockUser(i.AwsAccountID, i.AccountID, i.UserID)
	if u, err = invitee(i, u, err); err != nil {
		return err
	}
	u.DisplayName, u.Invitation = name, string(api.InviteStatusAccepted)
	register(u, api.UserType(u.Type), w.NowMs())
	i.Status = string(api.InviteStatusAccepted)
	return errors.Join(w.UpdateUser(u), w.UpdateInvitation(i),
		w.AddActivity(&store.Activity{AccountID: u.AccountID, UserID: u.UserID, ActiveMs: w.NowMs()}))
}
