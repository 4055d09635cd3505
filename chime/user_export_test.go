package chime_test

import (
	"fmt"
	"reflect"
	"testing"

	"carillon/api"
)

// exported returns all users of an account, by pages of max.
func (w *world) exported(account string, most int) (users []api.ExportedUser, pages int) {
	w.Helper()
	in := &api.ExportUsersInput{AccountId: account, MaxResults: api.Some(most)}
	for pages = 1; ; pages++ {
		out, err := w.ExportUsers(w.ctx, in)
		w.must(err)
		users = append(users, out.Users...)
		if in.NextToken = out.NextToken; !in.NextToken.Set {
			return users, pages
		}
	}
}

// fullPerson is a user of whom a list says everything.
func fullPerson(i int) api.ImportedUser {
	u := person(fmt.Sprintf("P%d@Example.com", i), fmt.Sprintf("user-%d", i))
	u.DisplayName, u.PersonalPIN = api.Some(" =Zoë\t\"№\", 'x' "), api.Some(fmt.Sprint(1_000_000_000+i))
	u.LicenseType, u.UserType = api.Some(api.LicenseBasic), api.Some(api.UserTypePrivateUser)
	u.UserRegistrationStatus, u.UserInvitationStatus = api.Some(api.RegistrationStatusRegistered), api.Some(api.InviteStatusAccepted)
	u.InvitedOn, u.RegisteredOn = api.Some("2019-01-08T17:59:18.006Z"), api.Some("2019-01-09T01:02:03.004Z")
	u.AlexaForBusinessMetadata = &api.AlexaForBusinessMetadata{
		IsAlexaForBusinessEnabled: api.Some(false), AlexaForBusinessRoomArn: api.Some("arn:aws:a4b:us-east-1:111122223333:room/a/b"),
	}
	u.UserSettings = &api.ImportedUserSettings{Telephony: &api.ImportedTelephony{
		InboundCalling: api.Some(true), OutboundCalling: api.Some(i%2 == 0), SMS: api.Some(true),
	}}
	return u
}

// fullDevice is a shared device, of which there is more and less to say.
func fullDevice(i int) api.ImportedUser {
	u := fullPerson(i)
	u.UserType, u.PersonalPIN, u.AlexaForBusinessMetadata.IsAlexaForBusinessEnabled.V = api.Some(api.UserTypeSharedDevice), api.Opt[string]{}, true
	return u
}

// importable is an exported user as an import takes it.
func importable(u *api.ExportedUser) api.ImportedUser {
	return api.ImportedUser{
		UserId: u.UserId, PrimaryEmail: u.PrimaryEmail, DisplayName: u.DisplayName, LicenseType: u.LicenseType, UserType: u.UserType,
		UserRegistrationStatus: u.UserRegistrationStatus, UserInvitationStatus: u.UserInvitationStatus,
		RegisteredOn: shownTime(u.RegisteredOn), InvitedOn: shownTime(u.InvitedOn), PersonalPIN: u.PersonalPIN,
		AlexaForBusinessMetadata: u.AlexaForBusinessMetadata, UserSettings: u.UserSettings,
	}
}

func shownTime(t api.Timestamp) api.Opt[string] {
	if t == 0 {
		return api.Opt[string]{}
	}
	return api.Some(t.Time().Format("2006-01-02T15:04:05.000Z"))
}

// What went in comes out, page by page, and goes into another account.
func TestExportUsers(t *testing.T) {
	w := newWorld(t)
	a, b := w.team(), w.team()
	var people []api.ImportedUser
	for i := range 4 {
		people = append(people, fullPerson(i))
	}
	people = append(people, fullDevice(4))
	w.wantImport("first", w.importUsers(a, people...), 5, 0)
	users, pages := w.exported(a, 2)
	if len(users) != 5 || pages != 3 {
		t.Fatalf("got %d users on %d pages", len(users), pages)
	}
	again := make([]api.ImportedUser, len(users))
	for i := range users {
		if again[i] = importable(&users[i]); !reflect.DeepEqual(again[i], people[i]) || users[i].AccountId.V != a {
			t.Errorf("%d: got %+v, want %+v", i, again[i], people[i])
		}
	}
	w.wantImport("second", w.importUsers(b, again...), 5, 0)
	copied, _ := w.exported(b, 1000)
	for i := range copied {
		if copied[i].AccountId = api.Some(a); !reflect.DeepEqual(copied[i], users[i]) {
			t.Errorf("%d: got %+v, want %+v", i, copied[i], users[i])
		}
	}
}

// Who is there all the time is on one page, whatever happens between the pages.
func TestExportUsers_changes(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	w.importUsers(a, fullPerson(0), fullPerson(1), fullPerson(2), fullPerson(3))
	first, err := w.ExportUsers(w.ctx, &api.ExportUsersInput{AccountId: a, MaxResults: api.Some(2)})
	w.must(err)
	w.update(api.UpdateUserInput{AccountId: a, UserId: "user-0", LicenseType: api.Some(api.LicensePro)}) //nolint:errcheck // seen below
	w.create(a, "new@example.com")
	second, err := w.ExportUsers(w.ctx, &api.ExportUsersInput{AccountId: a, MaxResults: api.Some(1000), NextToken: first.NextToken})
	w.must(err)
	var ids []string
	for _, u := range append(first.Users, second.Users...) {
		ids = append(ids, u.PrimaryEmail.V)
	}
	want := []string{"P0@Example.com", "P1@Example.com", "P2@Example.com", "P3@Example.com", "new@example.com"}
	if !reflect.DeepEqual(ids, want) {
		t.Errorf("got %v, want %v", ids, want)
	}
}

// Without users there is an empty list, without an account a refusal.
func TestExportUsers_none(t *testing.T) {
	w := newWorld(t)
	if users, _ := w.exported(w.team(), 10); len(users) != 0 {
		t.Errorf("got %v", users)
	}
	_, err := w.ExportUsers(w.ctx, &api.ExportUsersInput{AccountId: "nobody's"})
	w.refused("an account that is not there", err, api.NotFound)
}
