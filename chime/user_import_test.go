package chime_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"carillon/api"
	"carillon/chime"
	"carillon/store/engine"
)

// imported is what an import of users answers, in short.
type imported struct {
	imported, existing int
	failed             []string
}

func (w *world) importUsers(account string, users ...api.ImportedUser) imported {
	w.Helper()
	out, err := w.ImportUsers(w.ctx, &api.ImportUsersInput{AccountId: account, Users: users})
	w.must(err)
	return imported{out.Imported.V, out.Existing.V, importFailures(out.Errors)}
}

func (w *world) wantImport(what string, got imported, n, existing int, failed ...string) {
	w.Helper()
	if got.imported != n || got.existing != existing || !slices.Equal(got.failed, failed) {
		w.Errorf("%s: got %+v, want %d imported, %d existing, refused %v", what, got, n, existing, failed)
	}
}

func person(email, id string) api.ImportedUser {
	return api.ImportedUser{PrimaryEmail: api.Some(email), UserId: api.NonZero(id)}
}

// Everything that a list of users shows comes in.
func TestImportUsers(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	full := person("Jane.Doe@Example.com", "12a3456b-7c89-012d-3456-78901e23fg45")
	full.DisplayName, full.LicenseType, full.PersonalPIN = api.Some("Jane"), api.Some(api.LicenseBasic), api.Some("1234567890")
	full.InvitedOn, full.RegisteredOn = api.Some("2019-01-08T17:59:18.006Z"), api.Some("2019-01-09T00:00:00+01:00")
	full.UserInvitationStatus, full.UserRegistrationStatus = api.Some(api.InviteStatusAccepted), api.Some(api.RegistrationStatusRegistered)
	w.wantImport("import", w.importUsers(a, full), 1, 0)
	u := w.get(a, "12a3456b-7c89-012d-3456-78901e23fg45")
	if u.PrimaryEmail.V != "Jane.Doe@Example.com" || u.DisplayName.V != "Jane" || u.LicenseType.V != api.LicenseBasic || u.PersonalPIN.V != "1234567890" ||
		u.UserInvitationStatus.V != api.InviteStatusAccepted || u.UserRegistrationStatus.V != api.RegistrationStatusRegistered || u.UserType.V != api.UserTypePrivateUser ||
		u.InvitedOn.Time() != time.Date(2019, 1, 8, 17, 59, 18, 6e6, time.UTC) || u.RegisteredOn.Time() != time.Date(2019, 1, 8, 23, 0, 0, 0, time.UTC) {
		t.Errorf("got %+v", u)
	}
}

// What is not given is as CreateUser makes it.
func TestImportUsers_defaults(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	device := person("device@example.com", "")
	device.UserType, device.PersonalPIN = api.Some(api.UserTypeSharedDevice), api.Some("1234567890")
	pending := person("pending@example.com", "")
	pending.UserRegistrationStatus, pending.UserInvitationStatus = api.Some(api.RegistrationStatusUnregistered), api.Some(api.InviteStatusPending)
	pending.RegisteredOn, pending.DisplayName = api.Some("2019-01-08T17:59:18.006Z"), api.Some("Nobody yet")
	w.wantImport("import", w.importUsers(a, person("mary.jones@example.com", ""), device, pending), 3, 0)
	mary := w.get(a, w.byEmail(a, "mary.jones@example.com").UserId)
	if mary.DisplayName.V != "Mary Jones" || !tenDigits.MatchString(mary.PersonalPIN.V) || mary.RegisteredOn.Time() != epoch || mary.InvitedOn != 0 ||
		mary.UserRegistrationStatus.V != api.RegistrationStatusRegistered || mary.UserInvitationStatus.Set {
		t.Errorf("Mary is %+v", mary)
	}
	if u := w.get(a, w.byEmail(a, "device@example.com").UserId); u.PersonalPIN.Set || u.UserType.V != api.UserTypeSharedDevice {
		t.Errorf("the device is %+v", u)
	}
	if u := w.get(a, w.byEmail(a, "pending@example.com").UserId); u.RegisteredOn != 0 || u.DisplayName.Set || u.UserRegistrationStatus.V != api.RegistrationStatusUnregistered {
		t.Errorf("the pending one is %+v", u)
	}
}

