// Package work is the unit of work that a rule gets: the records of its
// transaction, who asked for what, and when.
package work

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"carillon/api"
	"carillon/store"
)

// Unit is one operation, or one background job, inside its transaction. It is
// good until the rule returns; when the transaction runs again, the rule gets
// another one.
type Unit struct {
	store.Records
	// Caller asked for the operation; never nil. Jobs have one without ARN.
	Caller *api.Caller
	// Op is the operation; nil for jobs.
	Op *api.Op
	// Request is how it was asked for; nil for jobs, see [Unit.Asked].
	Request *Request
	// May reports whether the caller may take an action, as in
	// carillon:GetInvitationUrl, whatever it is about; nil for jobs, who ask nobody.
	May func(action string) bool
	// Now is the time of the rules.
	Now time.Time
	// NewID returns a new unique identifier: a UUID in lower case, that grows
	// with time, so that inserts stay local.
	NewID func() string
	// Touched is what the rule touches and its input and output do not name, or not
	// by its ARN: the record of the audit has it too.
	Touched []Touched

	queued bool
	steps  []Step
	after  []func(error)
}

// NowMs is Now in milliseconds since 1970.
func (w *Unit) NowMs() int64 { return w.Now.UnixMilli() }

// Enqueue leaves a job of the caller's AWS account for later. It is there if and
// only if the transaction commits; whoever runs the jobs is told then.
func (w *Unit) Enqueue(kind string, payload any, dueMs int64) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("job %s: %w", kind, err)
	}
	w.queued = true
	return w.InsertJob(&store.Job{
		JobID: w.NewID(), AwsAccountID: w.Caller.AwsAccountID, Kind: kind, Payload: string(text), DueMs: dueMs, CreatedMs: w.NowMs(),
	})
}

// ActFor says for which AWS account a caller works who came without a key.
func (w *Unit) ActFor(awsAccountID string) {
	caller := *w.Caller
	caller.AwsAccountID = awsAccountID
	w.Caller = &caller
}

// Queued says that there may be jobs to be run, besides those of Enqueue.
func (w *Unit) Queued() { w.queued = true }

// After has fn called when the transaction has ended, before the caller hears of
// it. An error means that it did not commit, or that nobody knows.
func (w *Unit) After(fn func(error)) { w.after = append(w.after, fn) }

// End tells the unit how its transaction ended. It reports whether there are
// jobs to be run.
func (w *Unit) End(err error) (queued bool) {
	for _, fn := range w.after {
		fn(err)
	}
	return w.queued && err == nil
}

// The messages that the live service was seen to send.
const (
	MessageNotFound = "Unable to find the requested identifier"
	MessageConflict = "Request could not be completed due to a conflict"
)

// Refusal returns what the caller is told of an error, or nil if it is a failure
// that is not the caller's business.
func Refusal(err error) *api.Error {
	var refusal *api.Error
	var missing *store.Missing
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.As(err, &missing):
		return api.NotFound.Errorf("%s: there is no such %s", MessageNotFound, missing.What)
	case errors.Is(err, store.ErrReferenced): // what it belongs to was deleted meanwhile
		return api.NotFound.Errorf("%s: there is no such account any more", MessageNotFound)
	}
	return nil
}

// Split tells the refusal of one item of a batch from a failure that ends the
// batch; both nil: neither.
func Split(err error) (*api.Error, error) {
	if refusal := Refusal(err); refusal != nil {
		return refusal, nil
	}
	return nil, err
}
