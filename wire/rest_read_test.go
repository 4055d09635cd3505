package wire_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"carillon/api"
	"carillon/wire"
)

func decode(t testing.TB, method, target, body string) (api.Input, error) {
	t.Helper()
	m, err := match(t, method, target)
	if err != nil {
		return nil, err
	}
	return m.In, read(&m, body)
}

func read(m *wire.Match, body string) error {
	if err := m.Read([]byte(body)); err != nil {
		return err
	}
	return m.In.Validate()
}

func TestDecode(t *testing.T) {
	user := func(id string) api.Input { return &api.GetUserInput{AccountId: "a", UserId: id} }
	list := func(email string) api.Input {
		return &api.ListUsersInput{AccountId: "a", UserEmail: api.Some(email)}
	}
	for _, test := range []struct {
		method, target, body string
		want                 api.Input
	}{
		{"GET", "/accounts/a/users/u", "", user("u")},
		{"GET", "/accounts/a/users/u", "{}", user("u")},
		{"GET", "/console/accounts/a/users/u", "", user("u")},
		{"GET", "/accounts/a/users/x%2Fy", "", user("x/y")},
		{"GET", "/accounts/a/users/%252F", "", user("%2F")},
		{"GET", "/accounts/a/users/%2B1+2", "", user("+1+2")},
		{"GET", "/accounts/a/users/..", "", user("..")},
		{"GET", "/accounts/a/users/j%C3%BCrgen", "", user("jürgen")},
		{"GET", "/accounts/a/users/u%20v;w=1,2", "", user("u v;w=1,2")},
		{"GET", "/accounts/a/users?user-email=a%2Bb%40example.com", "", list("a+b@example.com")},
		{"GET", "/accounts/a/users?user-email=a+b@example.com", "", list("a+b@example.com")},
		{"GET", "/accounts/a/users?unknown=1&user-email=a@b.c", "", list("a@b.c")},
		{"GET", "/accounts/a/users?max-results=7&next-token=", "", &api.ListUsersInput{
			AccountId: "a", MaxResults: api.Some(7), NextToken: api.Some(""),
		}},
		{"POST", "/accounts/a/users?operation=create", `{"Email": "a@b.c", "More": [1]}`, &api.CreateUserInput{
			AccountId: "a", Email: api.Some("a@b.c"),
		}},
		{"POST", "/accounts/a/users?operation=create", `{"AccountId": "b", "Email": "a@b.c"}`, &api.CreateUserInput{
			AccountId: "a", Email: api.Some("a@b.c"),
		}},
		{"POST", "/accounts/a/users/u?operation=logout", "{}", &api.LogoutUserInput{AccountId: "a", UserId: "u"}},
		{"POST", "/accounts/a", "", &api.UpdateAccountInput{AccountId: "a"}},
	} {
		got, err := decode(t, test.method, test.target, test.body)
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s %s: got %+v, %v, want %+v", test.method, test.target, got, err, test.want)
		}
	}
}

func TestDecode_refused(t *testing.T) {
	for _, test := range []struct {
		method, target, body string
		message              string // a part of it
	}{
		{"GET", "/accounts/", "", "AccountId"},
		{"GET", "/accounts//users/u", "", "AccountId"},
		{"GET", "/accounts/a/users/", "", "UserId"},
		{"GET", "/accounts/%20/users/u", "", "AccountId"},
		{"GET", "/accounts/a%00/users/u", "", "NUL"},
		{"GET", "/accounts/%ff/users/u", "", "UTF-8"},
		{"GET", "/accounts/a/users/%C3", "", "UTF-8"},
		{"GET", "/accounts/a/users?max-results=0", "", "MaxResults"},
		{"GET", "/accounts/a/users?max-results=x", "", "MaxResults"},
		{"GET", "/accounts/a/users?max-results=%2B5", "", "MaxResults"},
		{"GET", "/accounts/a/users?max-results=+5", "", "MaxResults"},
		{"GET", "/accounts/a/users?max-results=00005", "", "MaxResults"},
		{"GET", "/accounts/a/users?max-results=", "", "MaxResults"},
		{"GET", "/accounts/a/users?user-type=Robot", "", "UserType"},
		{"POST", "/accounts", "", "Name"},
		{"POST", "/accounts", `{"Name": null}`, "Name"},
		{"POST", "/accounts", `{"Name": 1}`, "Name"},
		{"POST", "/accounts", `{"Name": "a", "Name": "b"}`, "a member twice"},
		{"POST", "/accounts", `{"Name": "a"} x`, "JSON"},
		{"POST", "/accounts", `[]`, "body"},
		{"POST", "/accounts", `null`, "body"},
		{"POST", "/accounts", `{"Name": "a"`, "JSON"},
	} {
		_, err := decode(t, test.method, test.target, test.body)
		if !isRefusal(err, api.BadRequest) || !strings.Contains(err.Error(), test.message) {
			t.Errorf("%s %s %s: got %v, want BadRequest with %q", test.method, test.target, test.body, err, test.message)
		}
	}
}

// Whatever comes, the router and the decoder refuse it properly or read an
// input that satisfies the model.
func FuzzMatchDecode(f *testing.F) {
	for i := range api.Ops {
		f.Add(api.Ops[i].Method, target(&api.Ops[i], "a%2Fb"), []byte(`{}`))
	}
	f.Add("POST", "/accounts/a/users?operation=create", []byte(`{"Email":"a@b.c","UserType":"SharedDevice"}`))
	f.Add("POST", "/accounts/a/users", []byte(`{"UpdateUserRequestItems":[{"UserId":"u","LicenseType":"Pro"}]}`))
	f.Add("GET", "/console//accounts/%zz/../%2e?a=%00&a;b&=&operation", []byte("\xff{"))
	f.Add("PUT", "/accounts/a/users/u/settings", []byte(`{"UserSettings":{"Telephony":{"SMS":true}}}`))
	f.Fuzz(func(t *testing.T, method, target string, body []byte) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return // net/http refuses it
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Method, r.URL, r.RequestURI = method, u, target
		m, err := router.Match(r, r.URL.RawQuery, nil)
		if err == nil && !m.Op.Removed() {
			if err = m.Read(body); err == nil {
				err = m.In.Validate()
			}
		}
		var refusal *api.Error
		if err != nil && (!errors.As(err, &refusal) || refusal.Kind.Status < 400 || refusal.Kind.Status >= 500) {
			t.Errorf("%q %q: %v", method, target, err)
		}
	})
}
