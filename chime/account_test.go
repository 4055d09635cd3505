package chime_test

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"carillon/api"
)

func TestCreateAccount(t *testing.T) {
	w := newWorld(t)
	out, err := w.CreateAccount(w.ctx, &api.CreateAccountInput{Name: api.Some(" Example ")})
	w.must(err)
	want := &api.Account{
		AccountId: out.Account.AccountId, AwsAccountId: aws, Name: " Example ",
		AccountStatus: api.Some(api.AccountStatusActive), AccountType: api.Some(api.AccountTypeTeam),
		BillingType: api.Some("SeatBilling"), CreatedTimestamp: api.TimestampOf(epoch),
		DefaultLicense: api.Some(api.LicensePro), DelegationStatus: api.Some("NoDelegation"),
		Groups: []api.Group{}, SigninDelegateGroups: []api.SigninDelegateGroup{},
		SupportedLicenses: []api.License{api.LicenseBasic, api.LicensePro}, UseProTrialLicense: api.Some(false),
	}
	if !reflect.DeepEqual(out.Account, want) {
		t.Errorf("got %+v, want %+v", out.Account, want)
	}
	again, err := w.getAccount(want.AccountId)
	if err != nil || !reflect.DeepEqual(again, want) {
		t.Errorf("GetAccount: got %+v, %v", again, err)
	}
	_, err = w.CreateAccount(w.ctx, &api.CreateAccountInput{Name: api.Some(" Example ")})
	w.must(err) // names need not be unique
}

// Every operation on an account that is not there, or is another AWS
// account's, is told the same.
func TestAccount_absent(t *testing.T) {
	w := newWorld(t)
	id := w.team()
	foreign, absent := as(other), "ghost"
	calls := map[string]func(ctxOf) error{
		"GetAccount":    func(c ctxOf) error { return second(w.GetAccount(c.ctx, &api.GetAccountInput{AccountId: c.id})) },
		"UpdateAccount": func(c ctxOf) error { return second(w.UpdateAccount(c.ctx, &api.UpdateAccountInput{AccountId: c.id})) },
		"DeleteAccount": func(c ctxOf) error { return w.DeleteAccount(c.ctx, &api.DeleteAccountInput{AccountId: c.id}) },
		"GetAccountSettings": func(c ctxOf) error {
			return second(w.GetAccountSettings(c.ctx, &api.GetAccountSettingsInput{AccountId: c.id}))
		},
		"UpdateAccountSettings": func(c ctxOf) error {
			return w.UpdateAccountSettings(c.ctx, &api.UpdateAccountSettingsInput{AccountId: c.id, AccountSettings: &api.AccountSettings{}})
		},
		"CreateUser": func(c ctxOf) error {
			return second(w.CreateUser(c.ctx, &api.CreateUserInput{AccountId: c.id, Email: api.Some("a@b.c")}))
		},
		"InviteUsers": func(c ctxOf) error {
			return second(w.InviteUsers(c.ctx, &api.InviteUsersInput{AccountId: c.id, UserEmailList: []string{"a@b.c"}}))
		},
		"ListUsers": func(c ctxOf) error { return second(w.ListUsers(c.ctx, &api.ListUsersInput{AccountId: c.id})) },
		"BatchSuspendUser": func(c ctxOf) error {
			return second(w.BatchSuspendUser(c.ctx, &api.BatchSuspendUserInput{AccountId: c.id, UserIdList: []string{"u"}}))
		},
		"BatchUpdateUser": func(c ctxOf) error {
			return second(w.BatchUpdateUser(c.ctx, &api.BatchUpdateUserInput{AccountId: c.id, UpdateUserRequestItems: []api.UpdateUserRequestItem{{UserId: api.Some("u")}}}))
		},
		"AddDomain": func(c ctxOf) error {
			return second(w.AddDomain(c.ctx, &api.AddDomainInput{AccountId: c.id, DomainName: api.Some("b.example")}))
		},
		"ListDomains": func(c ctxOf) error { return second(w.ListDomains(c.ctx, &api.ListDomainsInput{AccountId: c.id})) },
	}
	for name, call := range calls {
		w.refused(name+", absent", call(ctxOf{w.ctx, absent}), api.NotFound, "Unable to find the requested identifier: there is no such account")
		w.refused(name+", another's", call(ctxOf{foreign, id}), api.NotFound, "Unable to find the requested identifier: there is no such account")
	}
}

// ctxOf is a caller and the account it asks for.
type ctxOf struct {
	ctx context.Context
	id  string
}

func second[T any](_ T, err error) error { return err }

