package e2e

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

func TestWire_odd_paths(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		user := e.users(t, id, 1)[0]
		for target, want := range map[string]refusal{
			"/":                                          unknownPath,
			"//":                                         unknownPath,
			"/favicon.ico":                               unknownPath,
			"/ACCOUNTS":                                  unknownPath,
			"/accounts.json":                             unknownPath,
			"/console":                                   unknownPath,
			"/console/":                                  unknownPath,
			"/console/console/accounts":                  unknownPath,
			"/consoleaccounts":                           unknownPath,
			"//accounts":                                 unknownPath,
			"/accounts/" + id + "/":                      unknownPath,
			"/accounts/" + id + "/unknown":               unknownPath,
			"/accounts/" + id + "/users/a/b":             unknownPath,
			"/accounts/./" + id:                          invalidSignature,
			"/accounts/" + id + "/users/../users":        invalidSignature,
			"/accounts%2F" + id:                          unknownPath,
			"/carillon/v1/unknown":                       unknownPath,
			"/accounts/":                                 badRequest,
			"/accounts//users":                           badRequest,
			"/accounts/" + id + "/users/":                badRequest,
			"/accounts/" + id + "/users/%20":             badRequest,
			"/accounts/" + id + "/users/%00":             badRequest,
			"/accounts/" + id + "/users/%FF":             badRequest,
			"/accounts/..":                               invalidSignature,
			"/accounts/%2e%2e":                           invalidSignature,
			"/accounts/...":                              notFound,
			"/accounts/%252e%252e":                       notFound,
			"/accounts/" + id + "%2F":                    notFound,
			"/accounts/" + id + "%2Fusers":               notFound,
			"/accounts/" + id + "/users/..%2F" + user:    notFound,
			"/accounts/" + id + "/users/" + user + "%20": notFound,
			"/accounts/" + id + ";v=1":                   notFound,
		} {
			t.Run(target, func(t *testing.T) {
				e.send(t, "GET", target, "").refused(t, want)
			})
		}
	})
}

func TestWire_escaped_id(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		escaped := fmt.Sprintf("%%%02x%s", id[0], id[1:])
		e.send(t, "GET", "/accounts/"+escaped, "").ok(t, 200)
		e.send(t, "GET", "/accounts/"+escaped+"/users", "").ok(t, 200)
	})
}

func TestWire_console_prefix(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := newCaller(e.endpoint+"/console", e.keys) // as old endpoints were written
		id := c.team(t)
		user := c.user(t, id, "a@example.com")
		equal(t, "user", e.find(t, id, "a@example.com"), user)
		_, err := c.LogoutUser(t.Context(), &chime.LogoutUserInput{AccountId: &id, UserId: user.UserId})
		succeed(t, err)
		_, err = c.GetUser(t.Context(), &chime.GetUserInput{AccountId: &id, UserId: aws.String(unknownID)})
		refused(t, err, notFound)
		e.send(t, "GET", "/console/accounts/"+id+"/nothing", "").refused(t, unknownPath)
	})
}

func TestWire_wrong_method(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for target, tt := range map[string]struct {
			methods []string
			allow   string
		}{
			"/accounts":                       {[]string{"PUT", "DELETE", "PATCH"}, "GET, POST"},
			"/accounts/" + id:                 {[]string{"PUT", "OPTIONS"}, "DELETE, GET, POST"},
			"/console/accounts/" + id:         {[]string{"PUT"}, "DELETE, GET, POST"},
			"/accounts/" + id + "/settings":   {[]string{"POST", "DELETE"}, "GET, PUT"},
			"/accounts/" + id + "/users":      {[]string{"DELETE"}, "GET, POST"},
			"/accounts/" + id + "/users/user": {[]string{"DELETE", "PUT"}, "GET, POST"},
		} {
			for _, method := range tt.methods {
				got := e.send(t, method, target, "")
				got.refused(t, methodNotAllowed)
				equal(t, "Allow of "+target, got.header.Get("Allow"), tt.allow)
			}
		}
		if got := e.send(t, "HEAD", "/accounts/"+id, ""); got.status != 405 || got.body != "" {
			t.Errorf("HEAD got %d %q", got.status, got.body)
		}
	})
}

func TestWire_operation_value(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for target, want := range map[string]refusal{
			"/accounts/" + id + "/users?operation=dance":                   unknownOperation,
			"/accounts/" + id + "/users?operation=Create":                  unknownOperation,
			"/accounts/" + id + "/users?operation=":                        unknownOperation,
			"/accounts/" + id + "/users?operation":                         unknownOperation,
			"/accounts/" + id + "?operation=create":                        unknownOperation,
			"/phone-numbers":                                               unknownOperation,
			"/accounts?operation=create":                                   unknownOperation,
			"/accounts/" + id + "/users?operation=create&operation=create": badRequest,
			"/accounts/" + id + "/users?operation=create&operation=add":    badRequest,
			"/accounts/" + id + "/rooms/r/messages/m":                      unknownOperation,
		} {
			t.Run(target, func(t *testing.T) {
				e.send(t, "POST", target, `{"Email":"a@example.com"}`).refused(t, want)
			})
		}
	})
}

func TestWire_query(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		e.user(t, id, "a+b@example.com")
		for query, users := range map[string]int{
			"user-email=a+b@example.com":            1, // a plus is a plus if it is signed as one
			"user-email=a%2Bb%40example.com":        1,
			"user%2Demail=a%2Bb%40example.com":      1,
			"user-email=a%20b@example.com":          0,
			"unknown=1&unknown2":                    1,
			"&&max-results=5&":                      1,
			"Max-Results=500":                       1, // another name
			"UserEmail=nobody@example.com":          1,
			"max-results=5&user-type=PrivateUser":   1,
			"user-type=PrivateUser&max-results=%35": 1,
		} {
			t.Run(query, func(t *testing.T) {
				got := e.send(t, "GET", "/accounts/"+id+"/users?"+query, "")
				got.ok(t, 200)
				equal(t, "users", len(parseJSON[struct{ Users []any }](t, got.body).Users), users)
			})
		}
	})
}

func TestWire_query_refused(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for query, word := range map[string]string{
			"max-results=1&max-results=1":                         "max-results",
			"max-results=1&user-type=PrivateUser&max%2Dresults=2": "max-results",
			"user-email=a@example.com&user-email=b@example.com":   "user-email",
			"next-token=&next-token=x":                            "next-token",
			"max-results=1%32x":                                   "'MaxResults'",
			"user-email=%FF@example.com":                          "UTF-8",
			"user-email=a%00@example.com":                         "'UserEmail' failed to satisfy constraint: Member must not hold the NUL character",
		} {
			t.Run(query, func(t *testing.T) {
				e.send(t, "GET", "/accounts/"+id+"/users?"+query, "").refused(t, badRequest, word)
			})
		}
	})
}
