package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"carillon/api"
	"carillon/internal/fair"
	"carillon/sigv4"
	"carillon/store"
)

// A request that is wrong in several ways is told of the first: signature,
// operation, permission, shape, account, type of the account, child ids.
func TestOrderOfJudgement(t *testing.T) {
	s := newSite(t)
	team, alice := s.account(), s.key()
	stranger := sigv4.Credentials{AccessKeyID: "AKIAGHOST", SecretAccessKey: "x"}
	liar := sigv4.Credentials{AccessKeyID: s.root.AccessKeyID, SecretAccessKey: "x"}
	guest := s.root
	guest.SessionToken = "token"
	for _, test := range []struct {
		name           string
		who            *sigv4.Credentials // none: not signed
		method, target string
		body           string
		status         int
		want           string
	}{
		{"not signed", nil, "GET", "/nothing", "", 403, "MissingAuthenticationTokenException"},
		{"not signed, unknown operation", nil, "POST", "/accounts/a/users?operation=fly", "{", 403, "MissingAuthenticationTokenException"},
		{"unknown key", &stranger, "GET", "/nothing", "", 403, "UnrecognizedClientException"},
		{"foreign token", &guest, "GET", "/nothing", "", 403, "UnrecognizedClientException"},
		{"wrong secret", &liar, "GET", "/nothing", "", 403, "InvalidSignatureException"},
		{"wrong secret, bad shape", &liar, "POST", "/accounts", "{", 403, "InvalidSignatureException"},
		{"unknown path", &alice, "GET", "/nothing", "{", 404, "UnknownOperationException"},
		{"wrong method", &alice, "PATCH", "/carillon/v1/access-keys", "{", 405, "UnknownOperationException"},
		{"unknown operation", &alice, "POST", "/accounts//users?operation=fly", "{", 400, "UnknownOperationException"},
		{"not permitted, bad shape", &alice, "POST", "/carillon/v1/access-keys", "{", 403, "ForbiddenException"},
		{"removed, bad shape", &s.root, "POST", "/meetings", "{", 403, "ForbiddenException"},
		{"bad shape, unknown account", &alice, "POST", "/accounts/ghost/users?operation=create", `{"Email": 1}`, 400, "BadRequestException"},
		{"rule of the shape, unknown account", &alice, "POST", "/accounts/ghost/users?operation=create", `{}`, 400, "BadRequestException"},
		{"unknown account", &alice, "POST", "/accounts/ghost/users?operation=unsuspend", `{"UserIdList": ["ghost"]}`, 404, "NotFoundException"},
		{"wrong type, unknown user", &alice, "POST", "/accounts/" + team + "/users?operation=unsuspend", `{"UserIdList": ["ghost"]}`, 400, "BadRequestException"},
		{"unknown user", &alice, "GET", "/accounts/" + team + "/users/ghost", "", 404, "NotFoundException"},
	} {
		r := request(test.method, test.target, test.body)
		if test.who != nil {
			r = signedBy(*test.who, test.method, test.target, test.body)
		}
		s.wantError(test.name, s.send(r), test.status, test.want)
	}
}

// Refusals that the model lacks have no Code, which old SDKs would prefer to the name.
func TestRefusals_body(t *testing.T) {
	s := newSite(t)
	for _, test := range []struct {
		r    *http.Request
		code string // none: no such member
		part string
	}{
		{request("GET", "/accounts", ""), "", "signed"},
		{s.signed("GET", "/nothing", ""), "", "path"},
		{s.signed("PUT", "/accounts", ""), "", "GET, POST"},
		{s.signed("POST", "/meetings", ""), `"Code":"Forbidden"`, "CreateMeeting is not part of this API"},
		{signedBy(s.key(), "GET", "/carillon/v1/access-keys", ""), `"Code":"Forbidden"`, "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: carillon:ListAccessKeys"},
		{s.signed("POST", "/accounts", "{}"), `"Code":"BadRequest"`, "Name"},
		{s.signed("GET", "/accounts/ghost", ""), `"Code":"NotFound"`, "Unable to find the requested identifier"},
	} {
		body := s.send(test.r).Body.String()
		if test.code == "" && strings.Contains(body, "Code") || !strings.Contains(body, test.code) || !strings.Contains(body, test.part) {
			t.Errorf("%s %s: %s, want %q and %q", test.r.Method, test.r.URL, body, test.code, test.part)
		}
	}
}

