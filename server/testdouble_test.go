package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"carillon/dispatch"
	"carillon/internal/storetest"
	"carillon/trail"
)

const (
	resetPath  = "/carillon/v1/test/reset"
	faultsPath = "/carillon/v1/test/faults"
)

// plan plans a fault, which must be good.
func (s *site) plan(fault string) {
	s.Helper()
	s.call("POST", faultsPath, fault, nil)
}

// faults returns what is still to come.
func (s *site) faults() string {
	s.Helper()
	var out struct{ Faults json.RawMessage }
	s.call("GET", faultsPath, "", &out)
	return string(out.Faults)
}

// Nobody but the root key of a server with a test clock can do any of it.
func TestTestDouble_refused(t *testing.T) {
	for _, flag := range []bool{false, true} {
		s := newSite(t, func(o *Options) { o.TestClock = flag })
		sender, why := s.root, "--test-clock"
		if flag {
			sender, why = s.key(), "user/alice"
		}
		for _, request := range []struct{ method, path, body string }{
			{"POST", resetPath, ""},
			{"POST", faultsPath, `{"Operation": "CreateUser", "Code": "ServiceFailureException"}`},
			{"GET", faultsPath, ""},
			{"DELETE", faultsPath, ""},
		} {
			w := s.send(signedBy(sender, request.method, request.path, request.body))
			s.wantError(request.method+" "+request.path, w, 403, "ForbiddenException")
			if !strings.Contains(w.Body.String(), why) {
				t.Errorf("%s %s: %s", request.method, request.path, w.Body)
			}
		}
	}
}

func TestPlanTestFault_invalid(t *testing.T) {
	s := newSite(t, withClock)
	for body, word := range map[string]string{
		`{}`:                          "Operation",
		`{"Operation": "CreateUser"}`: "LatencyMilliseconds",
		`{"Operation": "CreateUsers", "Code": "ConflictException"}`:                           "Operation",
		`{"Operation": "createuser", "Code": "ConflictException"}`:                            "Operation",
		`{"Operation": "ResetTestData", "Code": "ForbiddenException"}`:                        "Operation",
		`{"Operation": "CreateMeeting", "Code": "ForbiddenException"}`:                        "Operation", // removed from the API
		`{"Operation": "CreateUser", "Service": "s3", "Code": "ConflictException"}`:           "Service",
		`{"Operation": "CreateUser", "Code": "NoSuchEntity"}`:                                 "ThrottledClientException",
		`{"Operation": "GetUser", "Code": "ConflictException"}`:                               "NotFoundException", // not listed
		`{"Operation": "CreateUser", "Code": "ConflictException", "Times": -1}`:               "Times",
		`{"Operation": "CreateUser", "Code": "ConflictException", "Times": 1000001}`:          "Times",
		`{"Operation": "CreateUser", "LatencyMilliseconds": 30001}`:                           "LatencyMilliseconds",
		`{"Operation": "CreateUser", "LatencyMilliseconds": -1, "Code": "ConflictException"}`: "LatencyMilliseconds",
	} {
		w := s.send(s.signed("POST", faultsPath, body))
		s.wantError(body, w, 400, "BadRequestException")
		if !strings.Contains(w.Body.String(), word) {
			t.Errorf("%s: %s", body, w.Body)
		}
	}
	if got := s.faults(); got != "[]" {
		t.Errorf("planned: %s", got)
	}
}

