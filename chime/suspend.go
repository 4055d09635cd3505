package chime

import (
	"context"
	"slices"

	"carillon/api"
	"carillon/store"
)

// BatchSuspendUser removes users from a Team account and suspends those of an
// EnterpriseLWA account. Users of other accounts are managed by a directory or
// an identity provider, and the live service said that it does not find them.
func (s *Service) BatchSuspendUser(ctx context.Context, in *api.BatchSuspendUserInput) (*api.BatchSuspendUserOutput, error) {
	failed, err := s.eachUser(ctx, in.AccountId, in.UserIdList, s.suspend)
	return &api.BatchSuspendUserOutput{UserErrors: failed}, err
}

// BatchUnsuspendUser registers suspended users of an EnterpriseLWA account
// again; users that are not suspended are left as they are.
func (s *Service) BatchUnsuspendUser(ctx context.Context, in *api.BatchUnsuspendUserInput) (*api.BatchUnsuspendUserOutput, error) {
	failed, err := s.eachUser(ctx, in.AccountId, in.UserIdList, unsuspend)
	return &api.BatchUnsuspendUserOutput{UserErrors: failed}, err
}

// userChanger returns what a batch does with each user of an account, or the
// refusal of the whole batch.
type userChanger func(*store.Account) (func(store.Records, *store.User) error, error)

// eachUser changes every user of a list once, in one transaction, and returns
// the refusals of single users.
func (s *Service) eachUser(ctx context.Context, accountID string, userIDs []string, changer userChanger) ([]api.UserError, error) {
	var failed userErrors
	err := s.changeAccount(ctx, accountID, func(r store.Records, a *store.Account) error {
		failed = nil
		change, err := changer(a)
		if err != nil {
			return err
		}
		for i, id := range userIDs {
			if slices.Contains(userIDs[:i], id) {
				continue
			}
			if err := failed.add(id, withUser(r, a, id, change)); err != nil {
				return err
			}
		}
		return nil
	})
	return failed.list(), err
}

func withUser(r store.Records, a *store.Account, id string, change func(store.Records, *store.User) error) error {
	u, err := r.LockUser(a.AwsAccountID, a.AccountID, id)
	if err != nil {
		return absent(err)
	}
	return change(r, &u)
}

func (s *Service) suspend(a *store.Account) (func(store.Records, *store.User) error, error) {
	switch api.AccountType(a.Type) {
	case api.AccountTypeTeam:
		return s.removeUser, nil
	case api.AccountTypeEnterpriseLWA:
		return suspendUser, nil
	}
	return func(store.Records, *store.User) error { return notFound() }, nil
}

// removeUser takes a user out of the account, without the phone number.
func (s *Service) removeUser(r store.Records, u *store.User) error {
	if u.PhoneNumber != "" {
		if err := r.ReleaseUserNumbers(u.AccountID, u.UserID, unassigned, s.nowMs()); err != nil {
			return err
		}
	}
	return r.RemoveUser(u)
}

// suspendUser suspends a registered user and withdraws the invitation of one
// who never registered.
func suspendUser(r store.Records, u *store.User) error {
	if u.Registration == string(api.RegistrationStatusUnregistered) {
		return r.RemoveUser(u)
	}
	u.Registration = string(api.RegistrationStatusSuspended)
	return r.UpdateUser(u)
}

func unsuspend(a *store.Account) (func(store.Records, *store.User) error, error) {
	if !isType(a, api.AccountTypeEnterpriseLWA) {
		return nil, wrongType(a, string(api.AccountTypeEnterpriseLWA))
	}
	return unsuspendUser, nil
}

func unsuspendUser(r store.Records, u *store.User) error {
	if u.Registration != string(api.RegistrationStatusSuspended) {
		return nil
	}
	u.Registration = string(api.RegistrationStatusRegistered)
	return r.UpdateUser(u)
}
