package chime_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"carillon/api"
	"carillon/chime"
)

func TestCreateUser(t *testing.T) {
	for _, accountType := range []api.AccountType{
		api.AccountTypeTeam, api.AccountTypeEnterpriseLWA, api.AccountTypeEnterpriseDirectory, api.AccountTypeEnterpriseOIDC,
	} {
		for _, userType := range []api.UserType{"", api.UserTypePrivateUser, api.UserTypeSharedDevice} {
			w := newWorld(t)
			a := w.account(accountType)
			out, err := w.CreateUser(w.ctx, &api.CreateUserInput{
				AccountId: a, Email: api.Some("Room.Device@Example.com"), UserType: api.NonZero(userType),
			})
			w.must(err)
			want := registered(a, out.User.UserId, userType)
			if !reflect.DeepEqual(out.User, want) {
				t.Errorf("%s on %s: got %+v, want %+v", userType, accountType, out.User, want)
			}
		}
	}
}

// registered is what CreateUser answers: without PIN and presence.
func registered(account, user string, t api.UserType) *api.User {
	if t == "" {
		t = api.UserTypePrivateUser
	}
	return &api.User{
		AccountId: api.Some(account), UserId: user, PrimaryEmail: api.Some("Room.Device@Example.com"),
		DisplayName: api.Some("Room Device"), FullName: api.Some("Room Device"), EmailAlias: []string{},
		AlexaForBusinessMetadata: &api.AlexaForBusinessMetadata{IsAlexaForBusinessEnabled: api.Some(false)},
		LicenseType:              api.Some(api.LicensePro), UserType: api.Some(t), IsProTrial: api.Some(false),
		UserRegistrationStatus: api.Some(api.RegistrationStatusRegistered), RegisteredOn: api.TimestampOf(epoch),
	}
}

func TestCreateUser_displayName(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	for _, test := range []struct{ username, email, want string }{
		{"", "jane.doe@example.com", "Jane Doe"},
		{"", "jane_doe-smith+chime@example.com", "Jane Doe Smith Chime"},
		{"", "JANE@example.com", "JANE"},
		{"", "éva@example.com", "Éva"},
		{"", "a..b@example.com", "A B"},
		{"", "___@example.com", "___"},
		{"", "jane@home@example.com", "Jane@home"},
		{"", "7of9@example.com", "7of9"},
		{"Dr. Jane", "jane1@example.com", "Dr. Jane"},
		{" Jane ", "jane2@example.com", " Jane "},
		{"jane", "jane3@example.com", "jane"},
		{"  \t", "jane4@example.com", "Jane4"},
	} {
		out, err := w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: a, Email: api.Some(test.email), Username: api.Some(test.username)})
		w.must(err)
		if got := out.User; got.DisplayName.V != test.want || got.FullName != got.DisplayName {
			t.Errorf("%q %q: got %q and %q, want %q", test.username, test.email, got.DisplayName.V, got.FullName.V, test.want)
		}
	}
}

