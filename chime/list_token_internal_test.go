package chime

import (
	"encoding/base64"
	"reflect"
	"testing"

	"carillon/api"
)

func TestTokens(t *testing.T) {
	sealing := newTokens([32]byte{1})
	sc := scope("ListUsers", "111122223333", "a")
	for _, want := range []cursor{
		{},
		{Ms: 1, ID: "x"},
		{Ms: -1, ID: "é\"\x01", Filters: []string{}},
		{Ms: 1 << 60, ID: "x", Filters: []string{"", "=", "=value"}},
	} {
		token := sealing.seal(sc, want)
		if token == sealing.seal(sc, want) {
			t.Errorf("%+v sealed twice is the same", want)
		}
		got, ok := sealing.unseal(sc, token)
		if len(want.Filters) == 0 {
			want.Filters = nil
		}
		if !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v, want %+v", got, ok, want)
		}
	}
}

// A token is good where it came from and nowhere else, in no other form.
func TestTokens_refuses(t *testing.T) {
	sealing := newTokens([32]byte{1})
	sc := scope("ListUsers", "111122223333", "a")
	token := sealing.seal(sc, cursor{Ms: 1, ID: "x"})
	for _, other := range [][]byte{
		scope("ListAccounts", "111122223333", "a"), scope("ListUsers", "111122223334", "a"), scope("ListUsers", "111122223333", "b"),
		scope("ListUsers", "111122223333", ""), scope("ListUsers111122223333", "", "a"), nil,
	} {
		if _, ok := sealing.unseal(other, token); ok {
			t.Errorf("good for %q", other)
		}
	}
	if _, ok := newTokens([32]byte{2}).unseal(sc, token); ok {
		t.Error("good with another key")
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		raw[i] ^= 0x10
		if _, ok := sealing.unseal(sc, base64.RawURLEncoding.EncodeToString(raw)); ok {
			t.Errorf("good with byte %d changed", i)
		}
		if _, ok := sealing.unseal(sc, base64.RawURLEncoding.EncodeToString(raw[:i])); ok {
			t.Errorf("good when cut to %d bytes", i)
		}
		raw[i] ^= 0x10
	}
}

// No token but one's own opens, and none does harm.
func FuzzToken(f *testing.F) {
	sealing := newTokens([32]byte{1})
	sc := scope("ListUsers", "111122223333", "a")
	sealed := cursor{Filters: []string{"=a@b.c", ""}, Ms: 5, ID: "x"}
	own := sealing.seal(sc, sealed)
	for _, seed := range []string{own, "", "A", "AQ", own[1:], own + "A", "=", "\n", "é"} {
		f.Add(seed, "a@b.c", true)
	}
	f.Fuzz(func(t *testing.T, token, email string, given bool) {
		filter, userType := api.Opt[string]{V: email, Set: given}, api.Opt[string]{}
		c, err := sealing.open(sc, token, []*api.Opt[string]{&filter, &userType})
		switch {
		case err != nil:
			if !api.IsKind(err, api.BadRequest) {
				t.Errorf("%v", err)
			}
		case !reflect.DeepEqual(c, sealed) || filter != api.Some("a@b.c") || userType.Set:
			t.Errorf("%q opens as %+v with %v and %v", token, c, filter, userType)
		}
	})
}