func TestUpdateAccount(t *testing.T) {
	for _, test := range []struct {
		name        string
		in          api.UpdateAccountInput
		wantName    string
		wantLicense api.License
	}{
		{"nothing", api.UpdateAccountInput{}, "Example", api.LicensePro},
		{"name", api.UpdateAccountInput{Name: api.Some("New")}, "New", api.LicensePro},
		{"licence", api.UpdateAccountInput{DefaultLicense: api.Some(api.LicenseBasic)}, "Example", api.LicenseBasic},
		{"both", api.UpdateAccountInput{Name: api.Some("N"), DefaultLicense: api.Some(api.LicensePro)}, "N", api.LicensePro},
	} {
		w := newWorld(t)
		test.in.AccountId = w.team()
		out, err := w.UpdateAccount(w.ctx, &test.in)
		w.must(err)
		read, err := w.getAccount(test.in.AccountId)
		w.must(err)
		if !reflect.DeepEqual(read, out.Account) || read.Name != test.wantName || read.DefaultLicense.V != test.wantLicense {
			t.Errorf("%s: got %+v, then read %+v", test.name, out.Account, read)
		}
	}
}

// The account's licence is for users to come; those who are there keep theirs.
func TestUpdateAccount_defaultLicense(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	before := w.create(a, "before@example.com")
	_, err := w.UpdateAccount(w.ctx, &api.UpdateAccountInput{AccountId: a, DefaultLicense: api.Some(api.LicenseBasic)})
	w.must(err)
	created := w.create(a, "created@example.com")
	w.invite(a, "invited@example.com")
	for user, want := range map[string]api.License{
		before: api.LicensePro, created: api.LicenseBasic, w.byEmail(a, "invited@example.com").UserId: api.LicenseBasic,
	} {
		if got := w.get(a, user).LicenseType.V; got != want {
			t.Errorf("%s has %s, want %s", user, got, want)
		}
	}
	for _, license := range []api.License{api.LicensePlus, api.LicenseProTrial} {
		_, err := w.UpdateAccount(w.ctx, &api.UpdateAccountInput{AccountId: a, Name: api.Some("X"), DefaultLicense: api.Some(license)})
		w.refused(string(license), err, api.BadRequest, "DefaultLicense", "Basic", "Pro")
	}
	if account, err := w.getAccount(a); err != nil || account.Name != "Example" {
		t.Errorf("a refused update changed the account: %+v, %v", account, err)
	}
}

func TestAccountSettings(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	check := func(what string, remote, dial bool) {
		t.Helper()
		out, err := w.GetAccountSettings(w.ctx, &api.GetAccountSettingsInput{AccountId: a})
		w.must(err)
		want := api.AccountSettings{DisableRemoteControl: api.Some(remote), EnableDialOut: api.Some(dial)}
		if *out.AccountSettings != want {
			t.Errorf("%s: got %+v, want %+v", what, *out.AccountSettings, want)
		}
	}
	check("new", false, false)
	for _, step := range []struct {
		what         string
		change       api.AccountSettings
		remote, dial bool
	}{
		{"one", api.AccountSettings{DisableRemoteControl: api.Some(true)}, true, false},
		{"the other", api.AccountSettings{EnableDialOut: api.Some(true)}, true, true},
		{"none", api.AccountSettings{}, true, true},
		{"both", api.AccountSettings{DisableRemoteControl: api.Some(false), EnableDialOut: api.Some(false)}, false, false},
	} {
		w.must(w.UpdateAccountSettings(w.ctx, &api.UpdateAccountSettingsInput{AccountId: a, AccountSettings: &step.change}))
		check(step.what, step.remote, step.dial)
	}
}

func TestDeleteAccount_preconditions(t *testing.T) {
	for _, test := range []struct {
		name    string
		prepare func(*world) (account string)
		want    api.Kind // none: it is deleted
	}{
		{"empty Team", func(w *world) string { return w.team() }, api.Kind{}},
		{"Team with a user", func(w *world) string {
			a := w.team()
			w.create(a, "a@example.com")
			return a
		}, api.UnprocessableEntity},
		{"Team with an invitation", func(w *world) string {
			a := w.team()
			w.invite(a, "a@example.com")
			return a
		}, api.UnprocessableEntity},
		{"Team whose user was suspended", func(w *world) string {
			a := w.team()
			w.suspend(a, w.create(a, "a@example.com"))
			return a
		}, api.Kind{}},
		{"Enterprise with a domain", func(w *world) string {
			return w.account(api.AccountTypeEnterpriseLWA, "a.example")
		}, api.UnprocessableEntity},
		{"Enterprise with users", func(w *world) string {
			a := w.account(api.AccountTypeEnterpriseDirectory)
			w.create(a, "a@example.com")
			return a
		}, api.Kind{}},
		{"Enterprise whose domain was released", func(w *world) string {
			a := w.account(api.AccountTypeEnterpriseOIDC, "a.example")
			w.must(w.DeleteDomain(w.ctx, &api.DeleteDomainInput{AccountId: a, DomainName: "a.example"}))
			return a
		}, api.Kind{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			a := test.prepare(w)
			err := w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: a})
			if test.want != (api.Kind{}) {
				w.refused("deleting", err, test.want)
				w.must(second(w.getAccount(a)))
				return
			}
			w.must(err)
			w.refused("the deleted account", second(w.getAccount(a)), api.NotFound)
			w.refused("deleting again", w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: a}), api.NotFound)
		})
	}
}