func TestCreateUser_limits(t *testing.T) {
	const domain = "@example.com"
	local := func(n int, fill string) string { return strings.Repeat(fill, n-len(domain)) + domain }
	for _, test := range []struct {
		name            string
		username, email api.Opt[string]
		member          string // that is refused; none: nothing
	}{
		{"no e-mail", api.Opt[string]{}, api.Opt[string]{}, "Email"},
		{"254 characters", api.Opt[string]{}, api.Some(local(254, "x")), ""},
		{"255 characters", api.Opt[string]{}, api.Some(local(255, "x")), "Email"},
		{"254 characters of more bytes", api.Opt[string]{}, api.Some(local(254, "é")), ""},
		{"255 characters of more bytes", api.Opt[string]{}, api.Some(local(255, "é")), "Email"},
		{"a blank", api.Opt[string]{}, api.Some("a b" + domain), "Email"},
		{"a leading blank", api.Opt[string]{}, api.Some(" a" + domain), "Email"},
		{"a trailing line feed", api.Opt[string]{}, api.Some("a" + domain + "\n"), "Email"},
		{"a tab", api.Opt[string]{}, api.Some("a\t" + domain), "Email"},
		{"a wide blank", api.Opt[string]{}, api.Some("a\u00a0b" + domain), "Email"},
		{"an escape character", api.Opt[string]{}, api.Some("a\x1b" + domain), "Email"},
		{"a delete character", api.Opt[string]{}, api.Some("a\x7f" + domain), "Email"},
		{"a control character of Latin-1", api.Opt[string]{}, api.Some("a\u0085" + domain), "Email"},
		{"a bidirectional override", api.Opt[string]{}, api.Some("a\u202eb" + domain), "Email"},
		{"an isolate", api.Opt[string]{}, api.Some("a\u2066b" + domain), "Email"},
		{"a zero-width blank", api.Opt[string]{}, api.Some("a\u200bb" + domain), "Email"},
		{"a zero-width joiner in the domain", api.Opt[string]{}, api.Some("a@exam\u200dple.com"), "Email"},
		{"a soft hyphen", api.Opt[string]{}, api.Some("a\u00adb" + domain), "Email"},
		{"a byte order mark", api.Opt[string]{}, api.Some("\ufeffa" + domain), "Email"},
		{"a list", api.Opt[string]{}, api.Some("a@x.com,b@y.com"), "Email"},
		{"in brackets", api.Opt[string]{}, api.Some("<a@x.com>"), "Email"},
		{"a list with semicolons", api.Opt[string]{}, api.Some("a@x.com;b@y.com"), "Email"},
		{"a list of one", api.Opt[string]{}, api.Some("a@x.com,"), "Email"},
		{"letters of other scripts", api.Opt[string]{}, api.Some("софия@пример.рф"), ""},
		{"256 characters", api.Some(strings.Repeat("é", 256)), api.Some("a" + domain), ""},
		{"257 characters", api.Some(strings.Repeat("x", 257)), api.Some("a" + domain), "Username"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			a := w.team()
			_, err := w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: a, Username: test.username, Email: test.email})
			if test.member == "" {
				w.must(err)
				return
			}
			w.refused("creating", err, api.BadRequest, "'"+test.member+"'", "Member must")
			if test.email.V != "" && strings.Contains(err.Error(), test.email.V) {
				t.Errorf("%v repeats the address", err)
			}
			if left := w.emails(a); len(left) > 0 {
				t.Errorf("a refused call left %v", left)
			}
		})
	}
}

// An address is unique in an account, whatever its case, and free in others.
func TestCreateUser_conflict(t *testing.T) {
	w := newWorld(t)
	a, b := w.team(), w.team()
	w.create(a, "Jane@Example.com")
	w.invite(a, "invited@example.com")
	create := func(account, email string) error {
		return second(w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: account, Email: api.Some(email)}))
	}
	for _, email := range []string{"Jane@Example.com", "jane@example.com", "JANE@EXAMPLE.COM", "Invited@example.com"} {
		w.refused(email, create(a, email), api.Conflict, "Request could not be completed due to a conflict")
	}
	w.must(create(b, "jane@example.com"))
	if got := w.byEmail(a, "jane@EXAMPLE.com").PrimaryEmail.V; got != "Jane@Example.com" {
		t.Errorf("the address is %q, not as given", got)
	}
	out, err := w.ListAccounts(w.ctx, &api.ListAccountsInput{UserEmail: api.Some("JANE@example.com")})
	if err != nil || len(out.Accounts) != 2 {
		t.Errorf("accounts with the address: %+v, %v", out, err)
	}
}

// Greek has two small sigmas and one capital: without regard to case, these
// are one address.
func TestCreateUser_conflictBeyondLower(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	w.create(a, "νίκος@example.com")
	_, err := w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: a, Email: api.Some("ΝΊΚΟΣ@example.com")})
	w.refused("the same in capitals", err, api.Conflict)
}

func TestGetUser(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	private := w.create(a, "Room.Device@Example.com")
	got := w.get(a, private)
	want := registered(a, private, "")
	want.PersonalPIN, want.PresenceVisibility = got.PersonalPIN, api.Some("Public")
	if !reflect.DeepEqual(got, want) || !tenDigits.MatchString(got.PersonalPIN.V) {
		t.Errorf("got %+v, want %+v with a PIN", got, want)
	}
	shared := w.get(a, w.createAs(a, "device@example.com", api.UserTypeSharedDevice))
	if shared.PersonalPIN.Set || shared.PresenceVisibility.Set {
		t.Errorf("a shared device has %+v and %+v", shared.PersonalPIN, shared.PresenceVisibility)
	}
}