// A wrong signature is shown what was expected, the sender's own query included.
func TestRefusals_explained(t *testing.T) {
	s := newSite(t)
	liar := sigv4.Credentials{AccessKeyID: s.root.AccessKeyID, SecretAccessKey: "x"}
	body := s.send(signedBy(liar, "GET", "/accounts?name=a%2Bb", "")).Body.String()
	for _, part := range []string{`GET\n/accounts\nname=a%2Bb\n`, `AWS4-HMAC-SHA256\n`, "proxy", "prefix", "clock"} {
		if !strings.Contains(body, part) {
			t.Errorf("no %s in %s", part, body)
		}
	}
}

// What a plus in the query stands for is for the signature to say.
func TestQuery_asSigned(t *testing.T) {
	s := newSite(t)
	s.send(s.signed("POST", "/accounts", `{"Name": "a b"}`))
	for target, want := range map[string]bool{"/accounts?name=a%20b": true, "/accounts?name=a%2Bb": false} {
		r := s.signed("GET", target, "")
		sent := request("GET", strings.NewReplacer("%20", "+", "%2B", "+").Replace(target), "")
		sent.Header, sent.Host = r.Header, r.Host
		w := s.send(sent)
		if w.Code != 200 || strings.Contains(w.Body.String(), `"a b"`) != want {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

var uuidV4 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestRequestID(t *testing.T) {
	s := newSite(t)
	seen := map[string]bool{}
	for _, r := range []*http.Request{
		s.signed("GET", "/accounts", ""), s.signed("GET", "/accounts/ghost", ""), s.signed("GET", "/nothing", ""),
		request("GET", "/accounts", ""), request("GET", "/healthz", ""), request("GET", "/readyz", ""), request("OPTIONS", "*", ""),
	} {
		id := requestID(s.send(r))
		if !uuidV4.MatchString(id) || seen[id] {
			t.Errorf("%s %s: the request id is %q", r.Method, r.URL, id)
		}
		seen[id] = true
	}
}

func TestPanic(t *testing.T) {
	s := newSite(t)
	s.behave(func(*api.GetAccountInput) error { panic("out of paper") })
	w := s.send(s.signed("GET", "/accounts/a", ""))
	s.wantError("panic", w, 500, "ServiceFailureException")
	if strings.Contains(w.Body.String(), "paper") || !strings.Contains(w.Body.String(), `"Code":"ServiceFailure"`) {
		t.Errorf("the caller is told %s", w.Body)
	}
	logged := s.entries("panic")
	if len(logged) != 1 || logged[0]["request_id"] != requestID(w) || logged[0]["panic"] != "out of paper" {
		t.Fatalf("logged %v, the request id was %s", logged, requestID(w))
	}
	if stack := fmt.Sprint(logged[0]["stack"]); !strings.Contains(stack, "behave") {
		t.Errorf("the stack does not show where: %s", stack)
	}
	if line := s.entries("request")[0]; line["status"] != 500.0 || line["level"] != "ERROR" {
		t.Errorf("the line of the request is %v", line)
	}
}

func TestUnavailable(t *testing.T) {
	s := newSite(t)
	for name, cause := range map[string]error{
		"store":       fmt.Errorf("%w: disk full", store.ErrUnavailable),
		"deadline":    fmt.Errorf("reading account: %w", context.DeadlineExceeded),
		"client gone": context.Canceled,
		"commit lost": fmt.Errorf("%w: postgres: %w: disk gone", store.ErrUnavailable, store.ErrOutcomeUnknown),
	} {
		s.behave(func(*api.GetAccountInput) error { return cause })
		w := s.send(s.signed("GET", "/accounts/a", ""))
		s.wantError(name, w, 503, "ServiceUnavailableException")
		if w.Header().Get("Retry-After") != "1" || !strings.Contains(w.Body.String(), `"Code":"ServiceUnavailable"`) {
			t.Errorf("%s: Retry-After %q, %s", name, w.Header().Get("Retry-After"), w.Body)
		}
		if unsure := strings.Contains(w.Body.String(), "may have been made"); unsure != (name == "commit lost") || unsure == strings.Contains(w.Body.String(), "nothing was changed") {
			t.Errorf("%s: the caller is told %s", name, w.Body)
		}
		if strings.Contains(w.Body.String(), "disk") || !strings.Contains(s.log.String(), cause.Error()) {
			t.Errorf("%s: the caller is told %s; logged: %s", name, w.Body, s.log)
		}
	}
}

func TestFailure(t *testing.T) {
	s := newSite(t)
	s.behave(func(*api.GetAccountInput) error { return errors.New("reading account: bad row") })
	w := s.send(s.signed("GET", "/accounts/a", ""))
	s.wantError("failure", w, 500, "ServiceFailureException")
	line := s.entries("request")[0]
	if strings.Contains(w.Body.String(), "bad row") || line["cause"] != "reading account: bad row" || line["error"] != "ServiceFailureException" {
		t.Errorf("the caller is told %s; logged %v", w.Body, line)
	}
}

// What the model does not list for an operation is answered as what it lists.
func TestUnlisted(t *testing.T) {
	s := newSite(t)
	s.behave(func(*api.GetAccountInput) error { return api.Conflict.Errorf("Two of them") })
	w := s.send(s.signed("GET", "/accounts/a", ""))
	s.wantError("unlisted", w, 400, "BadRequestException")
	if !strings.Contains(w.Body.String(), "Two of them") {
		t.Errorf("the caller is told %s", w.Body)
	}
	if cause := s.entries("request")[0]["cause"]; cause != "ConflictException: Two of them" {
		t.Errorf("the log has the cause %v", cause)
	}
}

// A database that is gone shows in every answer that needs it, also where the
// access key is looked up.
func TestStoreDown(t *testing.T) {
	s := newSite(t)
	alice := s.key()
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*http.Request{
		"operation":   s.signed("GET", "/accounts", ""),
		"write":       s.signed("POST", "/accounts", `{"Name": "x"}`),
		"unknown key": signedBy(alice, "GET", "/accounts", ""),
	} {
		s.wantError(name, s.send(r), 503, "ServiceUnavailableException")
	}
}

func TestHealth(t *testing.T) {
	s := newSite(t)
	check := func(method, path string, want int) {
		t.Helper()
		if w := s.send(request(method, path, "")); w.Code != want || w.Body.Len() > 0 {
			t.Errorf("%s %s: %d %q, want %d", method, path, w.Code, w.Body, want)
		}
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		check("GET", path, 200)
		check("HEAD", path, 200)
		s.wantError("POST "+path, s.send(request("POST", path, "")), 403, "MissingAuthenticationTokenException")
	}
	s.wantError("below it", s.send(request("GET", "/healthz/x", "")), 403, "MissingAuthenticationTokenException")
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	check("GET", "/healthz", 200)
	check("GET", "/readyz", 503)
}

// A database that hangs does not make the probe hang.
func TestReadyz_hangs(t *testing.T) {
	s := newSite(t)
	s.h.ready.look = func(ctx context.Context) error {
		deadline, ok := ctx.Deadline()
		if !ok || time.Until(deadline) > 5*time.Second {
			t.Errorf("the probe may take until %v", deadline)
		}
		return context.DeadlineExceeded
	}
	if w := s.send(request("GET", "/readyz", "")); w.Code != http.StatusServiceUnavailable {
		t.Errorf("got %d", w.Code)
	}
}

func TestInFlight(t *testing.T) {
	s := newSite(t)
	s.h.limits.gate.permits, s.h.limits.gate.outside = fair.NewSemaphore(1, 1), newShares(0, 0, s.h.stopping)
	entered, leave := make(chan struct{}), make(chan struct{})
	s.behave(func(*api.GetAccountInput) error {
		close(entered)
		<-leave
		return nil
	})
	first := make(chan *httptest.ResponseRecorder)
	go func() { first <- s.send(s.signed("GET", "/accounts/a", "")) }()
	<-entered
	w := s.send(s.signed("GET", "/accounts", ""))
	s.wantError("one too many", w, 503, "ServiceUnavailableException")
	if w.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if w := s.send(request("GET", "/healthz", "")); w.Code != 200 {
		t.Errorf("health of a busy server: %d", w.Code)
	}
	close(leave)
	if w := <-first; w.Code != 200 {
		t.Errorf("the first: %d %s", w.Code, w.Body)
	}
	if w := s.send(s.signed("GET", "/accounts", "")); w.Code != 200 {
		t.Errorf("afterwards: %d %s", w.Code, w.Body)
	}
}

// A key works until it is disabled, and from then on it does not.
func TestDisabledKey(t *testing.T) {
	s := newSite(t)
	alice := s.key()
	get := func() *httptest.ResponseRecorder { return s.send(signedBy(alice, "GET", "/accounts", "")) }
	if w := get(); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	s.call("POST", "/carillon/v1/access-keys/"+alice.AccessKeyID, `{"Status": "Inactive"}`, nil)
	s.wantError("disabled", get(), 403, "UnrecognizedClientException")
	s.call("POST", "/carillon/v1/access-keys/"+alice.AccessKeyID, `{"Status": "Active"}`, nil)
	if w := get(); w.Code != 200 {
		t.Errorf("enabled again: %d %s", w.Code, w.Body)
	}
	s.call("DELETE", "/carillon/v1/access-keys/"+alice.AccessKeyID, "", nil)
	s.wantError("deleted", get(), 403, "UnrecognizedClientException")
}
