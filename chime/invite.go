package chime

import (
	"context"
	"errors"

	"carillon/api"
	"carillon/store"
)

// InviteUsers invites addresses to a Team account, each once. The e-mail
// itself is not sent yet: EmailStatus stays NotSent.
func (s *Service) InviteUsers(ctx context.Context, in *api.InviteUsersInput) (*api.InviteUsersOutput, error) {
	if err := checkInvitees(in.UserEmailList); err != nil {
		return nil, err
	}
	out := &api.InviteUsersOutput{}
	err := s.changeAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) error {
		if !isType(a, api.AccountTypeTeam) {
			return wrongType(a, string(api.AccountTypeTeam))
		}
		out.Invites = []api.Invite{}
		for _, email := range distinct(in.UserEmailList) {
			u, err := s.invite(r, a, email, in.UserType)
			if err != nil {
				return err
			}
			out.Invites = append(out.Invites, s.inviteShape(u, email))
		}
		return nil
	})
	return out, err
}

func checkInvitees(emails []string) error {
	if len(emails) == 0 {
		return api.Invalid("UserEmailList", "have length greater than or equal to 1, not 0")
	}
	for i, email := range emails {
		if err := checkEmail("UserEmailList["+itoa(i)+"]", email); err != nil {
			return err
		}
	}
	return nil
}

// distinct returns the first of each group of addresses that count as the same.
func distinct(emails []string) []string {
	var list []string
	seen := map[string]bool{}
	for _, email := range emails {
		if key := store.EmailKey(email); !seen[key] {
			seen[key] = true
			list = append(list, email)
		}
	}
	return list
}

// invite invites one address: somebody new, a pending invitee once more, or a
// member, for whom nothing changes.
func (s *Service) invite(r store.Records, a *store.Account, email string, t api.Opt[api.UserType]) (*store.User, error) {
	u, err := r.UserByEmail(a.AccountID, email)
	switch {
	case errors.Is(err, store.ErrNotFound):
		u, err := s.inviteNew(r, a, email, t.Or(api.UserTypePrivateUser))
		if errors.Is(err, store.ErrExists) { // somebody else invited or created the user just now
			return s.invite(r, a, email, t)
		}
		return u, err
	case err != nil || u.RegisteredMs != 0:
		return &u, err
	}
	u.InvitedMs = s.nowMs()
	u.Invitation = string(api.InviteStatusPending)
	setType(&u, t.Or(api.UserType(u.Type)))
	return &u, r.UpdateUser(&u)
}

func (s *Service) inviteNew(r store.Records, a *store.Account, email string, t api.UserType) (*store.User, error) {
	id, err := r.FormerUserID(a.AccountID, email)
	if errors.Is(err, store.ErrNotFound) {
		id, err = s.NewID(), nil
	}
	if err != nil {
		return nil, err
	}
	now := s.nowMs()
	u := &store.User{
		AccountID: a.AccountID, UserID: id, AwsAccountID: a.AwsAccountID,
		Email: email, License: a.DefaultLicense, Type: string(t),
		Registration: string(api.RegistrationStatusUnregistered),
		Invitation:   string(api.InviteStatusPending),
		InviteID:     s.NewID(),
		EmailStatus:  string(api.EmailStatusNotSent),
		CreatedMs:    now, InvitedMs: now,
	}
	return u, r.InsertUser(u)
}

// inviteShape answers for one address. Members are told as Accepted, also
// those who came without an invitation.
func (s *Service) inviteShape(u *store.User, email string) api.Invite {
	status, emailStatus := api.InviteStatus(u.Invitation), api.EmailStatus(u.EmailStatus)
	if u.RegisteredMs != 0 {
		status, emailStatus = api.InviteStatusAccepted, api.EmailStatusNotSent
	}
	id := u.InviteID
	if id == "" {
		id = s.NewID()
	}
	return api.Invite{
		EmailAddress: api.Some(email),
		EmailStatus:  api.Some(emailStatus),
		InviteId:     api.Some(id),
		Status:       api.Some(status),
	}
}
