package store

import (
	"reflect"
	"strings"
	"testing"
)

// dataOf returns the data of a user, where it is in the list, and what is read
// back.
func dataOf(t *testing.T, u User) (data string, got User) {
	t.Helper()
	p := placeOf(u.UserID, u.CreatedMs)
	data = u.writeData(p)
	got = User{UserID: p.id(), CreatedMs: p.createdMs(), Email: keptEmail(EmailKey(u.Email), u.UserID)}
	if err := got.readData(data); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return data, got
}

func TestUserData(t *testing.T) {
	const id = "0191f4c8-7000-7000-8000-000000000000" // of 1726388662272
	usual := User{UserID: id, Email: "a@example.com", License: "Pro", Type: "PrivateUser", Registration: "Registered", CreatedMs: 1726388662272}
	for want, change := range map[string]func(*User){
		`{}`:                                  func(*User) {},
		`{"e":"A@example.com"}`:               func(u *User) { u.Email = "A@example.com" },
		`{"l":"","t":"","g":""}`:              func(u *User) { u.License, u.Type, u.Registration = "", "", "" },
		`{"n":"{\"x\":\\,}","t":"Sha,redDe"}`: func(u *User) { u.DisplayName, u.Type = `{"x":\,}`, "Sha,redDe" },
		`{"n":"é\n\u2028"}`:                   func(u *User) { u.DisplayName = "é\n\u2028" },
		`{"a":1,"c":1,"o":1,"s":1}`: func(u *User) {
			u.AlexaEnabled, u.InboundCalling, u.OutboundCalling, u.SMS = true, true, true, true
		},
		`{"r":0,"d":-1726388662271,"x":5}`:               func(u *User) { u.RegisteredMs, u.InvitedMs, u.SignedOutMs = u.CreatedMs, 1, u.CreatedMs+5 },
		`{"e":"a 0191f4c8-7000-7000-8000-000000000000"}`: func(u *User) { u.Email = "a " + id }, // which looks like a key that was set aside
		`{"u":"Me"}`: func(u *User) { u.UserID, u.CreatedMs = "Me", 7 },
	} {
		u := usual
		change(&u)
		data, got := dataOf(t, u)
		if data != want || !reflect.DeepEqual(got, u) {
			t.Errorf("%+v: data %s, want %s; read back %+v", u, data, want, got)
		}
		spaced := User{UserID: u.UserID, CreatedMs: u.CreatedMs, Email: keptEmail(EmailKey(u.Email), u.UserID)}
		if err := spaced.readData(strings.NewReplacer(`":`, `": `, `,"`, `, "`).Replace(data)); err != nil || (!reflect.DeepEqual(spaced, u) && !strings.Contains(data, `\"`)) {
			t.Errorf("with blanks: %+v, %v", spaced, err)
		}
	}
}

// What another program has written, or a hand, is refused and not guessed.
func TestUserData_unknown(t *testing.T) {
	for _, data := range []string{
		``, `{`, `[]`, `{"v":2}`, `{"n"}`, `{"n":}`, `{"n":"x"`, `{"n":"x}`, `{"n":1}`, `{"r":"1"}`, `{"a":0}`, `{"a":true}`, `{"nn":"x"}`, `{"n":"x"}}`,
		`{"n":"x",}`, `{"n":"\x"}`, `{"n":"x"}{}`,
	} {
		if err := (&User{UserID: "u"}).readData(data); err == nil {
			t.Errorf("%q is taken", data)
		}
	}
}

func TestPlaceOf(t *testing.T) {
	const timed = "0191f4c8-7000-7000-8000-000000000000"
	order := []struct {
		id string
		ms int64
	}{
		{"B", -5},
		{"a", 0},
		{"a", 1726388662271},
		{"f1111111-2222-4333-8444-555555555555", 1726388662272},
		{"01111111-2222-4333-8444-55555555555A", 1726388662272}, // not as we would write it
		{"0191F4C8-7000-7000-8000-000000000000", 1726388662272},
		{"p\u00c9\u00c9\u00c9\u00c9\u00c9", 1726388662272}, // as long as a UUID, and much like one
		{timed, 1}, // whatever else is said
		{"0191f4c8-7000-7000-8000-000000000001", 2},
		{"", 1726388662273},
		{"z", 1 << 60},
	}
	last := ""
	for _, o := range order {
		p := placeOf(o.id, o.ms)
		if p.id() != o.id || string(p.key) <= last {
			t.Errorf("%q at %d: id %q, place %x after %x", o.id, o.ms, p.id(), p.key, last)
		}
		if want := min(max(o.ms, 0), latestMs); len(p.other) > 0 && p.createdMs() != want {
			t.Errorf("%q: created %d, want %d", o.id, p.createdMs(), want)
		}
		last = string(p.key)
	}
	if ms := placeOf(timed, 1).createdMs(); ms != 1726388662272 {
		t.Errorf("the time of an id is %d", ms)
	}
}

func TestTimedID(t *testing.T) {
	const id, ms = "0191f4c8-7000-7123-8000-0000000000ff", 1726388662272
	for _, test := range []struct {
		id   string
		ms   int64
		want string
	}{
		{id, ms + nearMs, id},
		{id, ms - nearMs, id},
		{id, ms + nearMs + 1, "0191f4c8-73e9-7123-8000-0000000000ff"},
		{id, 1, "00000000-0001-7123-8000-0000000000ff"},
		{"11111111-2222-4333-8444-555555555555", 1, "11111111-2222-4333-8444-555555555555"},
	} {
		if got := TimedID(test.id, test.ms); got != test.want {
			t.Errorf("%s at %d: %s, want %s", test.id, test.ms, got, test.want)
		}
	}
}
