package dispatch

import (
	"math"
	"sync"
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
	Throttle
	buckets sync.Map // bucketKey → *rate.Limiter
}

type bucketKey struct{ awsAccountID, op string }

// allow returns nil, or the refusal that says when to come back.
func (l *limiter) allow(c *api.Caller, op *api.Op) error {
	if l.RPS == 0 {
		return nil
	}
	reservation := l.bucket(bucketKey{c.AwsAccountID, op.Name}).Reserve()
	wait := reservation.Delay()
	if wait == 0 {
		return nil
	}
	reservation.Cancel()
	return l.refusal(wait)
}

func (l *limiter) bucket(key bucketKey) *rate.Limiter {
	if b, ok := l.buckets.Load(key); ok {
		return b.(*rate.Limiter)
	}
	burst := l.Burst
	if burst == 0 {
		burst = int(math.Ceil(2 * l.RPS))
	}
	b, _ := l.buckets.LoadOrStore(key, rate.NewLimiter(rate.Limit(l.RPS), burst))
	return b.(*rate.Limiter)
}

func (l *limiter) refusal(wait time.Duration) error {
	kind := api.ThrottledClient
	if l.Retryable {
		kind.Status = api.ServiceUnavailable.Status
	}
	return &api.Error{Kind: kind, Message: "Rate exceeded", RetryAfter: max(wait, time.Millisecond)}
}
