package chime_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"carillon/api"
)

func TestInviteUsers(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	invites := w.invite(a, "Jane.Doe@example.com", "b@example.com")
	for i, email := range []string{"Jane.Doe@example.com", "b@example.com"} {
		want := api.Invite{
			EmailAddress: api.Some(email), EmailStatus: api.Some(api.EmailStatusNotSent),
			InviteId: invites[i].InviteId, Status: api.Some(api.InviteStatusPending),
		}
		if invites[i] != want || want.InviteId.V == "" {
			t.Errorf("got %+v, want %+v", invites[i], want)
		}
	}
	listed := w.byEmail(a, "jane.doe@example.com")
	want := api.User{
		AccountId: api.Some(a), UserId: listed.UserId, PrimaryEmail: api.Some("Jane.Doe@example.com"), EmailAlias: []string{},
		AlexaForBusinessMetadata: &api.AlexaForBusinessMetadata{IsAlexaForBusinessEnabled: api.Some(false)},
		LicenseType:              api.Some(api.LicensePro), UserType: api.Some(api.UserTypePrivateUser), IsProTrial: api.Some(false),
		UserRegistrationStatus: api.Some(api.RegistrationStatusUnregistered),
		UserInvitationStatus:   api.Some(api.InviteStatusPending), InvitedOn: api.TimestampOf(epoch),
	}
	if !reflect.DeepEqual(listed, want) || !reflect.DeepEqual(w.get(a, listed.UserId), &want) {
		t.Errorf("listed %+v, want %+v", listed, want)
	}
}

func TestInviteUsers_again(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	first := w.invite(a, "a@example.com")[0]
	before := w.byEmail(a, "a@example.com")
	later := w.advance(time.Hour)
	second := w.invite(a, "A@EXAMPLE.com")[0]
	if second.InviteId != first.InviteId || second.Status.V != api.InviteStatusPending || second.EmailAddress.V != "A@EXAMPLE.com" {
		t.Errorf("invited again: %+v, first %+v", second, first)
	}
	before.InvitedOn = later
	if after := w.byEmail(a, "a@example.com"); !reflect.DeepEqual(after, before) {
		t.Errorf("the invitee became %+v, want %+v", after, before)
	}
}

func TestInviteUsers_member(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	u := w.create(a, "a@example.com")
	before := w.get(a, u)
	w.advance(time.Hour)
	got := w.invite(a, "A@example.com")[0]
	if got.Status.V != api.InviteStatusAccepted || got.EmailStatus.V != api.EmailStatusNotSent || got.InviteId.V == "" {
		t.Errorf("a member's invitation is %+v", got)
	}
	if after := w.get(a, u); !reflect.DeepEqual(after, before) {
		t.Errorf("inviting a member changed %+v to %+v", before, after)
	}
}

// Who was removed and is invited again is the same person.
func TestInviteUsers_former(t *testing.T) {
	w := newWorld(t)
	a, b := w.team(), w.team()
	u := w.create(a, "Jane@example.com")
	w.invite(a, "other@example.com")
	pending := w.byEmail(a, "other@example.com").UserId
	if failed := w.suspend(a, u, pending); len(failed) > 0 {
		t.Fatal(failed)
	}
	w.invite(a, "JANE@example.com", "other@example.com")
	w.invite(b, "jane@example.com")
	for email, want := range map[string]string{"jane@example.com": u, "other@example.com": pending} {
		back := w.byEmail(a, email)
		if back.UserId != want || back.UserRegistrationStatus.V != api.RegistrationStatusUnregistered ||
			back.UserInvitationStatus.V != api.InviteStatusPending || back.RegisteredOn != 0 || w.get(a, want).PersonalPIN.Set {
			t.Errorf("%s came back as %+v, want the id %s", email, back, want)
		}
	}
	if stranger := w.byEmail(b, "jane@example.com"); stranger.UserId == u {
		t.Error("the identity of one account shows in another")
	}
}

