package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carillon/internal/client"
	"carillon/sigv4"
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

// do sends a GET to /x and returns the error.
func do(t *testing.T, o client.Options) error {
	t.Helper()
	c, err := client.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c.Do(t.Context(), http.MethodGet, "/x", nil, nil, &struct{}{})
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
			if test.want.last == nil || test.want.last.URL.Path != "/x" {
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

// What is sent is what was signed, whatever is in path, query and body.
func TestDo_signs(t *testing.T) {
	rec := record(t, nil)
	isolate(t, "")
	withKey(t)
	c, err := client.New(t.Context(), client.Options{EndpointURL: rec.URL})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		path  string
		query url.Values
		in    any
		body  string
		line  string
	}{
		{"/accounts", nil, nil, "", "/accounts"},
		{"/a/" + client.EscapeLabel("x/y +é"), nil, nil, "", "/a/x%2Fy%20%2B%C3%A9"},
		{"/a", url.Values{"name": {"a b+c&d"}, "z": {""}}, nil, "", "/a?name=a%20b%2Bc%26d&z="},
		{"/a", nil, map[string]any{"Name": "é"}, `{"Name":"é"}`, "/a"},
	} {
		if err := c.Do(t.Context(), http.MethodPost, test.path, test.query, test.in, &struct{}{}); err != nil {
			t.Fatal(err)
		}
		v := sigv4.NewVerifier("chime", nil)
		auth, err := v.Parse(rec.last)
		if err == nil {
			_, err = v.Verify(rec.last, auth, []byte(rec.body), "secret of env")
		}
		if err != nil || rec.last.RequestURI != test.line || rec.body != test.body {
			t.Errorf("sent %s %q: %v, want %s %q", rec.last.RequestURI, rec.body, err, test.line, test.body)
		}
		if typed := rec.last.Header.Get("Content-Type") == "application/json"; typed != (test.in != nil) {
			t.Errorf("%s: Content-Type %q", test.line, rec.last.Header.Get("Content-Type"))
		}
	}
}

func TestDo_answers(t *testing.T) {
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
		{"not JSON", "", "<html>", 200, "invalid character"},
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

func TestDo_fails(t *testing.T) {
	rec := record(t, nil)
	isolate(t, "")
	withKey(t)
	c, err := client.New(t.Context(), client.Options{EndpointURL: rec.URL})
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Do(ended, http.MethodGet, "/x", nil, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	if err := c.Do(t.Context(), "BAD METHOD", "/x", nil, nil, nil); err == nil {
		t.Error("a bad method is sent")
	}
	if err := c.Do(t.Context(), http.MethodGet, "/x", nil, func() {}, nil); err == nil {
		t.Error("what is no JSON is sent")
	}
	rec.Close()
	if err := c.Do(t.Context(), http.MethodGet, "/x", nil, nil, nil); err == nil || !strings.Contains(err.Error(), "no answer") {
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
