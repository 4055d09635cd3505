package chime_test

import (
	"reflect"
	"slices"
	"testing"

	"carillon/api"
)

func TestUpdateUser(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	u := w.create(a, "a@example.com")
	before := w.get(a, u)
	got, err := w.update(api.UpdateUserInput{AccountId: a, UserId: u})
	if err != nil || !reflect.DeepEqual(got, before) {
		t.Errorf("nothing to change: got %+v, %v, want %+v", got, err, before)
	}
	got, err = w.update(api.UpdateUserInput{AccountId: a, UserId: u, LicenseType: api.Some(api.LicenseBasic)})
	w.must(err)
	before.LicenseType = api.Some(api.LicenseBasic)
	if !reflect.DeepEqual(got, before) || !reflect.DeepEqual(w.get(a, u), before) {
		t.Errorf("got %+v, want %+v", got, before)
	}
}

func TestUpdateUser_license(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	u := w.create(a, "a@example.com")
	for license, allowed := range map[api.License]bool{
		api.LicenseBasic: true, api.LicensePro: true, api.LicensePlus: false, api.LicenseProTrial: false,
	} {
		_, err := w.update(api.UpdateUserInput{AccountId: a, UserId: u, LicenseType: api.Some(license)})
		if allowed {
			w.must(err)
		} else {
			w.refused(string(license), err, api.BadRequest, "LicenseType", "Basic", "Pro")
		}
	}
}

// A private user has a PIN from registration on; shared devices have none, and
// who becomes a private user again gets a new one.
func TestPersonalPIN_life(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	u := w.create(a, "a@example.com")
	first := w.get(a, u).PersonalPIN
	setType := func(userType api.UserType) api.Opt[string] {
		t.Helper()
		got, err := w.update(api.UpdateUserInput{AccountId: a, UserId: u, UserType: api.Some(userType)})
		w.must(err)
		if read := w.get(a, u); !reflect.DeepEqual(got, read) {
			t.Errorf("the answer %+v is not what is read: %+v", got, read)
		}
		return got.PersonalPIN
	}
	if pin := setType(api.UserTypePrivateUser); pin != first {
		t.Errorf("the same type again changed the PIN from %v to %v", first, pin)
	}
	if pin := setType(api.UserTypeSharedDevice); pin.Set {
		t.Errorf("a shared device has the PIN %v", pin)
	}
	if pin := setType(api.UserTypePrivateUser); !tenDigits.MatchString(pin.V) || pin == first {
		t.Errorf("the new PIN is %v, the old one was %v", pin, first)
	}
}

// An invitee has no PIN, whatever the type, until registration.
func TestPersonalPIN_invitee(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	w.invite(a, "a@example.com")
	u := w.byEmail(a, "a@example.com").UserId
	for _, userType := range []api.UserType{api.UserTypeSharedDevice, api.UserTypePrivateUser} {
		got, err := w.update(api.UpdateUserInput{AccountId: a, UserId: u, UserType: api.Some(userType)})
		w.must(err)
		if got.PersonalPIN.Set || got.PresenceVisibility.Set {
			t.Errorf("an invited %s has PIN %v, presence %v", userType, got.PersonalPIN, got.PresenceVisibility)
		}
	}
}

func TestResetPersonalPIN(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	u := w.create(a, "a@example.com")
	before := w.get(a, u)
	out, err := w.ResetPersonalPIN(w.ctx, &api.ResetPersonalPINInput{AccountId: a, UserId: u})
	w.must(err)
	pin := out.User.PersonalPIN
	if !tenDigits.MatchString(pin.V) || pin == before.PersonalPIN || out.User.PresenceVisibility.Set {
		t.Errorf("got PIN %v, presence %v; the PIN was %v", pin, out.User.PresenceVisibility, before.PersonalPIN)
	}
	before.PersonalPIN = pin
	if after := w.get(a, u); !reflect.DeepEqual(after, before) {
		t.Errorf("read %+v, want %+v", after, before)
	}
	w.invite(a, "invited@example.com")
	for _, id := range []string{
		w.createAs(a, "device@example.com", api.UserTypeSharedDevice), w.byEmail(a, "invited@example.com").UserId,
	} {
		_, err := w.ResetPersonalPIN(w.ctx, &api.ResetPersonalPINInput{AccountId: a, UserId: id})
		w.refused("a user without a PIN", err, api.BadRequest, "PIN")
	}
}

