package chime_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"carillon/api"
)

func TestProvisionAccount(t *testing.T) {
	none := api.Opt[api.AccountType]{}
	for _, test := range []struct {
		name    string
		given   api.Opt[api.AccountType]
		domains []string
		want    api.AccountType // none: refused
	}{
		{"nothing given", none, nil, api.AccountTypeTeam},
		{"with domains", none, []string{"a.example"}, api.AccountTypeEnterpriseLWA},
		{"Team", api.Some(api.AccountTypeTeam), nil, api.AccountTypeTeam},
		{"Team with domains", api.Some(api.AccountTypeTeam), []string{"a.example"}, ""},
		{"Directory", api.Some(api.AccountTypeEnterpriseDirectory), nil, api.AccountTypeEnterpriseDirectory},
		{"Directory with domains", api.Some(api.AccountTypeEnterpriseDirectory), []string{"a.example", "b.example"}, api.AccountTypeEnterpriseDirectory},
		{"OIDC", api.Some(api.AccountTypeEnterpriseOIDC), nil, api.AccountTypeEnterpriseOIDC},
	} {
		w := newWorld(t)
		out, err := w.ProvisionAccount(w.ctx, &api.ProvisionAccountInput{Name: api.Some("N"), AccountType: test.given, Domains: test.domains})
		if test.want == "" {
			w.refused(test.name, err, api.BadRequest, "Domains")
			continue
		}
		w.must(err)
		account, err := w.getAccount(out.Account.AccountId)
		if err != nil || account.AccountType.V != test.want || !slices.Equal(w.domains(account.AccountId), test.domains) {
			t.Errorf("%s: got %+v with %v, %v, want %s", test.name, account, w.domains(account.AccountId), err, test.want)
		}
	}
}

// domains returns the names of the domains of an account.
func (w *world) domains(account string) (names []string) {
	w.Helper()
	out, err := w.ListDomains(w.ctx, &api.ListDomainsInput{AccountId: account})
	w.must(err)
	if out.Domains == nil {
		w.Error("the list of domains is null")
	}
	for _, d := range out.Domains {
		names = append(names, d.DomainName.V)
	}
	return names
}

// An account whose domain is taken is not made at all.
func TestProvisionAccount_conflict(t *testing.T) {
	w := newWorld(t)
	w.account(api.AccountTypeEnterpriseLWA, "taken.example")
	_, err := w.ProvisionAccount(w.ctx, &api.ProvisionAccountInput{Name: api.Some("N"), Domains: []string{"free.example", "Taken.Example"}})
	w.refused("a taken domain", err, api.Conflict, "taken.example")
	_, err = w.ProvisionAccount(w.ctx, &api.ProvisionAccountInput{Name: api.Some("N"), Domains: []string{"twice.example", "TWICE.example"}})
	w.refused("one domain twice", err, api.Conflict, "twice.example")
	ids, _, err := w.listAccounts(api.ListAccountsInput{})
	if err != nil || len(ids) != 1 {
		t.Errorf("accounts %v, %v", ids, err)
	}
	w.account(api.AccountTypeEnterpriseLWA, "free.example")
}

// The root key may choose an id that no account has, or had.
func TestProvisionAccount_id(t *testing.T) {
	w := newWorld(t)
	provision := func(ctx context.Context, id string) error {
		_, err := w.ProvisionAccount(ctx, &api.ProvisionAccountInput{Name: api.Some("N"), AccountId: api.Some(id)})
		return err
	}
	w.must(provision(w.ctx, "chosen"))
	_, err := w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: "chosen", Email: api.Some("a@example.com")})
	w.must(err)
	w.refused("again", provision(w.ctx, "chosen"), api.Conflict, "AccountId")
	w.refused("of another AWS account", provision(as("999900001111"), "chosen"), api.Conflict, "AccountId")
	w.must(provision(w.ctx, "gone"))
	w.must(w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: "gone"}))
	w.refused("deleted", provision(w.ctx, "gone"), api.Conflict, "AccountId")
}

func TestAddDomain(t *testing.T) {
	w := newWorld(t)
	for accountType, want := range map[api.AccountType]api.AccountType{
		api.AccountTypeTeam:                api.AccountTypeEnterpriseLWA,
		api.AccountTypeEnterpriseLWA:       api.AccountTypeEnterpriseLWA,
		api.AccountTypeEnterpriseDirectory: api.AccountTypeEnterpriseDirectory,
		api.AccountTypeEnterpriseOIDC:      api.AccountTypeEnterpriseOIDC,
	} {
		a := w.account(accountType)
		user := w.create(a, "a@elsewhere.example")
		now := w.advance(time.Second)
		out, err := w.AddDomain(w.ctx, &api.AddDomainInput{AccountId: a, DomainName: api.Some(string(accountType) + ".Example")})
		w.must(err)
		if d := out.Domain; d.AccountId.V != a || d.DomainName.V != w.domains(a)[0] || d.CreatedTimestamp != now {
			t.Errorf("%s: the answer is %+v, the list %v", accountType, d, w.domains(a))
		}
		account, err := w.getAccount(a)
		if err != nil || account.AccountType.V != want || account.Domains != nil {
			t.Errorf("%s became %+v, %v, want %s", accountType, account, err, want)
		}
		w.get(a, user) // nobody is moved
	}
}

// A domain is unique in its AWS account, whatever the case.
func TestAddDomain_conflict(t *testing.T) {
	w := newWorld(t)
	a, b := w.team(), w.team()
	add := func(account, name string) error {
		return second(w.AddDomain(w.ctx, &api.AddDomainInput{AccountId: account, DomainName: api.Some(name)}))
	}
	w.must(add(a, "Example.com"))
	for _, account := range []string{a, b} {
		w.refused("claimed again", add(account, "EXAMPLE.com"), api.Conflict, "example.com")
	}
	if account, _ := w.getAccount(b); account.AccountType.V != api.AccountTypeTeam {
		t.Errorf("a refused claim made the account %s", account.AccountType.V)
	}
	_, err := w.ProvisionAccount(as(other), &api.ProvisionAccountInput{Name: api.Some("N"), Domains: []string{"example.com"}})
	w.must(err)
}

func TestDeleteDomain(t *testing.T) {
	w := newWorld(t)
	a, b := w.account(api.AccountTypeEnterpriseLWA, "a.example", "b.example"), w.account(api.AccountTypeEnterpriseLWA)
	user := w.create(a, "x@a.example")
	remove := func(account, name string) error {
		return w.DeleteDomain(w.ctx, &api.DeleteDomainInput{AccountId: account, DomainName: name})
	}
	w.refused("not this account's", remove(b, "a.example"), api.NotFound)
	w.refused("unknown", remove(a, "c.example"), api.NotFound)
	w.must(remove(a, "A.Example"))
	w.refused("again", remove(a, "a.example"), api.NotFound)
	w.must(remove(a, "b.example"))
	account, err := w.getAccount(a)
	if err != nil || account.AccountType.V != api.AccountTypeEnterpriseLWA {
		t.Errorf("without domains the account is %+v, %v", account, err)
	}
	if got := w.get(a, user).UserRegistrationStatus.V; got != api.RegistrationStatusRegistered {
		t.Errorf("the user is %s", got)
	}
	w.must(second(w.AddDomain(w.ctx, &api.AddDomainInput{AccountId: b, DomainName: api.Some("a.example")})))
}
