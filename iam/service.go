// Package iam holds the rules of AWS Identity and Access Management and of the
// Security Token Service: users of an AWS account, their access keys, policies and
// sessions; and those of Carillon's own operations with access keys, which reach
// across AWS accounts. It knows neither HTTP nor SQL.
//
// The rules are functions from a unit of work and an input to an output, as those
// of package chime. Whatever they change they change in the AWS account of the
// caller, under the lock that [access.Keys.Changing] takes: what was read before
// holds until the transaction ends. Texts and kinds of refusals are those of IAM,
// so that tools know what to do about them.
//
// What this server does not keep is refused, so that nobody believes that it is
// there: tags, permissions boundaries of users, devices for MFA.
package iam

import (
	"errors"
	"time"

	"carillon/access"
	"carillon/api"
	"carillon/api/iam"
	"carillon/api/sts"
	"carillon/internal/sealed"
	"carillon/store"
	"carillon/work"
)

// Config is what a Service needs.
type Config struct {
	// Keys seals secrets, makes sessions and hears of all changes.
	Keys *access.Keys
	// MarkerKey authenticates and hides the markers of lists; replicas share it.
	MarkerKey [32]byte
	// Now is the time at which sessions begin, by the clock of Keys.
	Now func() time.Time
}

// Service holds the rules. It is safe for concurrent use.
type Service struct {
	keys    *access.Keys
	markers *sealed.Box
	now     func() time.Time
}

var (
	_ iam.Rules[*work.Unit]        = (*Service)(nil)
	_ sts.Rules[*work.Unit]        = (*Service)(nil)
	_ api.KeysRootOnly[*work.Unit] = (*Operator)(nil)
)

// New returns a Service.
func New(c Config) *Service {
	return &Service{keys: c.Keys, markers: sealed.New(c.MarkerKey), now: c.Now}
}

// The quotas of IAM. Documents are counted in characters without white space.
const (
	maxUsers           = 5000 // of an AWS account
	maxPolicies        = 1500 // of an AWS account
	maxKeys            = 2    // of a user
	maxAttached        = 10   // to a user
	maxVersions        = 5    // of a policy
	maxInlineSize      = 2048 // of all policies of a user's own
	maxManagedSize     = 6144 // of a version of a policy
	messageKeysPerUser = "Cannot exceed quota for AccessKeysPerUser: %d"
)

// denied is the kind of what a caller is told who may not do something, whatever policies say.
var denied = api.QueryCommon.Denied

// invalid is the kind of what is wrong with a request and not with a member.
var invalid = api.QueryCommon.Invalid

// changing begins a change in the caller's AWS account.
func (s *Service) changing(w *work.Unit) error { return s.keys.Changing(w, w.Caller.AwsAccountID) }

// missing makes a refusal of what the store says of a record that is not there.
func missing(err error, format string, args ...any) error {
	if errors.Is(err, store.ErrNotFound) {
		return iam.NoSuchEntity.Errorf(format, args...)
	}
	return err
}

// noTags refuses tags.
func noTags(tags []iam.Tag) error {
	if len(tags) == 0 {
		return nil
	}
	return iam.InvalidInput.Errorf("Tags are not kept by this server: leave Tags out (with Terraform, also those of default_tags)")
}
