package server

import (
	"net/http"
	"testing"

	"carillon/dispatch"
)

func TestThrottle_styles(t *testing.T) {
	for _, test := range []struct {
		retryable bool
		status    int
	}{{false, http.StatusTooManyRequests}, {true, http.StatusServiceUnavailable}} {
		s := newSite(t, func(o *Options) { o.Throttle = dispatch.Throttle{RPS: 0.01, Burst: 1, Retryable: test.retryable} })
		if w := s.send(s.signed("GET", "/accounts", "")); w.Code != http.StatusOK {
			t.Fatalf("the first: %d %s", w.Code, w.Body)
		}
		w := s.send(s.signed("GET", "/accounts", ""))
		s.wantError("the second", w, test.status, "ThrottledClientException")
		if got := w.Body.String(); got != `{"Code":"Throttled","Message":"Rate exceeded"}` {
			t.Errorf("body %s", got)
		}
		if exact(w, "Retry-After") == "" || exact(w, "x-amz-retry-after") == "" {
			t.Errorf("header %v", w.Header())
		}
		if w := s.send(s.signed("POST", "/accounts", `{"Name": "x"}`)); w.Code != http.StatusCreated {
			t.Errorf("another operation: %d %s", w.Code, w.Body)
		}
	}
}

// Who may not call an operation does not use up the rate of those who may.
func TestThrottle_afterPermission(t *testing.T) {
	s := newSite(t, func(o *Options) { o.Throttle = dispatch.Throttle{RPS: 0.01, Burst: 2} })
	key := s.key()
	for range 5 {
		s.wantError("not permitted", s.send(signedBy(key, "GET", "/carillon/v1/access-keys", "")), 403, "ForbiddenException")
	}
	s.call("GET", "/carillon/v1/access-keys", "", nil)
}
