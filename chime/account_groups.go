package chime

import (
	"slices"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

func delegateGroups(a *store.Account) []api.SigninDelegateGroup {
	groups := make([]api.SigninDelegateGroup, len(a.DelegateGroups))
	for i, name := range a.DelegateGroups {
		groups[i].GroupName = api.Some(name)
	}
	return groups
}

// AssociateSigninDelegateGroupsWithAccount adds groups; those that are there
// already stay.
func (s *Service) AssociateSigninDelegateGroupsWithAccount(w *work.Unit, in *api.AssociateSigninDelegateGroupsWithAccountInput) error {
	a, err := lockDirectoryAccount(w, in.AccountId)
	if err != nil {
		return err
	}
	for i, g := range in.SigninDelegateGroups {
		if !g.GroupName.Set {
			return api.Invalid("SigninDelegateGroups["+itoa(i)+"].GroupName", "not be null")
		}
		if !slices.Contains(a.DelegateGroups, g.GroupName.V) {
			a.DelegateGroups = append(a.DelegateGroups, g.GroupName.V)
		}
	}
	if err := checkDelegateGroups(a.DelegateGroups); err != nil {
		return err
	}
	return w.UpdateAccount(a)
}

// DisassociateSigninDelegateGroupsFromAccount removes groups; unknown names
// are ignored.
func (s *Service) DisassociateSigninDelegateGroupsFromAccount(w *work.Unit, in *api.DisassociateSigninDelegateGroupsFromAccountInput) error {
	a, err := lockDirectoryAccount(w, in.AccountId)
	if err != nil {
		return err
	}
	a.DelegateGroups = slices.DeleteFunc(a.DelegateGroups, func(name string) bool {
		return slices.Contains(in.GroupNames, name)
	})
	return w.UpdateAccount(a)
}

// lockDirectoryAccount returns an account that can have sign-in delegate groups.
func lockDirectoryAccount(w *work.Unit, accountID string) (*store.Account, error) {
	a, err := lockAccount(w, accountID)
	if err == nil && !isType(a, api.AccountTypeEnterpriseDirectory) {
		err = wrongType(a, string(api.AccountTypeEnterpriseDirectory))
	}
	return a, err
}

// maxDelegateGroups is how many sign-in delegate groups an account may have.
const maxDelegateGroups = 100

// checkDelegateGroups refuses more groups than an account may have; groups is
// what it would have after the change, each once.
func checkDelegateGroups(groups []string) error {
	if len(groups) > maxDelegateGroups {
		return api.Invalid("SigninDelegateGroups", "not give the account more than %d groups; it would have %d", maxDelegateGroups, len(groups))
	}
	return nil
}