// A deleted account is in no list, and neither are its users.
func TestDeleteAccount_forgets(t *testing.T) {
	w := newWorld(t)
	a := w.account(api.AccountTypeEnterpriseLWA)
	u := w.create(a, "a@example.com")
	w.must(w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: a}))
	_, err := w.GetUser(w.ctx, &api.GetUserInput{AccountId: a, UserId: u})
	w.refused("its user", err, api.NotFound)
	out, err := w.ListAccounts(w.ctx, &api.ListAccountsInput{})
	if err != nil || len(out.Accounts) != 0 {
		t.Errorf("still listed: %+v, %v", out, err)
	}
}

// A suspended account can be read but not written.
func TestAccount_suspended(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	u := w.create(a, "a@example.com")
	w.freeze(a)
	for name, err := range map[string]error{
		"UpdateAccount": second(w.UpdateAccount(w.ctx, &api.UpdateAccountInput{AccountId: a})),
		"DeleteAccount": w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: a}),
		"CreateUser":    second(w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: a, Email: api.Some("b@example.com")})),
		"UpdateUser":    second(w.update(api.UpdateUserInput{AccountId: a, UserId: u})),
		"InviteUsers":   second(w.InviteUsers(w.ctx, &api.InviteUsersInput{AccountId: a, UserEmailList: []string{"b@b.c"}})),
		"LogoutUser":    w.LogoutUser(w.ctx, &api.LogoutUserInput{AccountId: a, UserId: u}),
		"AddDomain":     second(w.AddDomain(w.ctx, &api.AddDomainInput{AccountId: a, DomainName: api.Some("b.example")})),
	} {
		w.refused(name, err, api.Forbidden, "suspended")
	}
	if account, err := w.getAccount(a); err != nil || account.AccountStatus.V != api.AccountStatusSuspended {
		t.Errorf("GetAccount: %+v, %v", account, err)
	}
	w.get(a, u)
	if got := w.emails(a); !slices.Equal(got, []string{"a@example.com"}) {
		t.Errorf("ListUsers: %v", got)
	}
}

func TestDelegateGroups(t *testing.T) {
	w := newWorld(t)
	a := w.account(api.AccountTypeEnterpriseDirectory)
	for _, step := range []struct {
		change      func(account string, names ...string) error
		names, want []string
	}{
		{w.addGroups, []string{"b", "a"}, []string{"b", "a"}},
		{w.addGroups, []string{"a", "c", "c"}, []string{"b", "a", "c"}},
		{w.removeGroups, []string{"a", "unknown"}, []string{"b", "c"}},
		{w.removeGroups, []string{"c", "b"}, nil},
	} {
		w.must(step.change(a, step.names...))
		account, err := w.getAccount(a)
		w.must(err)
		var got []string
		for _, g := range account.SigninDelegateGroups {
			got = append(got, g.GroupName.V)
		}
		if !slices.Equal(got, step.want) || account.SigninDelegateGroups == nil {
			t.Errorf("after %v: %v, want %v", step.names, got, step.want)
		}
	}
}

func (w *world) addGroups(account string, names ...string) error {
	in := &api.AssociateSigninDelegateGroupsWithAccountInput{AccountId: account}
	for _, name := range names {
		in.SigninDelegateGroups = append(in.SigninDelegateGroups, api.SigninDelegateGroup{GroupName: api.Some(name)})
	}
	return w.AssociateSigninDelegateGroupsWithAccount(w.ctx, in)
}

func (w *world) removeGroups(account string, names ...string) error {
	return w.DisassociateSigninDelegateGroupsFromAccount(w.ctx,
		&api.DisassociateSigninDelegateGroupsFromAccountInput{AccountId: account, GroupNames: names})
}

// Only directory accounts have delegate groups.
func TestDelegateGroups_otherTypes(t *testing.T) {
	w := newWorld(t)
	for _, accountType := range []api.AccountType{api.AccountTypeTeam, api.AccountTypeEnterpriseLWA, api.AccountTypeEnterpriseOIDC} {
		a := w.account(accountType)
		w.refused("adding on "+string(accountType), w.addGroups(a, "g"), api.BadRequest, string(accountType))
		w.refused("removing on "+string(accountType), w.removeGroups(a, "g"), api.BadRequest, string(accountType))
	}
}

func TestDelegateGroups_nameless(t *testing.T) {
	w := newWorld(t)
	a := w.account(api.AccountTypeEnterpriseDirectory)
	err := w.AssociateSigninDelegateGroupsWithAccount(w.ctx, &api.AssociateSigninDelegateGroupsWithAccountInput{
		AccountId: a, SigninDelegateGroups: []api.SigninDelegateGroup{{GroupName: api.Some("g")}, {}},
	})
	w.refused("a group without a name", err, api.BadRequest, "SigninDelegateGroups[1].GroupName")
	if account, _ := w.getAccount(a); len(account.SigninDelegateGroups) != 0 {
		t.Errorf("a refused call added %+v", account.SigninDelegateGroups)
	}
}
