package dispatch

import (
	"context"
	"errors"
	"strings"

	"carillon/api"
	"carillon/work"
)

// refuse returns what the caller hears of an error. A change that was refused is
// recorded, also if the caller has left meanwhile; a failure of the server leaves
// no record.
func (d *Dispatcher) refuse(ctx context.Context, c *Call, err error) error {
	refusal := told(c, err)
	if refusal == nil {
		return err
	}
	if d.Audit == nil || !c.Op.Writes || c.Caller.AwsAccountID == "" { // it is nobody's
		return refusal
	}
	if failure := d.recordRefusal(ctx, &refused{c, refusal}); failure != nil {
		return failure
	}
	return refusal
}

// told returns the refusal that a caller is told of an error, of a kind that the
// table lists for the operation; nil: the error is a failure.
func told(c *Call, err error) *api.Error {
	refusal := work.Refusal(err)
	if refusal == nil {
		return nil
	}
	if refusal.Kind == api.NotFound && awsAccountLike(account(c.In)) && strings.HasPrefix(c.Op.Path, "/accounts/{") {
		hinted := *refusal
		hinted.Message += hintAwsAccount
		refusal = &hinted
	}
	errors.As(c.Op.Listed(refusal), &refusal)
	return refusal
}

const hintAwsAccount = "; the AccountId has twelve digits, as the id of an AWS account: an Amazon Chime account has an id of its own, which ListAccounts shows"

// account is the Chime account that a call names first of all; empty: none.
func account(in api.Input) string {
	if in, ok := in.(api.RESTInput); ok {
		return in.Label(0)
	}
	return ""
}

// awsAccountLike reports whether an id has the form of an AWS account's.
func awsAccountLike(id string) bool { return len(id) == 12 && strings.Trim(id, "0123456789") == "" }
