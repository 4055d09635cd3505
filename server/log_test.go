package server

import (
	"bytes"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carillon/api"
)

func TestLog_line(t *testing.T) {
	s := newSite(t)
	r := s.signed("GET", "/accounts/ghost", "")
	r.RemoteAddr = "192.0.2.7:4711"
	r.Header.Set("User-Agent", "aws-cli/1")
	w := s.send(r)
	list := s.entries("request")
	if len(list) != 1 {
		t.Fatalf("%d lines: %s", len(list), s.log)
	}
	for key, want := range map[string]any{
		"request_id": requestID(w), "op": "GetAccount", "status": 404.0, "error": "NotFoundException", "error_code": "NotFound",
		"account_id": aws, "principal": "arn:aws:iam::111122223333:root", "access_key_id": s.root.AccessKeyID,
		"remote": "192.0.2.7", "user_agent": "aws-cli/1", "level": "INFO",
	} {
		if list[0][key] != want {
			t.Errorf("%s is %v, want %v", key, list[0][key], want)
		}
	}
	if _, ok := list[0]["duration_ms"].(float64); !ok {
		t.Errorf("no duration: %v", list[0])
	}
}

// Who does not prove to be somebody is nobody in the log.
func TestLog_unproven(t *testing.T) {
	s := newSite(t)
	liar := s.root
	liar.SecretAccessKey = "x"
	s.send(signedBy(liar, "GET", "/accounts", ""))
	line := s.entries("request")[0]
	if line["principal"] != nil || line["account_id"] != nil || line["op"] != "unknown" {
		t.Errorf("logged %v", line)
	}
}

// No member that the model marks as sensitive, and no secret, is ever logged:
// neither of good requests nor of bad ones.
func TestLog_sensitive(t *testing.T) {
	s := newSite(t)
	a := "/accounts/" + s.account()
	const email = "jane.marker@example.com"
	post := func(target, body string) *http.Request { return s.signed("POST", a+target, body) }
	liar := s.root
	liar.SecretAccessKey = "x"
	for _, r := range []*http.Request{
		post("/users?operation=create", `{"Email": "`+email+`", "Username": "Marker"}`),
		post("/users?operation=create", `{"Email": "`+email+`"}`),
		post("/users?operation=create", `{"Email": "marker"}`),
		post("/users?operation=create", `{"Email": {"marker": 1}}`),
		post("/users?operation=create", `{"Email": "`+email+`", "Email": "`+email+`"}`),
		post("/users?operation=create", `{"Email": "`+email),
		post("/users?operation=add", `{"UserEmailList": ["`+email+`", "marker b@example.com"]}`),
		post("/users?operation=marker", ""),
		post("/users/marker?operation=associate-phone-number", `{"E164PhoneNumber": "marker"}`),
		post("/rooms", `{"Name": "marker", "ClientRequestToken": "marker"}`),
		s.signed("GET", a+"/users?user-email="+email, ""),
		s.signed("GET", a+"/users?user-email=marker", ""),
		s.signed("GET", a+"/users?user-email="+email+"&user-email="+email, ""),
		s.signed("GET", a+"/users?next-token=marker", ""),
		request("GET", a+"/users?user-email="+email, ""),
		signedBy(liar, "GET", a+"/users?user-email="+email, ""),
	} {
		s.send(r)
	}
	s.behave(func(*api.GetAccountInput) error { panic("x") })
	s.send(s.signed("GET", a+"?user-email="+email, `{"Email": "marker"}`))
	text := strings.ToLower(s.log.String())
	if strings.Contains(text, "marker") || strings.Contains(text, "example.com") || strings.Contains(text, strings.ToLower(s.root.SecretAccessKey)) {
		t.Errorf("logged: %s", s.log)
	}
}

// At level debug a line shows what may be shown of a request that succeeded.
func TestLog_input(t *testing.T) {
	s := newSite(t)
	id := s.account()
	for _, body := range []string{`{"Email": "jane@example.com", "UserType": "PrivateUser"}`, `{"Email": "jane@example.com"}`, `{"Email": "jane"}`} {
		s.send(s.signed("POST", "/accounts/"+id+"/users?operation=create", body))
	}
	list := s.entries("request")
	want := `{"accountId":"` + id + `","email":"HIDDEN_DUE_TO_SECURITY_REASONS","userType":"PrivateUser"}`
	if got := list[len(list)-3]["input"]; got != want {
		t.Errorf("logged %v, want %s", got, want)
	}
	for _, line := range list[len(list)-2:] {
		if line["input"] != nil {
			t.Errorf("logged %v of a refused request", line["input"])
		}
	}
}

func TestShownInput(t *testing.T) {
	got := shownInput(&api.GetAccountInput{AccountId: strings.Repeat("é", 1024)})
	if len(got) > maxShownInput+len("…") || !strings.HasPrefix(got, `{"accountId":"é`) || !strings.HasSuffix(got, "é…") {
		t.Errorf("shows %d bytes: %s", len(got), got)
	}
}

func TestLog_noInput(t *testing.T) {
	log := new(lines)
	s := newSite(t, func(o *Options) { o.Log = slog.New(slog.NewJSONHandler(log, nil)) })
	s.send(s.signed("GET", "/accounts/a", ""))
	if got := log.String(); !strings.Contains(got, "GetAccount") || strings.Contains(got, "input") {
		t.Errorf("logged %s", got)
	}
}

// Debug lines are dropped where they are not wanted, errors never are.
func TestLog_level(t *testing.T) {
	log := new(lines)
	s := newSite(t, func(o *Options) {
		o.Log = slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelError}))
	})
	s.send(s.signed("GET", "/accounts", ""))
	if got := log.String(); got != "" {
		t.Errorf("logged %s", got)
	}
	s.behave(func(*api.GetAccountInput) error { panic("x") })
	s.send(s.signed("GET", "/accounts/a", ""))
	if got := log.String(); !strings.Contains(got, `"status":500`) {
		t.Errorf("logged %s", got)
	}
}

func TestIsTerminal(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if IsTerminal(f) || IsTerminal(&bytes.Buffer{}) {
		t.Error("a file or a buffer is taken for a terminal")
	}
}

func TestHost(t *testing.T) {
	for given, want := range map[string]string{"192.0.2.7:1": "192.0.2.7", "[::1]:2": "::1", "pipe": "pipe", "": ""} {
		if got := host(given); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
}