// Each service has its own names of operations and errors, and its own envelope.
func TestPlanTestFault_met(t *testing.T) {
	s := newSite(t, withClock)
	s.plan(`{"Operation": "CreateAccount", "Code": "ThrottledClientException", "Times": 2}`)
	s.plan(`{"Operation": "CreateUser", "Service": "iam", "Code": "Throttling", "LatencyMilliseconds": 1}`)
	want := `[{"Code":"ThrottledClientException","LatencyMilliseconds":0,"Operation":"CreateAccount","Service":"chime","Times":2},` +
		`{"Code":"Throttling","LatencyMilliseconds":1,"Operation":"CreateUser","Service":"iam","Times":1}]`
	if got := s.faults(); got != want {
		t.Errorf("planned: %s", got)
	}
	for range 2 {
		s.wantError("planned", s.send(s.signed("POST", "/accounts", `{"Name": "x"}`)), 429, "ThrottledClientException")
	}
	s.account()
	s.plan(`{"Operation": "CreateAccount", "Code": "ServiceUnavailable", "Times": 0}`) // by its Code
	for range 3 {
		s.wantError("for good", s.send(s.signed("POST", "/accounts", `{"Name": "x"}`)), 503, "ServiceUnavailableException")
	}
	s.call("DELETE", faultsPath, "", nil)
	s.account()
	if got := s.faults(); got != "[]" {
		t.Errorf("left: %s", got)
	}
}

// A call that only waits leaves its place to others, and takes it again or is not
// begun.
func TestSeat_without(t *testing.T) {
	one := room{places: counted{newShares(1, 0, nil)}}
	for _, stays := range []bool{false, true} {
		mine, other := &seat{account: account{one, "mine"}}, &seat{account: account{one, "other"}}
		if err := mine.take(t.Context()); err != nil || other.take(t.Context()) == nil {
			t.Fatalf("one place: %v", err)
		}
		err := mine.without(t.Context(), func() error {
			err := other.take(t.Context())
			if !stays {
				other.free()
			}
			return err
		})
		if (err != nil) != stays || mine.taken == stays {
			t.Errorf("the other stays: %t; got %v, taken: %t", stays, err, mine.taken)
		}
		mine.free()
		other.free()
	}
}

// A reset leaves nothing but the record of itself, on every engine and for everybody
// who remembers something.
func TestResetTestData(t *testing.T) {
	for name, database := range map[string]func(testing.TB) string{"sqlite": nil, "postgres": storetest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			url := ""
			if database != nil {
				url = database(t)
			}
			s := newSite(t, withClock, func(o *Options) { o.Database, o.Throttle = url, dispatch.Throttle{RPS: 0.01, Burst: 3} })
			resets(s)
		})
	}
}

func resets(s *site) {
	for range 2 { // the second finds what a new server has
		start := time.Now()
		account := s.account()
		s.call("POST", "/accounts/"+account+"/users?operation=create", `{"Email": "a@example.com"}`, nil)
		alice := s.key()
		if w := s.send(signedBy(alice, "GET", "/accounts/"+account, "")); w.Code != http.StatusOK {
			s.Fatalf("alice: %d %s", w.Code, w.Body)
		}
		s.plan(`{"Operation": "CreateAccount", "Code": "ServiceFailureException", "Times": 0}`)
		s.advance("192h")

		s.call("POST", resetPath, "", nil)
		s.wantError("alice", s.send(signedBy(alice, "GET", "/accounts", "")), 403, "UnrecognizedClientException")
		s.wantError("the account", s.send(s.signed("GET", "/accounts/"+account, "")), 404, "NotFoundException")
		if now := s.clockNow(s.send(s.signed("GET", clockPath, ""))); !about(now, start) {
			s.Errorf("the clock shows %s", now)
		}
		if got := s.faults(); got != "[]" {
			s.Errorf("faults: %s", got)
		}
		var jobs struct{ Jobs []struct{ JobId string } }
		s.call("GET", "/carillon/v1/jobs", "", &jobs)
		if got := fmt.Sprint(jobs.Jobs); got != "[{housekeeping}]" {
			s.Errorf("jobs: %s", got)
		}
		s.onlyReset()
	}
}

// onlyReset checks that the audit has one record, and nothing to complain of.
func (s *site) onlyReset() {
	s.Helper()
	var out struct{ Events []struct{ EventName string } }
	s.call("GET", "/carillon/v1/audit-events", "", &out)
	if got := fmt.Sprint(out.Events); got != "[{ResetTestData}]" {
		s.Errorf("records: %s", got)
	}
	if s.audit.Level != trail.Changes {
		s.Errorf("the audit has level %s", s.audit.Level)
	}
}
