package e2e

import (
	"testing"
	"time"
)

// clockPath is where tests move time.
const clockPath = "/carillon/v1/test/clock"

// advance moves the clock of a server that runs with --test-clock, and returns
// the time that it shows then.
func (e *env) advance(t testing.TB, duration string) time.Time {
	t.Helper()
	got := e.send(t, "POST", clockPath, `{"Advance":"`+duration+`"}`)
	got.ok(t, 200)
	return parseJSON[struct{ Now time.Time }](t, got.body).Now
}

// now returns the time that the clock of a server shows.
func (e *env) now(t testing.TB) time.Time {
	t.Helper()
	got := e.send(t, "GET", clockPath, "")
	got.ok(t, 200)
	return parseJSON[struct{ Now time.Time }](t, got.body).Now
}

// isAbout checks that a moment is what it should be, give or take the time
// that a test needs.
func isAbout(t testing.TB, what string, got *time.Time, want time.Time) {
	t.Helper()
	if got == nil || got.Sub(want).Abs() > time.Minute {
		t.Errorf("%s is %v, want about %s", what, got, want)
	}
}
