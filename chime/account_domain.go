package chime

import (
	"errors"
	"strings"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// claim gives a domain to an account. place is its place among those claimed at
// once; a millisecond each keeps them in order.
func claim(w *work.Unit, a *store.Account, name string, place int) (*store.Domain, error) {
	d := &store.Domain{AwsAccountID: a.AwsAccountID, Name: strings.ToLower(name), AccountID: a.AccountID, CreatedMs: w.NowMs() + int64(place)}
	err := w.InsertDomain(d)
	if errors.Is(err, store.ErrExists) {
		return nil, api.Conflict.Errorf("%s: the domain %s is claimed already", messageConflict, d.Name)
	}
	return d, err
}

func domainShape(d *store.Domain) *api.Domain {
	return &api.Domain{
		AccountId: api.Some(d.AccountID), DomainName: api.Some(d.Name), CreatedTimestamp: api.Timestamp(d.CreatedMs),
	}
}

// AddDomain claims a domain, without asking the DNS. It moves no users and
// turns a Team account into an EnterpriseLWA account.
func (s *Service) AddDomain(w *work.Unit, in *api.AddDomainInput) (*api.AddDomainOutput, error) {
	a, err := lockAccount(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	d, err := claim(w, a, in.DomainName.V, 0)
	if err != nil {
		return nil, err
	}
	if isType(a, api.AccountTypeTeam) {
		a.Type = string(api.AccountTypeEnterpriseLWA)
		err = w.UpdateAccount(a)
	}
	return &api.AddDomainOutput{Domain: domainShape(d)}, err
}

// ListDomains returns the domains of an account in the order of their claims.
func (s *Service) ListDomains(w *work.Unit, in *api.ListDomainsInput) (*api.ListDomainsOutput, error) {
	a, err := account(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	domains, err := w.Domains(a.AccountID)
	return &api.ListDomainsOutput{Domains: shapes(domains, domainShape)}, err
}

// DeleteDomain releases a domain. It changes neither users nor the account's type.
func (s *Service) DeleteDomain(w *work.Unit, in *api.DeleteDomainInput) error {
	a, err := lockAccount(w, in.AccountId)
	if err != nil {
		return err
	}
	return w.DeleteDomain(a.AccountID, in.DomainName)
}
