package dispatch

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"carillon/api"
)

var (
	alice   = &api.Caller{AwsAccountID: "111122223333", ARN: "alice"}
	bob     = &api.Caller{AwsAccountID: "111122223333", ARN: "bob"}
	someone = &api.Caller{AwsAccountID: "999900001111"}
	getUser = api.Operation("GetUser")
	getRoom = api.Operation("GetRoom")
)

// burst returns how many calls in a row are allowed.
func burst(l *limiter, c *api.Caller, op *api.Op) (n int) {
	for ; n < 1000 && l.allow(c, op) == nil; n++ {
	}
	return n
}

func newLimiter(t Throttle) *limiter {
	l := &limiter{}
	l.set(t)
	return l
}

func TestLimiter_burst(t *testing.T) {
	for _, test := range []struct {
		throttle Throttle
		want     int
	}{
		{Throttle{}, 1000}, // no limit
		{Throttle{Burst: 3}, 1000},
		{Throttle{RPS: 10}, 20},
		{Throttle{RPS: 10, Burst: 3}, 3},
		{Throttle{RPS: 0.1}, 1},
		{Throttle{RPS: 1.2}, 3},
	} {
		synctest.Test(t, func(t *testing.T) {
			if got := burst(newLimiter(test.throttle), alice, getUser); got != test.want {
				t.Errorf("%+v: %d calls at once, want %d", test.throttle, got, test.want)
			}
		})
	}
}

// A bucket belongs to an AWS account and an operation.
func TestLimiter_buckets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Throttle{RPS: 1, Burst: 2})
		for i, test := range []struct {
			caller *api.Caller
			op     *api.Op
			want   int
		}{{alice, getUser, 2}, {bob, getUser, 0}, {alice, getRoom, 2}, {someone, getUser, 2}} {
			if got := burst(l, test.caller, test.op); got != test.want {
				t.Errorf("%d: %d calls, want %d", i, got, test.want)
			}
		}
	})
}

// Refused calls cost nothing, and the refusal says when the next is allowed.
func TestLimiter_recovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Throttle{RPS: 2, Burst: 1})
		burst(l, alice, getUser)
		time.Sleep(100 * time.Millisecond)
		for range 5 {
			var refusal *api.Error
			if err := l.allow(alice, getUser); !errors.As(err, &refusal) || refusal.RetryAfter.Round(time.Millisecond) != 400*time.Millisecond {
				t.Fatalf("got %v, %+v", err, refusal)
			}
		}
		time.Sleep(400 * time.Millisecond)
		if got := burst(l, alice, getUser); got != 1 {
			t.Errorf("who came back in time was allowed %d calls", got)
		}
	})
}

// A change counts from then on; the same setting again changes nothing.
func TestLimiter_set(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Throttle{RPS: 1, Burst: 2})
		burst(l, alice, getUser)
		if l.set(Throttle{RPS: 1, Burst: 2}) || burst(l, alice, getUser) != 0 {
			t.Error("the same setting again has filled the buckets")
		}
		if !l.set(Throttle{RPS: 1, Burst: 5}) || burst(l, alice, getUser) != 5 {
			t.Error("the change does not count")
		}
		if !l.set(Throttle{}) || burst(l, alice, getUser) != 1000 {
			t.Error("there is still a limit")
		}
	})
}
