package scim_test

import (
	"net/http/httptest"
	"testing"

	"carillon/scim"
)

func TestShown(t *testing.T) {
	for target, want := range map[string]string{
		"/scim/v2/Users":  "/Users",
		"/scim/v2/users/": "/Users",
		"/scim/v2/Users/01a20062-d742-74dd-9fa3-358c8e40332b": "/Users/01a20062-d742-74dd-9fa3-358c8e40332b",
		"/scim/v2/Users/ann@example.com":                      "/Users/…",
		"/scim/v2/Users/ann":                                  "/Users/…",
		"/scim/v2/Groups/Pro":                                 "/Groups/Pro",
		"/scim/v2/Ann":                                        "/…",
		"/scim/v2/Users/a/b":                                  "/…",
		"/scim/v2/Users?filter=userName+eq+%22ann%22&startIndex=1&COUNT=100": "/Users?count=100&filter=…&startIndex=1",
		"/scim/v2/Users?count=ann&ann=1&ben=2&sortBy=x":                      "/Users?count=…&sortBy=…&…=…",
	} {
		if got := scim.Shown(httptest.NewRequest("GET", target, nil)); got != want {
			t.Errorf("%s is shown as %s, want %s", target, got, want)
		}
	}
}
