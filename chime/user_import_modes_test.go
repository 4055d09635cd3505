package chime_test

import (
	"slices"
	"testing"

	"carillon/api"
)

// outcomes imports users and returns what became of each.
func (w *world) outcomes(in *api.ImportUsersInput) []api.ImportOutcome {
	w.Helper()
	out, err := w.ImportUsers(w.ctx, in)
	w.must(err)
	return out.Outcomes
}

func (w *world) wantOutcomes(what string, in *api.ImportUsersInput, want ...api.ImportOutcome) {
	w.Helper()
	if got := w.outcomes(in); !slices.Equal(got, want) {
		w.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// A dry run tells what an import then does, and changes nothing.
func TestImportUsers_dryRun(t *testing.T) {
	for _, update := range []bool{false, true} {
		w := newWorld(t)
		a := w.team()
		w.importUsers(a, person("there@example.com", "there"), person("pro@example.com", "pro"))
		basic := person("PRO@example.com", "")
		basic.LicenseType = api.Some(api.LicenseBasic)
		in := &api.ImportUsersInput{AccountId: a, DryRun: api.Some(true), UpdateExisting: api.Some(update), Users: []api.ImportedUser{
			person("new@example.com", "new"), person("there@example.com", "there"), person("there@example.com", "another"),
			person("other@example.com", "there"), person("no address", ""), basic,
		}}
		changed := api.ImportOutcomeUnchanged
		if update {
			changed = api.ImportOutcomeUpdated
		}
		want := []api.ImportOutcome{
			api.ImportOutcomeCreated, api.ImportOutcomeUnchanged, api.ImportOutcomeRejected,
			api.ImportOutcomeRejected, api.ImportOutcomeRejected, changed,
		}
		before, _ := w.exported(a, 1000)
		w.wantOutcomes("a dry run", in, want...)
		w.wantOutcomes("another", in, want...)
		if after, _ := w.exported(a, 1000); len(after) != len(before) || after[1].LicenseType != before[1].LicenseType {
			t.Errorf("a dry run left %+v of %+v", after, before)
		}
		in.DryRun.V = false
		w.wantOutcomes("the import", in, want...)
		if got := w.emails(a); len(got) != 3 {
			t.Errorf("got %v", got)
		}
	}
}

// Users that are there get licence, type and name, as far as they are given, and
// nothing else.
func TestImportUsers_updateExisting(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	w.importUsers(a, fullPerson(1))
	change := person("p1@example.com", "")
	change.DisplayName, change.LicenseType, change.PersonalPIN = api.Some("Renamed"), api.Some(api.LicensePro), api.Some("9999999999")
	in := &api.ImportUsersInput{AccountId: a, UpdateExisting: api.Some(true), Users: []api.ImportedUser{change, person("p1@example.com", "user-1")}}
	w.wantOutcomes("a change", in, api.ImportOutcomeUpdated, api.ImportOutcomeUnchanged)
	w.wantOutcomes("again", in, api.ImportOutcomeUnchanged, api.ImportOutcomeUnchanged)
	u := w.get(a, "user-1")
	if u.DisplayName.V != "Renamed" || u.LicenseType.V != api.LicensePro || u.PersonalPIN.V != "1000000001" || u.PrimaryEmail.V != "P1@Example.com" {
		t.Errorf("got %+v", u)
	}
}

// Somebody who has not yet registered has no name that a list could change.
func TestImportUsers_updateUnregistered(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	w.invite(a, "p@example.com")
	change := person("p@example.com", "")
	change.DisplayName = api.Some("Nobody yet")
	in := &api.ImportUsersInput{AccountId: a, UpdateExisting: api.Some(true), Users: []api.ImportedUser{change}}
	w.wantOutcomes("a name", in, api.ImportOutcomeUnchanged)
	change.LicenseType = api.Some(api.LicenseBasic)
	in.Users = []api.ImportedUser{change}
	w.wantOutcomes("a licence", in, api.ImportOutcomeUpdated)
}
