package chime

import (
	"errors"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// ProvisionAccount makes an account of any type, with its domains: what only
// the web console of Amazon Chime could do. The root key may choose its id, for
// those who bring accounts from elsewhere.
func (s *Service) ProvisionAccount(w *work.Unit, in *api.ProvisionAccountInput) (*api.ProvisionAccountOutput, error) {
	implied := api.AccountTypeTeam
	if len(in.Domains) > 0 {
		implied = api.AccountTypeEnterpriseLWA
	}
	a := newAccount(w, in.Name.V, in.AccountType.Or(implied))
	if isType(a, api.AccountTypeTeam) && len(in.Domains) > 0 {
		return nil, api.Invalid("Domains", "be empty for a Team account; accounts with domains are Enterprise accounts")
	}
	if err := identify(w, a, in.AccountId); err != nil {
		return nil, err
	}
	if err := s.insertAccount(w, a); err != nil {
		return nil, taken(err)
	}
	for i, name := range in.Domains {
		if _, err := claim(w, a, name, i); err != nil {
			return nil, err
		}
	}
	return &api.ProvisionAccountOutput{Account: accountShape(a)}, nil
}

// identify gives an account the id that the caller chooses, if any. It must be one
// that no other account has had: others learn from a refusal that it is known.
func identify(w *work.Unit, a *store.Account, id api.Opt[string]) error {
	switch {
	case !id.Set:
		return nil
	case !w.Caller.Root:
		return api.Forbidden.Errorf("Only the root key may choose the AccountId")
	}
	a.AccountID = id.V
	known, err := w.WasAccount(id.V)
	if err == nil && known {
		err = store.ErrExists
	}
	return taken(err)
}

// taken refuses an id that an account has, or has had.
func taken(err error) error {
	if errors.Is(err, store.ErrExists) {
		return api.Conflict.Wrap(err, messageConflict+": there is, or was until lately, an account with this AccountId")
	}
	return err
}
