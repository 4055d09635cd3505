package invitations_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"carillon/api"
	"carillon/invitations"
)

// What people call themselves and their accounts is text in every page.
func TestPage_escapes(t *testing.T) {
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/invitations/x", nil)
	page := invitations.New("https://chime.example.com").Begin(w, r)
	out := &api.GetInvitationPageOutput{AccountName: api.Some("<script>WHO"), InvitedBy: api.Some("ACCOUNT<b>"), EmailAddress: api.Some("a@example.com")}
	if err := page.WriteOutput(w, nil, out); err != nil {
		t.Fatal(err)
	}
	body := w.Body.String()
	for _, tag := range []string{"<script", "<b>"} {
		if strings.Contains(body, tag) {
			t.Errorf("the page has %s:\n%s", tag, body)
		}
	}
	if !strings.Contains(body, "ACCOUNT&lt;b&gt; invites you to join &lt;script&gt;WHO") {
		t.Errorf("the names are not as they were given:\n%s", body)
	}
}

func TestToken(t *testing.T) {
	for path, want := range map[string]string{
		"/invitations/a.1.b": "a.1.b", "/invitations/": "", "/invitations/a/b": "", "/invitations/a%2Fb": "", "/other/a": "",
	} {
		if got := invitations.Token(httptest.NewRequest("GET", path, nil)); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestMatch_refused(t *testing.T) {
	door := invitations.New("https://chime.example.com")
	for _, test := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", "/invitations/", "", 404},
		{"PUT", "/invitations/x", "", 405},
		{"POST", "/invitations/x", "name=%zz", 400},
		{"POST", "/invitations/x", "name=" + strings.Repeat("x", 9<<10), 413},
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(test.method, test.path, nil)
		page := door.Begin(w, r)
		_, err := page.Match(r, "", []byte(test.body))
		if err == nil {
			t.Errorf("%s %s was taken", test.method, test.path)
			continue
		}
		if page.WriteError(w, err); w.Code != test.status {
			t.Errorf("%s %s: %d, want %d", test.method, test.path, w.Code, test.status)
		}
	}
}
