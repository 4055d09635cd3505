package iam

import (
	"context"
	"errors"
	"time"

	"carillon/api"
	"carillon/jobs"
	"carillon/store"
	"carillon/work"
)

// How long the first of two keys stays good when a user's key is rotated.
const (
	rotationTime    = 24 * time.Hour // without After
	maxRotationTime = 366 * 24 * time.Hour
)

// jobDisableKey is the kind of the job that ends a rotation.
const jobDisableKey = "disable-key"

// disableKey is its payload.
type disableKey struct{ AccessKeyID, Successor string }

// RotateAccessKey gives a user a second key, and disables the first in a while.
func (o *Operator) RotateAccessKey(w *work.Unit, in *api.RotateAccessKeyInput) (*api.RotateAccessKeyOutput, error) {
	after, err := rotationAfter(in.After)
	if err != nil {
		return nil, err
	}
	account, err := o.changing(w, in.AwsAccountId)
	if err != nil {
		return nil, err
	}
	u, err := w.IamUser(account, in.UserName.V)
	if err != nil {
		return nil, err
	}
	touch(w, "AWS::IAM::User", u.ARN())
	old, err := rotatable(w, &u)
	if err != nil {
		return nil, err
	}
	out, err := o.newKey(w, &u)
	if err != nil {
		return nil, err
	}
	return out, w.Enqueue(jobDisableKey, disableKey{old.AccessKeyID, out.AccessKeyId.V}, w.Now.Add(after).UnixMilli())
}

func rotationAfter(text api.Opt[string]) (time.Duration, error) {
	if !text.Set {
		return rotationTime, nil
	}
	after, err := time.ParseDuration(text.V)
	if err != nil || after < 0 || after > maxRotationTime {
		return 0, api.Invalid("After", "be a duration such as 24h, not negative and at most %s", maxRotationTime)
	}
	return after, nil
}

// rotatable returns the key that a user has. One without a key that works has
// nothing that a rotation could replace little by little.
func rotatable(w *work.Unit, u *store.IamUser) (*store.AccessKey, error) {
	have, err := w.AccessKeysOf(u.UserID)
	switch {
	case err != nil:
		return nil, err
	case len(have) == 0:
		return nil, api.BadRequest.Errorf("%s has no access key that could be rotated: make one (carillon key create)", u.ARN())
	case len(have) >= maxKeys:
		return nil, tooMany(u, have)
	case !have[0].Active:
		return nil, api.BadRequest.Errorf("The only access key of %s, %s, is disabled: enable it first, or make another (carillon key create)", u.ARN(), have[0].AccessKeyID)
	}
	return &have[0], nil
}

// JobHandlers returns what runs the jobs that the rules leave behind for
// themselves.
func (s *Service) JobHandlers() map[string]jobs.Handler {
	return map[string]jobs.Handler{jobDisableKey: s.runDisableKey}
}

// runDisableKey disables the first key. If the second is not there or does not work
// any more, somebody has taken the rotation back, and the first stays.
func (s *Service) runDisableKey(_ context.Context, t *jobs.Task) (jobs.Effects, error) {
	var p disableKey
	if err := t.Payload(&p); err != nil {
		return nil, err
	}
	return func(w *work.Unit) error {
		err := s.replace(w, &p)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	}, nil
}

func (s *Service) replace(w *work.Unit, p *disableKey) error {
	old, err := w.AccessKey(p.AccessKeyID)
	if err != nil {
		return err
	}
	if err := s.keys.Changing(w, old.AwsAccountID); err != nil {
		return err
	}
	next, err := w.AccessKey(p.Successor)
	if err != nil || !next.Active {
		return err
	}
	if !old.Active { // somebody was faster
		return nil
	}
	w.ActFor(old.AwsAccountID) // the job is the operator's
	w.Happened(work.Step{Name: "DisableAccessKey", Touched: []work.Touched{
		{Type: "AWS::IAM::AccessKey", Name: old.AccessKeyID}, {Type: "AWS::IAM::User", Name: store.UserARN(old.AwsAccountID, old.UserPath, old.UserName)},
	}})
	return w.SetAccessKeyActive(p.AccessKeyID, false)
}
