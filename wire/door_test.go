package wire_test

import (
	"testing"

	"carillon/api"
	"carillon/wire"
)

var _ = []wire.Door{router, iamDoor, trail}

func TestGuess(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	for _, test := range []struct {
		method, path, contentType, target string
		want                              api.Protocol
	}{
		{"POST", "/", form, "", api.Query},
		{"POST", "/", form + "; charset=utf-8", "", api.Query},
		{"POST", "/", "Application/X-WWW-Form-URLEncoded", "", api.Query},
		{"POST", "/?Action=GetUser", form, "", api.Query},
		{"POST", "/", "application/x-amz-json-1.1", lookUp, api.JSON},
		{"POST", "/", "", "x", api.JSON},
		{"POST", "/", "application/json", "", api.RESTJSON},
		{"POST", "/", "", "", api.RESTJSON},
		{"GET", "/", form, "", api.RESTJSON},
		{"GET", "/", "", "", api.RESTJSON},
		{"POST", "/accounts", form, lookUp, api.RESTJSON},
		{"POST", "//", form, lookUp, api.RESTJSON},
	} {
		r := request(t, test.method, test.path)
		r.Header.Set("Content-Type", test.contentType)
		if test.target != "" {
			r.Header.Set("X-Amz-Target", test.target)
		}
		if got := wire.Guess(r); got != test.want {
			t.Errorf("%+v: got %d", test, got)
		}
	}
}

// The door of REST-JSON writes as the functions do that have no door.
func TestRouter_writes(t *testing.T) {
	op := &api.Op{Name: "LogoutUser", Status: 200}
	if got := answer(t, router, op, nil); got != "{}" {
		t.Errorf("got %s", got)
	}
	checkTold(t, router, "refusal", api.Conflict.Errorf("No"), api.Conflict, "No")
}
