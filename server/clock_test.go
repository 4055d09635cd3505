package server

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"carillon/internal/storetest"
	"carillon/store"
)

const clockPath = "/carillon/v1/test/clock"

func withClock(o *Options) { o.TestClock = true }

// clockNow reads the time that an answer tells.
func (s *site) clockNow(w *httptest.ResponseRecorder) time.Time {
	s.Helper()
	_, text, _ := strings.Cut(w.Body.String(), `{"Now":"`)
	at, err := time.Parse("2006-01-02T15:04:05.000Z", strings.TrimSuffix(text, `"}`))
	if w.Code != 200 || err != nil {
		s.Fatalf("got %d %s", w.Code, w.Body)
	}
	return at
}

func (s *site) advance(d string) *httptest.ResponseRecorder {
	return s.send(s.signed("POST", clockPath, fmt.Sprintf(`{"Advance": %q}`, d)))
}

// about reports whether two times are the same but for what a test takes.
func about(a, b time.Time) bool { return a.Sub(b).Abs() < 20*time.Second }

func TestClock(t *testing.T) {
	s := newSite(t, withClock)
	ahead := time.Duration(0)
	for _, step := range []string{"192h", "0s", "1h30m", "876000h"} {
		d, err := time.ParseDuration(step)
		if err != nil {
			t.Fatal(err)
		}
		ahead += d
		want := time.Now().Add(ahead)
		if got := s.clockNow(s.advance(step)); !about(got, want) {
			t.Errorf("after %s: %s, want %s", step, got, want)
		}
		if got := s.clockNow(s.send(s.signed("GET", clockPath, ""))); !about(got, want) {
			t.Errorf("read: %s, want %s", got, want)
		}
	}
	var out struct {
		Account struct{ CreatedTimestamp time.Time }
	}
	s.call("POST", "/accounts", `{"Name": "x"}`, &out)
	if want := time.Now().Add(ahead); !about(out.Account.CreatedTimestamp, want) {
		t.Errorf("an account is of %s, want %s", out.Account.CreatedTimestamp, want)
	}
}

func TestClock_refused(t *testing.T) {
	s := newSite(t)
	s.wantError("moving without the flag", s.advance("1h"), 403, "ForbiddenException")
	s.wantError("reading without the flag", s.send(s.signed("GET", clockPath, "")), 403, "ForbiddenException")
	s = newSite(t, withClock)
	for _, d := range []string{"", "-1s", "1", "one hour", "1d", "876001h", "9999999999h"} {
		s.wantError(d, s.advance(d), 400, "BadRequestException")
	}
	alice := s.key()
	s.wantError("not the root key", s.send(signedBy(alice, "POST", clockPath, `{"Advance": "1h"}`)), 403, "ForbiddenException")
	s.wantError("reading", s.send(signedBy(alice, "GET", clockPath, "")), 403, "ForbiddenException")
	if got := s.clockNow(s.advance("0s")); !about(got, time.Now()) {
		t.Errorf("the clock moved to %s", got)
	}
}

// However often the clock is moved, time goes ahead and can be told.
func TestClock_far(t *testing.T) {
	s := newSite(t, withClock)
	last := time.Now()
	for range 4 {
		w := s.advance("876000h")
		if w.Code == 400 {
			return // the end of time was reached
		}
		now := s.clockNow(w)
		if now.Before(last) {
			t.Fatalf("after %s comes %s", last, now)
		}
		last = now
	}
}

// The clock stays ahead after a restart, unless it is real time that is asked for.
func TestClock_restart(t *testing.T) {
	o := testOptions(t, new(lines))
	for i, step := range []struct {
		enabled bool
		want    time.Duration
	}{{true, time.Hour}, {true, 2 * time.Hour}, {false, 0}, {true, 3 * time.Hour}} {
		s := newSite(t, func(changed *Options) { changed.Data, changed.TestClock = o.Data, step.enabled })
		if step.enabled {
			s.clockNow(s.advance("1h"))
		}
		var out struct {
			Account struct{ CreatedTimestamp time.Time }
		}
		s.call("POST", "/accounts", `{"Name": "x"}`, &out)
		if !about(out.Account.CreatedTimestamp, time.Now().Add(step.want)) {
			t.Errorf("start %d: an account is of %s", i, out.Account.CreatedTimestamp)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A replica follows the clock that another moves.
func TestClock_follows(t *testing.T) {
	st := storetest.Migrated(t, storetest.SQLite(t))
	c := &clock{store: st, enabled: true, base: time.Now}
	go c.follow(t.Context())
	if err := st.Update(t.Context(), func(r store.Records) error { return r.AdvanceTestClock(3_600_000) }); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); !about(c.Now(), time.Now().Add(time.Hour)); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it is %s", c.Now())
		}
	}
}

// Moving the clock makes jobs due that wait for it.
func TestClock_jobs(t *testing.T) {
	s := newSite(t, withClock, func(o *Options) { o.Quotas.PhoneNumbers = 5 })
	count := func() int {
		var out struct{ PhoneNumbers []struct{ Status string } }
		s.call("GET", "/phone-numbers", "", &out)
		if len(out.PhoneNumbers) == 1 && out.PhoneNumbers[0].Status == "AcquireInProgress" {
			return -1
		}
		return len(out.PhoneNumbers)
	}
	await := func(n int) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); count() != n; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%d numbers, want %d", count(), n)
			}
		}
	}
	s.call("POST", "/phone-number-orders", `{"ProductType": "BusinessCalling", "E164PhoneNumbers": ["+12065550100"]}`, nil)
	await(1)
	s.call("DELETE", "/phone-numbers/%2B12065550100", "", nil)
	s.clockNow(s.advance("167h59m"))
	await(1)
	s.clockNow(s.advance("1m"))
	await(0)
}
