package chime_test

import (
	"reflect"
	"slices"
	"testing"

	"carillon/api"
)

// On a Team account suspending removes users and withdraws invitations.
func TestBatchSuspendUser_team(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	stays, goes := w.create(a, "stays@example.com"), w.create(a, "goes@example.com")
	w.invite(a, "invited@example.com")
	invited := w.byEmail(a, "invited@example.com").UserId
	if failed := w.suspend(a, goes, "ghost", invited, goes); !slices.Equal(failed, []string{"ghost NotFound"}) {
		t.Errorf("errors %v", failed)
	}
	for _, id := range []string{goes, invited} {
		_, err := w.GetUser(w.ctx, &api.GetUserInput{AccountId: a, UserId: id})
		w.refused("a removed user", err, api.NotFound)
	}
	w.get(a, stays)
	if failed := w.suspend(a, goes); !slices.Equal(failed, []string{goes + " NotFound"}) {
		t.Errorf("suspended again: %v", failed)
	}
	w.create(a, "goes@example.com") // the address is free again
}

// On an EnterpriseLWA account suspended users stay, and can come back.
func TestBatchSuspendUser_lwa(t *testing.T) {
	w := newWorld(t)
	a := w.account(api.AccountTypeEnterpriseLWA, "example.com")
	u, untouched := w.create(a, "a@example.com"), w.create(a, "b@example.com")
	before := w.get(a, u)
	for range 2 { // the second time changes nothing
		if failed := w.suspend(a, u, "ghost"); !slices.Equal(failed, []string{"ghost NotFound"}) {
			t.Errorf("errors %v", failed)
		}
		if got := w.get(a, u).UserRegistrationStatus.V; got != api.RegistrationStatusSuspended {
			t.Errorf("the status is %s", got)
		}
	}
	if got := w.emails(a); !slices.Equal(got, []string{"a@example.com", "b@example.com"}) {
		t.Errorf("listed: %v", got)
	}
	out, err := w.BatchUnsuspendUser(w.ctx, &api.BatchUnsuspendUserInput{AccountId: a, UserIdList: []string{u, untouched, "ghost", u}})
	w.must(err)
	if got := failures(out.UserErrors); !slices.Equal(got, []string{"ghost NotFound"}) {
		t.Errorf("unsuspending: %v", got)
	}
	if after := w.get(a, u); !reflect.DeepEqual(after, before) {
		t.Errorf("came back as %+v, was %+v", after, before)
	}
}

// An invitation that an account had before it became an Enterprise account.
func TestBatchSuspendUser_lwaInvitee(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	w.invite(a, "a@example.com")
	u := w.byEmail(a, "a@example.com").UserId
	_, err := w.AddDomain(w.ctx, &api.AddDomainInput{AccountId: a, DomainName: api.Some("example.com")})
	w.must(err)
	if failed := w.suspend(a, u); len(failed) > 0 {
		t.Errorf("errors %v", failed)
	}
	if left := w.emails(a); len(left) > 0 {
		t.Errorf("still there: %v", left)
	}
}

// The users of directories and identity providers are not suspended here.
func TestBatchSuspendUser_otherTypes(t *testing.T) {
	for _, accountType := range []api.AccountType{api.AccountTypeEnterpriseDirectory, api.AccountTypeEnterpriseOIDC} {
		w := newWorld(t)
		a := w.account(accountType)
		u := w.create(a, "a@example.com")
		out, err := w.BatchSuspendUser(w.ctx, &api.BatchSuspendUserInput{AccountId: a, UserIdList: []string{u}})
		w.must(err)
		want := []api.UserError{{
			UserId: api.Some(u), ErrorCode: api.Some(api.ErrorCodeNotFound),
			ErrorMessage: api.Some("Unable to find the requested identifier"),
		}}
		if !reflect.DeepEqual(out.UserErrors, want) {
			t.Errorf("%s: got %+v, want %+v", accountType, out.UserErrors, want)
		}
		if got := w.get(a, u).UserRegistrationStatus.V; got != api.RegistrationStatusRegistered {
			t.Errorf("%s: the status is %s", accountType, got)
		}
	}
}

func TestBatchUnsuspendUser_otherTypes(t *testing.T) {
	w := newWorld(t)
	for _, accountType := range []api.AccountType{api.AccountTypeTeam, api.AccountTypeEnterpriseDirectory, api.AccountTypeEnterpriseOIDC} {
		_, err := w.BatchUnsuspendUser(w.ctx, &api.BatchUnsuspendUserInput{AccountId: w.account(accountType), UserIdList: []string{"u"}})
		w.refused(string(accountType), err, api.BadRequest, "EnterpriseLWA", string(accountType))
	}
}

func TestBatchSuspendUser_nobody(t *testing.T) {
	w := newWorld(t)
	for _, accountType := range []api.AccountType{api.AccountTypeTeam, api.AccountTypeEnterpriseLWA} {
		out, err := w.BatchSuspendUser(w.ctx, &api.BatchSuspendUserInput{AccountId: w.account(accountType), UserIdList: []string{}})
		if err != nil || out.UserErrors == nil || len(out.UserErrors) != 0 {
			t.Errorf("%s: got %+v, %v, want an empty list", accountType, out, err)
		}
	}
}
