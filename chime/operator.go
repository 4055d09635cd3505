package chime

import (
	"context"
	"errors"
	"strings"

	"carillon/api"
	"carillon/store"
)

// ProvisionAccount makes an account of any type, with its domains: what only
// the web console of Amazon Chime could do.
func (s *Service) ProvisionAccount(ctx context.Context, in *api.ProvisionAccountInput) (*api.ProvisionAccountOutput, error) {
	implied := api.AccountTypeTeam
	if len(in.Domains) > 0 {
		implied = api.AccountTypeEnterpriseLWA
	}
	a := s.newAccount(ctx, in.Name.V, in.AccountType.Or(implied))
	if isType(a, api.AccountTypeTeam) && len(in.Domains) > 0 {
		return nil, api.Invalid("Domains", "be empty for a Team account; accounts with domains are Enterprise accounts")
	}
	err := s.Store.Update(ctx, func(r store.Records) error {
		if err := r.InsertAccount(a); err != nil {
			return err
		}
		if err := s.withinAccountQuota(r, a); err != nil {
			return err
		}
		for i, name := range in.Domains {
			if _, err := s.claim(r, a, name, i); err != nil {
				return err
			}
		}
		return nil
	})
	return &api.ProvisionAccountOutput{Account: accountShape(a)}, err
}

// claim gives a domain to an account. place is its place among those claimed at
// once; a millisecond each keeps them in order.
func (s *Service) claim(r store.Records, a *store.Account, name string, place int) (*store.Domain, error) {
	d := &store.Domain{AwsAccountID: a.AwsAccountID, Name: strings.ToLower(name), AccountID: a.AccountID, CreatedMs: s.nowMs() + int64(place)}
	err := r.InsertDomain(d)
	if errors.Is(err, store.ErrExists) {
		return nil, api.Conflict.Errorf("%s: the domain %s is claimed already", messageConflict, d.Name)
	}
	return d, err
}

func domainShape(d *store.Domain) api.Domain {
	return api.Domain{
		AccountId: api.Some(d.AccountID), DomainName: api.Some(d.Name), CreatedTimestamp: api.Timestamp(d.CreatedMs),
	}
}

// AddDomain claims a domain, without asking the DNS. It moves no users and
// turns a Team account into an EnterpriseLWA account.
func (s *Service) AddDomain(ctx context.Context, in *api.AddDomainInput) (*api.AddDomainOutput, error) {
	var out api.AddDomainOutput
	err := s.changeAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) error {
		d, err := s.claim(r, a, in.DomainName.V, 0)
		if err != nil {
			return err
		}
		shape := domainShape(d)
		out.Domain = &shape
		if !isType(a, api.AccountTypeTeam) {
			return nil
		}
		a.Type = string(api.AccountTypeEnterpriseLWA)
		return r.UpdateAccount(a)
	})
	return &out, err
}

// ListDomains returns the domains of an account in the order of their claims.
func (s *Service) ListDomains(ctx context.Context, in *api.ListDomainsInput) (*api.ListDomainsOutput, error) {
	out := &api.ListDomainsOutput{}
	err := s.inAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) error {
		domains, err := r.Domains(a.AccountID)
		out.Domains = make([]api.Domain, len(domains))
		for i := range domains {
			out.Domains[i] = domainShape(&domains[i])
		}
		return err
	})
	return out, err
}

// DeleteDomain releases a domain. It changes neither users nor the account's type.
func (s *Service) DeleteDomain(ctx context.Context, in *api.DeleteDomainInput) error {
	return s.changeAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) error {
		return absent(r.DeleteDomain(a.AccountID, in.DomainName))
	})
}
