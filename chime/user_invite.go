package chime

import (
	"errors"
	"slices"
	"strings"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// InviteUsers invites addresses to a Team account, each once. EmailStatus is Sent
// once the mail waits to be sent, and NotSent where the server has no mail server.
func (s *Service) InviteUsers(w *work.Unit, in *api.InviteUsersInput) (*api.InviteUsersOutput, error) {
	if err := checkInvitees(in.UserEmailList); err != nil {
		return nil, err
	}
	a, err := lockAccount(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	if !isType(a, api.AccountTypeTeam) {
		return nil, wrongType(a, string(api.AccountTypeTeam))
	}
	guests := guestsOf(w, in.UserEmailList)
	invites := make([]api.Invite, len(guests))
	k, err := known(w, a, distinct(in.UserEmailList))
	if err != nil {
		return nil, err
	}
	for _, g := range inOneOrder(guests) {
		u, err := s.invite(w, a, k, g, in.UserType)
		if err != nil {
			return nil, err
		}
		invites[g.place] = inviteShape(w, u, g.email)
	}
	return &api.InviteUsersOutput{Invites: invites}, nil
}

// guest is an address that is to be invited.
type guest struct {
	place int // among those of the request
	email string
	newID string // of the user, unless the address had one before
}

// guestsOf returns the addresses to invite, with ids in the order of the request.
func guestsOf(w *work.Unit, emails []string) (guests []guest) {
	for i, email := range distinct(emails) {
		guests = append(guests, guest{i, email, store.TimedID(w.NewID(), w.NowMs())})
	}
	return guests
}

// inOneOrder returns guests in the order of their addresses, so that requests for the
// same ones do not wait for each other in a circle.
func inOneOrder(guests []guest) []guest {
	return slices.SortedFunc(slices.Values(guests), func(a, b guest) int {
		return strings.Compare(store.EmailKey(a.email), store.EmailKey(b.email))
	})
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

// invited are those of the addresses that the account has, and their invitations: many
// are looked up in two queries.
type invited struct {
	users       map[string]*store.User // by store.EmailKey
	invitations map[string]*store.Invitation
}

func known(w *work.Unit, a *store.Account, emails []string) (*invited, error) {
	users, err := w.LockUsersByEmail(a.AwsAccountID, a.AccountID, emails)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, u := range users {
		if u.RegisteredMs == 0 {
			ids = append(ids, u.InviteID)
		}
	}
	invitations, err := w.LockInvitations(ids)
	return &invited{users, invitations}, err
}

// invite invites one address: somebody new, a pending invitee once more, or a
// member, for whom nothing changes.
func (s *Service) invite(w *work.Unit, a *store.Account, k *invited, g guest, t api.Opt[api.UserType]) (*store.User, error) {
	if u := k.users[store.EmailKey(g.email)]; u != nil {
		return u, s.inviteAgain(w, u, k.invitations[u.InviteID], t)
	}
	invitee, err := newInvitee(w, a, g, t)
	if err != nil {
		return nil, err
	}
	err = s.insertInvitee(w, invitee)
	if !errors.Is(err, store.ErrExists) {
		return invitee, err
	}
	// Somebody else added the address just now, or the former id went to another
	// address. Then a new id, which nobody has, leaves only the former case.
	k, err = known(w, a, []string{g.email})
	if err != nil {
		return nil, err
	}
	if len(k.users) > 0 {
		return s.invite(w, a, k, g, t)
	}
	invitee.UserID = store.TimedID(w.NewID(), invitee.CreatedMs)
	return invitee, s.insertInvitee(w, invitee)
}

// insertInvitee adds a user to be, with the invitation.
func (s *Service) insertInvitee(w *work.Unit, u *store.User) error {
	if err := w.InsertUser(u); err != nil {
		return err
	}
	if err := w.ReturnScim(u.AccountID, u.UserID); err != nil {
		return err
	}
	s.ranks.moved(w, u, 1) // who had been a member comes in between
	return s.firstInvitation(w, u)
}

// firstInvitation makes the invitation of a user who has none.
func (s *Service) firstInvitation(w *work.Unit, u *store.User) error {
	i := &store.Invitation{
		InviteID: u.InviteID, AccountID: u.AccountID, AwsAccountID: u.AwsAccountID, UserID: u.UserID, Email: u.Email, CreatedMs: w.NowMs(),
	}
	if err := s.renew(w, i, languagesOf(w)); err != nil {
		return err
	}
	u.EmailStatus = i.EmailStatus
	return w.InsertInvitation(i)
}

// inviteAgain renews the invitation of a user who has been found, unless they
// are a member.
func (s *Service) inviteAgain(w *work.Unit, u *store.User, i *store.Invitation, t api.Opt[api.UserType]) error {
	if u.RegisteredMs != 0 {
		return nil
	}
	if err := s.renewInvitation(w, u, i); err != nil {
		return err
	}
	u.InvitedMs = w.NowMs()
	u.Invitation = string(api.InviteStatusPending)
	setType(u, t.Or(api.UserType(u.Type)))
	return w.UpdateUser(u)
}

// renewInvitation renews the invitation of a user, or makes one for those who were
// imported without: i is nil then.
func (s *Service) renewInvitation(w *work.Unit, u *store.User, i *store.Invitation) error {
	if i == nil {
		u.InviteID = w.NewID()
		return s.firstInvitation(w, u)
	}
	if err := s.renew(w, i, languagesOf(w)); err != nil {
		return err
	}
	u.EmailStatus = i.EmailStatus
	return w.UpdateInvitation(i)
}

// newInvitee returns a user to be, with the id that the address had before.
func newInvitee(w *work.Unit, a *store.Account, g guest, t api.Opt[api.UserType]) (*store.User, error) {
	id, err := w.FormerUserID(a.AccountID, g.email)
	if errors.Is(err, store.ErrNotFound) {
		id, err = g.newID, nil
	}
	return &store.User{
		AccountID: a.AccountID, UserID: id, AwsAccountID: a.AwsAccountID,
		Email: g.email, License: a.DefaultLicense, Type: string(t.Or(api.UserTypePrivateUser)),
		Registration: string(api.RegistrationStatusUnregistered),
		Invitation:   string(api.InviteStatusPending),
		InviteID:     w.NewID(),
		EmailStatus:  string(api.EmailStatusNotSent),
		CreatedMs:    w.NowMs(), InvitedMs: w.NowMs(),
	}, err
}

// inviteShape answers for one address. Members are told as Accepted, also
// those who came without an invitation.
func inviteShape(w *work.Unit, u *store.User, email string) api.Invite {
	status, emailStatus := api.InviteStatus(u.Invitation), api.EmailStatus(u.EmailStatus)
	if u.RegisteredMs != 0 {
		status, emailStatus = api.InviteStatusAccepted, api.EmailStatusNotSent
	}
	id := u.InviteID
	if id == "" {
		id = w.NewID()
	}
	return api.Invite{
		EmailAddress: api.Some(email),
		EmailStatus:  api.Some(emailStatus),
		InviteId:     api.Some(id),
		Status:       api.Some(status),
	}
}