// Every operation on a user that is not there, or belongs to another account,
// is told which of them it is.
func TestUser_absent(t *testing.T) {
	w := newWorld(t)
	a, b := w.team(), w.team()
	u := w.create(a, "a@example.com")
	settings := &api.UserSettings{Telephony: &api.TelephonySettings{InboundCalling: api.Some(true), OutboundCalling: api.Some(true), SMS: api.Some(true)}}
	for where, at := range map[string][3]string{
		"absent": {a, "ghost", "user"}, "of another account": {b, u, "user"}, "account absent": {"ghost", u, "account"},
	} {
		account, user := at[0], at[1]
		for name, err := range map[string]error{
			"GetUser":            second(w.GetUser(w.ctx, &api.GetUserInput{AccountId: account, UserId: user})),
			"UpdateUser":         second(w.update(api.UpdateUserInput{AccountId: account, UserId: user})),
			"LogoutUser":         w.LogoutUser(w.ctx, &api.LogoutUserInput{AccountId: account, UserId: user}),
			"ResetPersonalPIN":   second(w.ResetPersonalPIN(w.ctx, &api.ResetPersonalPINInput{AccountId: account, UserId: user})),
			"GetUserSettings":    second(w.GetUserSettings(w.ctx, &api.GetUserSettingsInput{AccountId: account, UserId: user})),
			"UpdateUserSettings": w.UpdateUserSettings(w.ctx, &api.UpdateUserSettingsInput{AccountId: account, UserId: user, UserSettings: settings}),
		} {
			w.refused(name+" "+where, err, api.NotFound, "Unable to find the requested identifier: there is no such "+at[2])
		}
	}
	_, err := w.GetUser(as(other), &api.GetUserInput{AccountId: a, UserId: u})
	w.refused("of another AWS account", err, api.NotFound)
}

func TestLogoutUser(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	w.invite(a, "invited@example.com")
	for _, id := range []string{w.create(a, "a@example.com"), w.byEmail(a, "invited@example.com").UserId} {
		before := w.get(a, id)
		w.advance(time.Minute)
		w.must(w.LogoutUser(w.ctx, &api.LogoutUserInput{AccountId: a, UserId: id}))
		if after := w.get(a, id); !reflect.DeepEqual(after, before) {
			t.Errorf("signing out changed %+v to %+v", before, after)
		}
	}
}

func TestUserSettings(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	u := w.create(a, "a@example.com")
	in := &api.UpdateUserSettingsInput{AccountId: a, UserId: u}
	for i, want := range []api.TelephonySettings{
		{InboundCalling: api.Some(false), OutboundCalling: api.Some(false), SMS: api.Some(false)},
		{InboundCalling: api.Some(true), OutboundCalling: api.Some(false), SMS: api.Some(false)},
		{InboundCalling: api.Some(false), OutboundCalling: api.Some(true), SMS: api.Some(true)},
	} {
		if i > 0 { // the first is the default
			in.UserSettings = &api.UserSettings{Telephony: &want}
			w.must(w.UpdateUserSettings(w.ctx, in))
		}
		out, err := w.GetUserSettings(w.ctx, &api.GetUserSettingsInput{AccountId: a, UserId: u})
		if err != nil || *out.UserSettings.Telephony != want {
			t.Errorf("got %+v, %v, want %+v", out, err, want)
		}
	}
}

// What the live service refused, although its documentation allows it.
func TestCreateUser_observed(t *testing.T) {
	for _, test := range []struct {
		accountType api.AccountType
		email       string
		allowed     bool
	}{
		{api.AccountTypeEnterpriseDirectory, "a@example.com", true},
		{api.AccountTypeEnterpriseDirectory, "a@EXAMPLE.com", true},
		{api.AccountTypeEnterpriseDirectory, "a@sub.example.com", false},
		{api.AccountTypeEnterpriseDirectory, "a@other.example", false},
		{api.AccountTypeEnterpriseLWA, "a@example.com", false},
		{api.AccountTypeEnterpriseOIDC, "a@example.com", false},
		{api.AccountTypeTeam, "a@example.com", false},
	} {
		w := newWorldOf(t, chime.Observed)
		var domains []string
		if test.accountType != api.AccountTypeTeam {
			domains = []string{"Example.com"}
		}
		a := w.account(test.accountType, domains...)
		_, err := w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: a, Email: api.Some(test.email)})
		if test.allowed {
			w.must(err)
		} else {
			w.refused(string(test.accountType)+" "+test.email, err, api.BadRequest, "Service received a bad request")
		}
	}
}

func TestUpdateUser_observed(t *testing.T) {
	w := newWorldOf(t, chime.Observed)
	a := w.account(api.AccountTypeEnterpriseDirectory, "example.com")
	u := w.create(a, "a@example.com")
	got, err := w.update(api.UpdateUserInput{AccountId: a, UserId: u, LicenseType: api.Some(api.LicenseBasic)})
	if err != nil || !reflect.DeepEqual(got, &api.User{UserId: u}) {
		t.Errorf("got %+v, %v, want nothing but the id", got, err)
	}
	if license := w.get(a, u).LicenseType.V; license != api.LicenseBasic {
		t.Errorf("the licence is %s", license)
	}
}