// Users are listed in the order of their earliest time.
func TestImportUsers_order(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	w.create(a, "first@example.com")
	at := func(email, invited, registered string) api.ImportedUser {
		u := person(email, "")
		u.InvitedOn, u.RegisteredOn = api.NonZero(invited), api.NonZero(registered)
		return u
	}
	w.advance(time.Hour)
	w.importUsers(a, at("c@example.com", "", "2020-01-03T00:00:00Z"), at("b@example.com", "2020-01-02T00:00:00Z", "2021-01-01T00:00:00Z"),
		at("a@example.com", "2020-02-01T00:00:00Z", "2020-01-01T00:00:00Z"), at("z@example.com", "2999-01-01T00:00:00Z", ""))
	want := []string{"a@example.com", "b@example.com", "c@example.com", "first@example.com", "z@example.com"}
	if got := w.emails(a); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Each user succeeds or fails on its own.
func TestImportUsers_refused(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	with := func(change func(*api.ImportedUser)) api.ImportedUser {
		u := person("x@example.com", "")
		change(&u)
		return u
	}
	got := w.importUsers(a,
		person("good@example.com", "good"),
		with(func(u *api.ImportedUser) { u.PrimaryEmail = api.Opt[string]{} }),
		with(func(u *api.ImportedUser) { u.PrimaryEmail = api.Some("nobody") }),
		with(func(u *api.ImportedUser) { u.PrimaryEmail = api.Some(strings.Repeat("x", 250) + "@e.com") }),
		with(func(u *api.ImportedUser) { u.UserId = api.Some("a/b") }),
		with(func(u *api.ImportedUser) { u.LicenseType = api.Some(api.LicensePlus) }),
		with(func(u *api.ImportedUser) { u.LicenseType = api.Some(api.License("Gold")) }),
		with(func(u *api.ImportedUser) { u.RegisteredOn = api.Some("yesterday") }),
		with(func(u *api.ImportedUser) { u.InvitedOn = api.Some("1969-12-31T23:59:59Z") }),
		with(func(u *api.ImportedUser) { u.PersonalPIN = api.Some("123") }),
		with(func(u *api.ImportedUser) {
			u.AlexaForBusinessMetadata = &api.AlexaForBusinessMetadata{IsAlexaForBusinessEnabled: api.Some(true)}
		}),
		person("also-good@example.com", ""),
	)
	var failed []string
	for i := 1; i <= 10; i++ {
		failed = append(failed, fmt.Sprintf("%d BadRequest", i))
	}
	w.wantImport("import", got, 2, 0, failed...)
	if list := w.emails(a); len(list) != 2 {
		t.Errorf("there are %v", list)
	}
	nobody := []api.ImportedUser{{PrimaryEmail: api.Some("a@example.com")}}
	_, err := w.ImportUsers(w.ctx, &api.ImportUsersInput{AccountId: "ghost", Users: nobody})
	w.refused("no account", err, api.NotFound)
	_, err = w.ImportUsers(as(other), &api.ImportUsersInput{AccountId: a, Users: nobody})
	w.refused("another AWS account", err, api.NotFound)
	w.freeze(a)
	_, err = w.ImportUsers(w.ctx, &api.ImportUsersInput{AccountId: a, Users: nobody})
	w.refused("suspended account", err, api.Forbidden)
}

// An import can be repeated; what is there stays as it is.
func TestImportUsers_repeated(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	var users []api.ImportedUser
	for i := range 150 {
		users = append(users, person(fmt.Sprintf("%d@example.com", i), fmt.Sprintf("id-%d", i)))
	}
	w.wantImport("first", w.importUsers(a, users[:100]...), 100, 0)
	changed := users[7]
	changed.DisplayName = api.Some("Changed")
	users[7] = changed
	w.wantImport("second", w.importUsers(a, users...), 50, 100)
	if got := w.get(a, "id-7").DisplayName.V; got != "7" {
		t.Errorf("the name became %q", got)
	}
	w.wantImport("without ids, in capitals", w.importUsers(a, person("7@EXAMPLE.COM", ""), person("8@example.com", "")), 0, 2)
	w.wantImport("taken", w.importUsers(a, person("7@example.com", "id-8"), person("new@example.com", "id-8"), person("7@example.com", "new")), 0, 0,
		"0 Conflict", "1 Conflict", "2 Conflict")
	w.wantImport("in another account", w.importUsers(w.team(), users...), 150, 0)
}

// Of rows with the same id or address in one import the first counts, and
// nobody is said to be imported who is not there.
func TestImportUsers_sameTwice(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct {
		users              []api.ImportedUser
		imported, existing int
		failed             []string
	}{
		"same address":         {[]api.ImportedUser{person("a@example.com", ""), person("A@example.com", "")}, 1, 1, nil},
		"same row":             {[]api.ImportedUser{person("a@example.com", "id"), person("a@example.com", "id")}, 1, 1, nil},
		"same id":              {[]api.ImportedUser{person("a@example.com", "id"), person("b@example.com", "id")}, 1, 0, []string{"1 Conflict"}},
		"same address, ids":    {[]api.ImportedUser{person("a@example.com", "id"), person("a@example.com", "jd")}, 1, 0, []string{"1 Conflict"}},
		"same id, chunk later": {apart("id"), 100, 0, []string{"100 Conflict"}},
		"taken address first":  {[]api.ImportedUser{person("t@example.com", "id"), person("b@example.com", "id")}, 1, 0, []string{"0 Conflict"}},
		"taken address last":   {[]api.ImportedUser{person("b@example.com", "id"), person("t@example.com", "id")}, 1, 0, []string{"1 Conflict"}},
		"taken id":             {[]api.ImportedUser{person("b@example.com", "taken"), person("c@example.com", "taken")}, 0, 0, []string{"0 Conflict", "1 Conflict"}},
		"there, then changed":  {[]api.ImportedUser{person("t@example.com", "taken"), person("b@example.com", "taken")}, 0, 1, []string{"1 Conflict"}},
		"changed, then there":  {[]api.ImportedUser{person("b@example.com", "taken"), person("t@example.com", "taken")}, 0, 1, []string{"0 Conflict"}},
		"refused, then good":   {[]api.ImportedUser{person("nobody", "id"), person("b@example.com", "id")}, 1, 0, []string{"0 BadRequest"}},
		"three of one id":      {[]api.ImportedUser{person("t@example.com", "id"), person("b@example.com", "id"), person("b@example.com", "id")}, 1, 1, []string{"0 Conflict"}},
	} {
		a := w.team()
		w.importUsers(a, person("t@example.com", "taken"))
		w.wantImport(name, w.importUsers(a, test.users...), test.imported, test.existing, test.failed...)
		if n := len(w.emails(a)); n != test.imported+1 {
			t.Errorf("%s: %d users", name, n)
		}
	}
}

// apart returns 101 users of whom the first and the last have one id.
func apart(id string) []api.ImportedUser {
	users := []api.ImportedUser{person("first@example.com", id)}
	for i := range 99 {
		users = append(users, person(fmt.Sprintf("%d@example.com", i), ""))
	}
	return append(users, person("last@example.com", id))
}

// A large import has several transactions, and answers as one.
func TestImportUsers_divided(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	users := make([]api.ImportedUser, 1000)
	for i := range users {
		users[i] = person(fmt.Sprintf("user-%d@example.com", i), fmt.Sprint("id-", i))
	}
	users[3], users[700], users[999] = person("no address", ""), users[2], person("user-998@example.com", "other")
	for round, want := range []imported{{997, 1, nil}, {0, 998, nil}} {
		w.wantImport(fmt.Sprint("round ", round), w.importUsers(a, users...), want.imported, want.existing, "3 BadRequest", "999 Conflict")
	}
}

// ending is a database that takes some more updates.
type ending struct {
	engine.Engine
	left atomic.Int64
}

func (e *ending) Update(ctx context.Context, fn func(engine.Tx) error) error {
	if e.left.Add(-1) < 0 {
		return errFailing
	}
	return e.Engine.Update(ctx, fn)
}

// What was added before a part failed stays, and the import can be repeated.
func TestImportUsers_cut(t *testing.T) {
	var e ending
	w := newWorldOn(t, chime.Documented, func(inner engine.Engine) engine.Engine {
		e.Engine = inner
		e.left.Store(1000)
		return &e
	})
	a := w.team()
	users := make([]api.ImportedUser, 600)
	for i := range users {
		users[i] = person(fmt.Sprintf("user-%d@example.com", i), "")
	}
	e.left.Store(1)
	if out, err := w.ImportUsers(w.ctx, &api.ImportUsersInput{AccountId: a, Users: users}); err == nil {
		t.Errorf("got %+v", out)
	}
	e.left.Store(1000)
	w.wantImport("once more", w.importUsers(a, users...), 600-256, 256)
}
