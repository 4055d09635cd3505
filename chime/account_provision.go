package chime

import (
	"carillon/api"
	"carillon/work"
)

// ProvisionAccount makes an account of any type, with its domains: what only
// the web console of Amazon Chime could do.
func (s *Service) ProvisionAccount(w *work.Unit, in *api.ProvisionAccountInput) (*api.ProvisionAccountOutput, error) {
	implied := api.AccountTypeTeam
	if len(in.Domains) > 0 {
		implied = api.AccountTypeEnterpriseLWA
	}
	a := newAccount(w, in.Name.V, in.AccountType.Or(implied))
	if isType(a, api.AccountTypeTeam) && len(in.Domains) > 0 {
		return nil, api.Invalid("Domains", "be empty for a Team account; accounts with domains are Enterprise accounts")
	}
	if err := s.insertAccount(w, a); err != nil {
		return nil, err
	}
	for i, name := range in.Domains {
		if _, err := claim(w, a, name, i); err != nil {
			return nil, err
		}
	}
	return &api.ProvisionAccountOutput{Account: accountShape(a)}, nil
}