// Who left comes back with the former id, unless that went to another address
// meanwhile: then with a new one.
func TestInviteUsers_formerIdTaken(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	w.wantImport("as a@", w.importUsers(a, person("a@example.com", "X")), 1, 0)
	w.suspend(a, "X")
	w.wantImport("as b@", w.importUsers(a, person("b@example.com", "X")), 1, 0)
	if invites := w.invite(a, "a@example.com"); len(invites) != 1 || invites[0].Status.V != api.InviteStatusPending {
		t.Fatalf("invited %+v", invites)
	}
	first, second := w.byEmail(a, "a@example.com"), w.byEmail(a, "b@example.com")
	if first.UserId == "X" || first.UserId == "" || second.UserId != "X" {
		t.Errorf("a@ is %q, b@ is %q", first.UserId, second.UserId)
	}
	again := w.invite(a, "A@example.com")
	if w.byEmail(a, "a@example.com").UserId != first.UserId || again[0].Status.V != api.InviteStatusPending {
		t.Errorf("invited again: %+v", again)
	}
}

// Answers and users are in the order of the request, each address once.
func TestInviteUsers_order(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	invites := w.invite(a, "c@example.com", "a@example.com", "b@example.com", "A@EXAMPLE.COM", "a@example.com")
	var got []string
	for _, v := range invites {
		got = append(got, v.EmailAddress.V)
	}
	if want := []string{"c@example.com", "a@example.com", "b@example.com"}; !slices.Equal(got, want) || !slices.Equal(w.emails(a), want) {
		t.Errorf("invited %v, want %v; users: %v", got, want, w.emails(a))
	}
}

// What are two addresses to CreateUser are two to InviteUsers, so that none
// goes without an answer, and what is one is one.
func TestInviteUsers_distinct(t *testing.T) {
	for _, pair := range [][2]string{
		{"a@example.com", "b@example.com"},
		{"éva@example.com", "ÉVA@example.com"},
		{"sam@example.com", "ſam@example.com"},
		{"σ@example.com", "ς@example.com"},
	} {
		w := newWorld(t)
		a, want := w.team(), 2
		w.create(a, pair[0])
		_, err := w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: a, Email: api.Some(pair[1])})
		if api.IsKind(err, api.Conflict) {
			want = 1
		}
		if invites := w.invite(w.team(), pair[0], pair[1]); len(invites) != want {
			t.Errorf("%v: %d invitations, but %d users", pair, len(invites), want)
		}
	}
}

func TestInviteUsers_type(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	invite := func(userType api.Opt[api.UserType]) api.UserType {
		_, err := w.InviteUsers(w.ctx, &api.InviteUsersInput{AccountId: a, UserEmailList: []string{"a@example.com"}, UserType: userType})
		w.must(err)
		return w.byEmail(a, "a@example.com").UserType.V
	}
	for _, step := range []struct {
		given api.Opt[api.UserType]
		want  api.UserType
	}{
		{api.Some(api.UserTypeSharedDevice), api.UserTypeSharedDevice},
		{api.Opt[api.UserType]{}, api.UserTypeSharedDevice},
		{api.Some(api.UserTypePrivateUser), api.UserTypePrivateUser},
	} {
		if got := invite(step.given); got != step.want {
			t.Errorf("invited as %v: the type is %s, want %s", step.given, got, step.want)
		}
	}
}

func TestInviteUsers_refused(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	for _, test := range []struct {
		emails []string
		part   string
	}{
		{nil, "UserEmailList"},
		{[]string{}, "UserEmailList"},
		{[]string{"a@example.com", "b b@example.com"}, "UserEmailList[1]"},
		{[]string{"a\n@example.com"}, "UserEmailList[0]"},
		{[]string{strings.Repeat("x", 243) + "@example.com"}, "UserEmailList[0]"},
	} {
		_, err := w.InviteUsers(w.ctx, &api.InviteUsersInput{AccountId: a, UserEmailList: test.emails})
		w.refused(strings.Join(test.emails, ","), err, api.BadRequest, test.part)
	}
	if left := w.emails(a); len(left) > 0 {
		t.Errorf("refused calls left %v", left)
	}
	for _, accountType := range []api.AccountType{api.AccountTypeEnterpriseLWA, api.AccountTypeEnterpriseDirectory, api.AccountTypeEnterpriseOIDC} {
		_, err := w.InviteUsers(w.ctx, &api.InviteUsersInput{AccountId: w.account(accountType), UserEmailList: []string{"a@example.com"}})
		w.refused(string(accountType), err, api.BadRequest, "Team", string(accountType))
	}
}
