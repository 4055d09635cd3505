package dispatch

import (
	"strings"

	"carillon/api"
	"carillon/work"
)

// told is what the caller hears of an error: a refusal that the table lists for
// the operation, or a failure as it is.
func told(c *Call, err error) error {
	refusal := work.Refusal(err)
	if refusal == nil {
		return err
	}
	if refusal.Kind == api.NotFound && awsAccountLike(c.In.Label(0)) && strings.HasPrefix(c.Op.Path, "/accounts/{") {
		hinted := *refusal
		hinted.Message += hintAwsAccount
		refusal = &hinted
	}
	return c.Op.Listed(refusal)
}

const hintAwsAccount = "; the AccountId has twelve digits, as the id of an AWS account: an Amazon Chime account has an id of its own, which ListAccounts shows"

// awsAccountLike reports whether an id has the form of an AWS account's.
func awsAccountLike(id string) bool { return len(id) == 12 && strings.Trim(id, "0123456789") == "" }
