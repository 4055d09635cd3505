package chime

import (
	"slices"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// BatchSuspendUser removes users from a Team account and suspends those of an
// EnterpriseLWA account. Users of other accounts are managed by a directory or
// an identity provider, and the live service said that it does not find them.
func (s *Service) BatchSuspendUser(w *work.Unit, in *api.BatchSuspendUserInput) (*api.BatchSuspendUserOutput, error) {
	a, err := lockAccount(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	failed, err := eachUser(w, a, in.UserIdList, s.suspension(a))
	return &api.BatchSuspendUserOutput{UserErrors: failed}, err
}

// BatchUnsuspendUser registers suspended users of an EnterpriseLWA account
// again; users that are not suspended are left as they are.
func (s *Service) BatchUnsuspendUser(w *work.Unit, in *api.BatchUnsuspendUserInput) (*api.BatchUnsuspendUserOutput, error) {
	a, err := lockAccount(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	if !isType(a, api.AccountTypeEnterpriseLWA) {
		return nil, wrongType(a, string(api.AccountTypeEnterpriseLWA))
	}
	failed, err := eachUser(w, a, in.UserIdList, unsuspendUser)
	return &api.BatchUnsuspendUserOutput{UserErrors: failed}, err
}

// userChanger is what a batch does with each of its users.
type userChanger func(*work.Unit, *store.User) error

// eachUser changes every user of a list once and returns the refusals of single
// users.
func eachUser(w *work.Unit, a *store.Account, userIDs []string, change userChanger) (userErrors, error) {
	failed := userErrors{}
	for i, id := range userIDs {
		if slices.Contains(userIDs[:i], id) {
			continue
		}
		err := withUser(w, a, id, func(u *store.User) error { return change(w, u) })
		if err := failed.add(id, err); err != nil {
			return nil, err
		}
	}
	return failed, nil
}

// suspension is what suspending means in an account.
func (s *Service) suspension(a *store.Account) userChanger {
	switch api.AccountType(a.Type) {
	case api.AccountTypeTeam:
		return s.removeUser
	case api.AccountTypeEnterpriseLWA:
		return s.suspendUser
	}
	return func(*work.Unit, *store.User) error { return api.NotFound.Errorf(messageNotFound) }
}

// removeUser takes a user out of the account, without the phone number.
func (s *Service) removeUser(w *work.Unit, u *store.User) error {
	if u.PhoneNumber != "" {
		if err := w.ReleaseUserNumbers(u.AccountID, u.UserID, unassigned, w.NowMs()); err != nil {
			return err
		}
	}
	return s.leave(w, u)
}

// leave takes a user out of the account, whose invitation is worth nothing then.
// SCIM sees them further if it knows of them.
func (s *Service) leave(w *work.Unit, u *store.User) error {
	if err := w.DeleteUserInvitations(u.AccountID, u.UserID); err != nil {
		return err
	}
	if err := w.LeaveScim(u, w.NowMs()); err != nil {
		return err
	}
	s.ranks.moved(w, u, -1)
	return w.RemoveUser(u)
}

// suspendUser suspends a registered user and withdraws the invitation of one
// who never registered.
func (s *Service) suspendUser(w *work.Unit, u *store.User) error {
	if u.Registration == string(api.RegistrationStatusUnregistered) {
		return s.leave(w, u)
	}
	u.Registration = string(api.RegistrationStatusSuspended)
	return w.UpdateUser(u)
}

func unsuspendUser(w *work.Unit, u *store.User) error {
	if u.Registration != string(api.RegistrationStatusSuspended) {
		return nil
	}
	u.Registration = string(api.RegistrationStatusRegistered)
	return w.UpdateUser(u)
}
