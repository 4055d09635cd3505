package e2e

import (
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// throttling are flags under which an operation may be called twice at once
// and then once in a hundred seconds.
var throttling = []string{"--throttle-rps", "0.01", "--throttle-burst", "2"}

// exhaust calls an operation as often as it may be called.
func (c *caller) exhaust(t *testing.T) {
	t.Helper()
	for range 2 {
		c.send(t, "GET", "/accounts", "").ok(t, 200)
	}
}

// comesBack checks that an answer says when to try again, to the second and to
// the millisecond.
func (a answer) comesBack(t *testing.T) {
	t.Helper()
	seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
	if err != nil || seconds < 1 || seconds > 100 {
		t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
	}
	ms, err := strconv.Atoi(a.header.Get("x-amz-retry-after"))
	if err != nil || ms > seconds*1000 || ms <= (seconds-1)*1000 {
		t.Errorf("x-amz-retry-after is %q beside Retry-After %d", a.header.Get("x-amz-retry-after"), seconds)
	}
}

func TestWire_throttle_style_chime(t *testing.T) {
	t.Parallel()
	e := ownServer(t, throttling...)
	e.exhaust(t)
	got := e.send(t, "GET", "/accounts", "")
	got.refused(t, throttled, "Rate exceeded")
	got.comesBack(t)
	_, err := e.ListAccounts(t.Context(), &chime.ListAccountsInput{})
	refused(t, err, throttled)
}

func TestWire_throttle_style_retryable(t *testing.T) {
	t.Parallel()
	e := ownServer(t, append(throttling, "--throttle-style", "retryable")...)
	e.exhaust(t)
	want := throttled
	want.status = 503
	got := e.send(t, "GET", "/accounts", "")
	got.refused(t, want, "Rate exceeded")
	got.comesBack(t)
	_, err := e.ListAccounts(t.Context(), &chime.ListAccountsInput{})
	refused(t, err, want)
}

func TestWire_throttle_by_operation_and_account(t *testing.T) {
	t.Parallel()
	e := ownServer(t, throttling...)
	e.exhaust(t)
	id := e.team(t) // another operation
	_, err := e.GetAccount(t.Context(), &chime.GetAccountInput{AccountId: &id})
	succeed(t, err)
	e.stranger(t).exhaust(t)           // another AWS account
	same := e.keyOf(t, rootAwsAccount) // another key of the same AWS account
	same.send(t, "GET", "/accounts", "").refused(t, throttled)
	e.send(t, "GET", "/accounts?max-results=999", "").refused(t, throttled) // before the input is read
}

func TestWire_throttle_and_retries(t *testing.T) {
	t.Parallel()
	e := ownServer(t, "--throttle-rps", "4", "--throttle-burst", "1", "--throttle-style", "retryable")
	patient := newChime(e.endpoint, e.keys, func(o *chime.Options) { o.RetryMaxAttempts = 10 })
	for range 3 {
		_, err := patient.CreateAccount(t.Context(), &chime.CreateAccountInput{Name: aws.String("x")})
		succeed(t, err)
	}
}
