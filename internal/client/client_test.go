package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"carillon/api"
	"carillon/internal/client"
	"carillon/sigv4"
	"carillon/wire"
)

// recorder is a server that keeps the last request.
type recorder struct {
	*httptest.Server
	last *http.Request
	body string
}

func record(t *testing.T, answer http.HandlerFunc) *recorder {
	t.Helper()
	rec := &recorder{}
	rec.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		rec.last, rec.body = r, string(body)
		if answer != nil {
			answer(w, r)
		}
	}))
	t.Cleanup(rec.Close)
	return rec
}

// isolate hides the environment and the files of who runs the tests, and
// makes a configuration file of AWS tools.
func isolate(t *testing.T, config string) {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(dir, "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "credentials"))
	if err := os.WriteFile(filepath.Join(dir, "config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
}

func withKey(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret of env")
}

// do calls an operation and returns the error.
func do(t *testing.T, o client.Options) error {
	t.Helper()
	c, err := client.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Call(t.Context(), "ListAccounts", nil)
	return err
}

func TestEndpoint(t *testing.T) {
	flag, chime, general, profile := record(t, nil), record(t, nil), record(t, nil), record(t, nil)
	for _, test := range []struct {
		name                          string
		flag, chime, general, profile bool
		want                          *recorder
	}{
		{"flag over all", true, true, true, true, flag},
		{"for this service", false, true, true, true, chime},
		{"for all services", false, false, true, true, general},
		{"of the profile", false, false, false, true, profile},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := ""
			if test.profile {
				config = "[default]\nendpoint_url = " + profile.URL + "\n"
			}
			isolate(t, config)
			withKey(t)
			o := client.Options{}
			if test.flag {
				o.EndpointURL = flag.URL + "/"
			}
			if test.chime {
				t.Setenv("AWS_ENDPOINT_URL_CHIME", chime.URL)
			}
			if test.general {
				t.Setenv("AWS_ENDPOINT_URL", general.URL)
			}
			test.want.last = nil
			if err := do(t, o); err != nil {
				t.Fatal(err)
			}
			if test.want.last == nil || test.want.last.URL.Path != "/accounts" {
				t.Errorf("the request went elsewhere, or to %v", test.want.last)
			}
		})
	}
}

// AWS tools read the endpoint of a service from the section that the profile
// names, and prefer it to the profile's endpoint for all services.
func TestEndpoint_servicesSection(t *testing.T) {
	service, general := record(t, nil), record(t, nil)
	isolate(t, "[profile p]\naws_access_key_id = AKIAP\naws_secret_access_key = s\nservices = local\nendpoint_url = "+general.URL+"\n[services local]\nchime =\n  endpoint_url = "+service.URL+"\n")
	if err := do(t, client.Options{Profile: "p"}); err != nil {
		t.Fatal(err)
	}
	if service.last == nil {
		t.Error("the endpoint of the services section is not used")
	}
}

func TestCredentials(t *testing.T) {
	const config = "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = s\nregion = eu-west-1\n" +
		"[profile p]\naws_access_key_id = AKIAP\naws_secret_access_key = s\naws_session_token = token\n"
	for _, test := range []struct {
		name, profile string
		environment   bool
		scope, token  string
	}{
		{"environment", "", true, "Credential=AKIAENV/", ""},
		{"default profile", "", false, "Credential=AKIADEFAULT/", ""},
		{"named profile", "p", false, "Credential=AKIAP/", "token"},
	} {
		t.Run(test.name, func(t *testing.T) {
			rec := record(t, nil)
			isolate(t, config)
			if test.environment {
				withKey(t)
			}
			if err := do(t, client.Options{EndpointURL: rec.URL, Profile: test.profile}); err != nil {
				t.Fatal(err)
			}
			h := rec.last.Header
			if !strings.Contains(h.Get("Authorization"), test.scope) || h.Get("X-Amz-Security-Token") != test.token {
				t.Errorf("header %v", h)
			}
		})
	}
}

func TestNew_fails(t *testing.T) {
	isolate(t, "")
	if _, err := client.New(t.Context(), client.Options{}); err == nil || !strings.Contains(err.Error(), "carillon env") {
		t.Errorf("without credentials: %v", err)
	}
	if _, err := client.New(t.Context(), client.Options{Profile: "ghost"}); err == nil || !strings.Contains(err.Error(), "ghost") {
		t.Errorf("with an unknown profile: %v", err)
	}
}

// calls are operations as they are sent.
var calls = []struct {
	operation string
	in        client.Members
	request   string
	body      string
}{
	{"ListAccounts", nil, "GET /accounts", ""},
	{"ListAccounts", client.Members{"Name": "a b+c&d", "MaxResults": 7}, "GET /accounts?max-results=7&name=a%20b%2Bc%26d", ""},
	{"GetAccount", client.Members{"AccountId": "x/y +é"}, "GET /accounts/x%2Fy%20%2B%C3%A9", ""},
	{"CreateAccount", client.Members{"Name": "é<&>"}, "POST /accounts", `{"Name":"é<&>"}`},
	{"ResetPersonalPIN", client.Members{"AccountId": "a", "UserId": "u"}, "POST /accounts/a/users/u?operation=reset-personal-pin", ""},
	{
		"SearchAvailablePhoneNumbers",
		client.Members{"AreaCode": "206", "TollFreePrefix": "888", "PhoneNumberType": "Local"},
		"GET /search?area-code=206&phone-number-type=Local&toll-free-prefix=888&type=phone-numbers", "",
	},
	{"DeleteDomain", client.Members{"AccountId": "a", "DomainName": "b.example"}, "DELETE /carillon/v1/accounts/a/domains/b.example", ""},
}

// What is sent is what was signed, whatever is in path, query and body.
func TestCall_signs(t *testing.T) {
	rec := record(t, nil)
	isolate(t, "")
	withKey(t)
	c, err := client.New(t.Context(), client.Options{EndpointURL: rec.URL})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range calls {
		if _, err := c.Call(t.Context(), test.operation, test.in); err != nil {
			t.Fatal(err)
		}
		v := sigv4.NewVerifier(nil, "chime")
		auth, err := v.Parse(rec.last)
		if err == nil {
			_, err = v.Verify(rec.last, auth, []byte(rec.body), "secret of env")
		}
		got := rec.last.Method + " " + rec.last.RequestURI
		if err != nil || got != test.request || rec.body != test.body {
			t.Errorf("sent %s %q: %v, want %s %q", got, rec.body, err, test.request, test.body)
		}
		if typed := rec.last.Header.Get("Content-Type") == "application/json"; typed != (test.body != "") {
			t.Errorf("%s: Content-Type %q", test.request, rec.last.Header.Get("Content-Type"))
		}
	}
}

// Every member of every operation goes where the server looks for it.
func TestCall_everyOperation(t *testing.T) {
	router := wire.NewRouter(func(*api.Op) bool { return true }, api.Ops)
	var want string
	rec := record(t, func(_ http.ResponseWriter, r *http.Request) {
		m, err := router.Match(r, r.URL.RawQuery, nil)
		if err != nil || m.Op.Name != want {
			t.Errorf("%s came as %v: %v", want, m, err)
		}
	})
	isolate(t, "")
	withKey(t)
	c, err := client.New(t.Context(), client.Options{EndpointURL: rec.URL})
	if err != nil {
		t.Fatal(err)
	}
	for i := range api.Ops {
		want = api.Ops[i].Name
		in := client.Members{}
		for _, field := range reflect.VisibleFields(reflect.TypeOf(api.Ops[i].New()).Elem()) {
			in[field.Name] = "Value"
		}
		if _, err := c.Call(t.Context(), want, in); err != nil {
			t.Fatal(err)
		}
		sent := rec.last.URL.Path + rec.last.URL.RawQuery + rec.body
		if n := strings.Count(sent, "Value"); n != len(in) {
			t.Errorf("%s: %d of %d members were sent: %s", want, n, len(in), sent)
		}
		for name := range rec.last.URL.Query() {
			known, _ := api.Ops[i].New().(api.RESTInput).SetQuery(name, "Value")
			if !known && name != api.Ops[i].QueryName {
				t.Errorf("%s: the query has %s", want, name)
			}
		}
	}
}

func TestPages(t *testing.T) {
	rec := record(t, func(w http.ResponseWriter, r *http.Request) {
		next := map[string]string{"": `"two"`, "two": `"three"`, "three": "null"}[r.URL.Query().Get("next-token")]
		fmt.Fprintf(w, `{"Accounts": [], "NextToken": %s, "Max": %q}`, next, r.URL.Query().Get("max-results"))
	})
	isolate(t, "")
	withKey(t)
	c, err := client.New(t.Context(), client.Options{EndpointURL: rec.URL})
	if err != nil {
		t.Fatal(err)
	}
	pages := 0
	in := client.Members{"MaxResults": 9}
	err = c.Pages(t.Context(), "ListAccounts", in, func(page map[string]json.RawMessage) error {
		if pages++; string(page["Max"]) != `"9"` {
			t.Errorf("page %d: %s", pages, page)
		}
		return nil
	})
	if err != nil || pages != 3 || len(in) != 1 {
		t.Errorf("%d pages, %v, the input is now %v", pages, err, in)
	}
	err = c.Pages(t.Context(), "ListAccounts", nil, func(map[string]json.RawMessage) error { return io.ErrClosedPipe })
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

func TestCall_answers(t *testing.T) {
	for _, test := range []struct {
		name, header, body string
		status             int
		want               string // the error; none: success
	}{
		{"result", "", `{"A":"x"}`, 200, ""},
		{"no content", "", "", 204, ""},
		{"refusal", "NotFoundException", `{"Code":"NotFound","Message":"No"}`, 404, "NotFoundException: No"},
		{"refusal without body", "NotFoundException", "", 404, "NotFoundException: "},
		{"not a Carillon", "", "<html>", 502, "502 Bad Gateway: the answer is not from a Carillon server"},
		{"not JSON", "", "<html>", 200, "not JSON"},
	} {
		rec := record(t, func(w http.ResponseWriter, _ *http.Request) {
			if test.header != "" {
				w.Header()["x-amzn-ErrorType"] = []string{test.header}
			}
			w.WriteHeader(test.status)
			io.WriteString(w, test.body) //nolint:errcheck // the test sees it
		})
		isolate(t, "")
		withKey(t)
		err := do(t, client.Options{EndpointURL: rec.URL})
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
		var refusal *client.Error
		if errors.As(err, &refusal) && refusal.Status != test.status {
			t.Errorf("%s: status %d, want %d", test.name, refusal.Status, test.status)
		}
	}
}

func TestCall_fails(t *testing.T) {
	rec := record(t, nil)
	isolate(t, "")
	withKey(t)
	c, err := client.New(t.Context(), client.Options{EndpointURL: rec.URL})
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Call(ended, "ListAccounts", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	for _, test := range []struct {
		operation string
		in        client.Members
		part      string
	}{
		{"GetNothing", nil, "GetNothing"},
		{"GetAccount", nil, "AccountId"},
		{"GetAccount", client.Members{"AccountId": ""}, "AccountId"},
		{"ListAccounts", client.Members{"Colour": "red"}, "Colour"},
		{"CreateAccount", client.Members{"Name": func() {}}, "unsupported type"},
	} {
		rec.last = nil
		if _, err := c.Call(t.Context(), test.operation, test.in); err == nil || !strings.Contains(err.Error(), test.part) || rec.last != nil {
			t.Errorf("%s with %v: %v, want an error with %q and no request", test.operation, test.in, err, test.part)
		}
	}
	rec.Close()
	if _, err := c.Call(t.Context(), "ListAccounts", nil); !errors.Is(err, client.ErrNoAnswer) {
		t.Errorf("nobody there: %v", err)
	}
}

func TestEscapeLabel(t *testing.T) {
	for given, want := range map[string]string{
		"": "", "AZaz09-._~": "AZaz09-._~", "a b": "a%20b", "a+b": "a%2Bb", "a/b": "a%2Fb", "%": "%25", "é": "%C3%A9", "*'()!:@&=;,$": "%2A%27%28%29%21%3A%40%26%3D%3B%2C%24",
	} {
		if got := client.EscapeLabel(given); got != want {
			t.Errorf("%q: got %s, want %s", given, got, want)
		}
	}
}