func TestUpdateUser_alexa(t *testing.T) {
	room := api.Some("arn:aws:a4b:us-east-1:111122223333:room/x")
	alexa := func(room api.Opt[string], enabled api.Opt[bool]) *api.AlexaForBusinessMetadata {
		return &api.AlexaForBusinessMetadata{AlexaForBusinessRoomArn: room, IsAlexaForBusinessEnabled: enabled}
	}
	none, on, off := api.Opt[string]{}, api.Some(true), api.Some(false)
	person, device := api.UserTypePrivateUser, api.UserTypeSharedDevice
	for _, test := range []struct {
		name   string
		from   api.UserType
		to     api.Opt[api.UserType]
		change *api.AlexaForBusinessMetadata
		want   *api.AlexaForBusinessMetadata // none: refused
	}{
		{"enabled on a device", device, api.Opt[api.UserType]{}, alexa(room, on), alexa(room, on)},
		{"enabled without a room", device, api.Opt[api.UserType]{}, alexa(none, on), alexa(none, on)},
		{"enabled on a person", person, api.Opt[api.UserType]{}, alexa(none, on), nil},
		{"enabled on who becomes a device", person, api.Some(device), alexa(room, on), alexa(room, on)},
		{"enabled on who becomes a person", device, api.Some(person), alexa(none, on), nil},
		{"disabled on a person", person, api.Opt[api.UserType]{}, alexa(none, off), alexa(none, off)},
		{"nothing given", device, api.Opt[api.UserType]{}, alexa(none, api.Opt[bool]{}), alexa(none, off)},
	} {
		w := newWorld(t)
		a := w.team()
		u := w.createAs(a, "a@example.com", test.from)
		before := w.get(a, u)
		got, err := w.update(api.UpdateUserInput{AccountId: a, UserId: u, UserType: test.to, AlexaForBusinessMetadata: test.change})
		switch {
		case test.want == nil:
			w.refused(test.name, err, api.BadRequest, "AlexaForBusinessMetadata.IsAlexaForBusinessEnabled")
			if after := w.get(a, u); !reflect.DeepEqual(after, before) {
				t.Errorf("%s: a refused update changed %+v to %+v", test.name, before, after)
			}
		case err != nil || *got.AlexaForBusinessMetadata != *test.want:
			t.Errorf("%s: got %+v, %v, want %+v", test.name, got, err, test.want)
		}
	}
}

// Alexa goes when a device becomes a person; parts that are not given stay.
func TestUpdateUser_alexaKept(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	u := w.createAs(a, "a@example.com", api.UserTypeSharedDevice)
	room := api.Some("arn:room")
	for _, step := range []struct {
		in   api.UpdateUserInput
		want bool
	}{
		{api.UpdateUserInput{AlexaForBusinessMetadata: &api.AlexaForBusinessMetadata{AlexaForBusinessRoomArn: room, IsAlexaForBusinessEnabled: api.Some(true)}}, true},
		{api.UpdateUserInput{LicenseType: api.Some(api.LicenseBasic)}, true},
		{api.UpdateUserInput{AlexaForBusinessMetadata: &api.AlexaForBusinessMetadata{}}, true},
		{api.UpdateUserInput{UserType: api.Some(api.UserTypePrivateUser)}, false},
		{api.UpdateUserInput{UserType: api.Some(api.UserTypeSharedDevice)}, false},
	} {
		step.in.AccountId, step.in.UserId = a, u
		got, err := w.update(step.in)
		if err != nil || got.AlexaForBusinessMetadata.IsAlexaForBusinessEnabled.V != step.want {
			t.Errorf("after %+v: got %+v, %v, want %v", step.in, got, err, step.want)
		}
	}
}

// In a batch each user succeeds or fails on its own.
func TestBatchUpdateUser(t *testing.T) {
	w := newWorld(t)
	a, b := w.team(), w.team()
	one, two, foreign := w.create(a, "1@example.com"), w.create(a, "2@example.com"), w.create(b, "3@example.com")
	out, err := w.BatchUpdateUser(w.ctx, &api.BatchUpdateUserInput{AccountId: a, UpdateUserRequestItems: []api.UpdateUserRequestItem{
		{UserId: api.Some("ghost"), LicenseType: api.Some(api.LicenseBasic)},
		{UserId: api.Some(one), LicenseType: api.Some(api.LicenseBasic), UserType: api.Some(api.UserTypeSharedDevice)},
		{UserId: api.Some(foreign)},
		{UserId: api.Some(two), LicenseType: api.Some(api.LicensePlus)},
		{UserId: api.Some(two), AlexaForBusinessMetadata: &api.AlexaForBusinessMetadata{IsAlexaForBusinessEnabled: api.Some(true)}},
	}})
	w.must(err)
	want := []string{"ghost NotFound", foreign + " NotFound", two + " BadRequest", two + " BadRequest"}
	if got := failures(out.UserErrors); !slices.Equal(got, want) {
		t.Errorf("got errors %v, want %v", got, want)
	}
	if m := out.UserErrors[0].ErrorMessage.V; m != "Unable to find the requested identifier" {
		t.Errorf("the message of an absent user is %q", m)
	}
	if u := w.get(a, one); u.LicenseType.V != api.LicenseBasic || u.UserType.V != api.UserTypeSharedDevice || u.PersonalPIN.Set {
		t.Errorf("the good item became %+v", u)
	}
	if u := w.get(a, two); u.LicenseType.V != api.LicensePro {
		t.Errorf("the bad item became %+v", u)
	}
}

func TestBatchUpdateUser_allGood(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	for _, items := range [][]api.UpdateUserRequestItem{{}, {{UserId: api.Some(w.create(a, "a@example.com"))}}} {
		out, err := w.BatchUpdateUser(w.ctx, &api.BatchUpdateUserInput{AccountId: a, UpdateUserRequestItems: items})
		if err != nil || out.UserErrors == nil || len(out.UserErrors) != 0 {
			t.Errorf("%d items: got %+v, %v, want an empty list", len(items), out, err)
		}
	}
}
