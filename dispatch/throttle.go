package dispatch

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"carillon/api"
)

// Throttle limits how often an AWS account may call one operation.
type Throttle struct {
	// RPS is the sustained rate in requests a second; 0: no limit.
	RPS float64
	// Burst is how many may come at once; 0: twice the rate.
	Burst int
	// Retryable answers 503 instead of 429; every SDK retries that.
	Retryable bool
}

// limiter holds a token bucket per AWS account and operation, in this process:
// each of several replicas allows the full rate.
type limiter struct {
	current atomic.Pointer[rates]
}

// rates are the buckets of one setting.
type rates struct {
	Throttle
	buckets sync.Map // bucketKey → *rate.Limiter
}

type bucketKey struct {
	awsAccountID string
	op           *api.Op
}

// set changes the rates; all buckets are full again. It reports whether they
// are others than before.
func (l *limiter) set(t Throttle) (changed bool) {
	if c := l.current.Load(); c != nil && c.Throttle == t {
		return false
	}
	l.current.Store(&rates{Throttle: t})
	return true
}

// refill makes all buckets full again.
func (l *limiter) refill() { l.current.Store(&rates{Throttle: l.current.Load().Throttle}) }

// allow returns nil, or the refusal that says when to come back.
func (l *limiter) allow(c *api.Caller, op *api.Op) error {
	current := l.current.Load()
	if current.RPS == 0 {
		return nil
	}
	reservation := current.bucket(bucketKey{c.AwsAccountID, op}).Reserve()
	wait := reservation.Delay()
	if wait == 0 {
		return nil
	}
	reservation.Cancel()
	return current.refusal(op, wait)
}

func (r *rates) bucket(key bucketKey) *rate.Limiter {
	if b, ok := r.buckets.Load(key); ok {
		return b.(*rate.Limiter)
	}
	burst := r.Burst
	if burst == 0 {
		burst = int(math.Ceil(2 * r.RPS))
	}
	b, _ := r.buckets.LoadOrStore(key, rate.NewLimiter(rate.Limit(r.RPS), burst))
	return b.(*rate.Limiter)
}

func (r *rates) refusal(op *api.Op, wait time.Duration) error {
	kind := op.Service.Throttled
	if r.Retryable {
		kind.Status = op.Service.Unavailable.Status
	}
	return &api.Error{Kind: kind, Message: "Rate exceeded", RetryAfter: max(wait, time.Millisecond)}
}
