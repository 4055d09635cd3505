package iam

import (
	"errors"
	"time"

	"carillon/access"
	"carillon/api"
	"carillon/api/sts"
	"carillon/store"
	"carillon/work"
)

// GetCallerIdentity returns who asks.
func (s *Service) GetCallerIdentity(w *work.Unit, _ *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
	id := w.Caller.UserID
	if id == "" { // root is no user
		id = w.Caller.AwsAccountID
	}
	return &sts.GetCallerIdentityOutput{Account: api.Some(w.Caller.AwsAccountID), Arn: api.Some(w.Caller.ARN), UserId: api.Some(id)}, nil
}

// GetAccessKeyInfo returns the AWS account of a key, if it is the caller's. AWS
// tells that of any key; here it would show who else is on the server. Of keys of
// sessions, which are kept nowhere, the caller's own is known.
func (s *Service) GetAccessKeyInfo(w *work.Unit, in *sts.GetAccessKeyInfoInput) (*sts.GetAccessKeyInfoOutput, error) {
	ours, err := s.ours(w, in.AccessKeyId.V)
	if err == nil && !ours {
		err = invalid.Errorf("The access key id %s is of no key of the AWS account %s", in.AccessKeyId.V, w.Caller.AwsAccountID)
	}
	if err != nil {
		return nil, err
	}
	return &sts.GetAccessKeyInfoOutput{Account: api.Some(w.Caller.AwsAccountID)}, nil
}

// ours reports whether a key is of the caller's AWS account.
func (s *Service) ours(w *work.Unit, id string) (bool, error) {
	root := s.keys.RootKey()
	if id == w.Caller.AccessKeyID || id == root.AccessKeyID && w.Caller.AwsAccountID == root.AwsAccountID {
		return true, nil
	}
	k, err := w.AccessKey(id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return k.AwsAccountID == w.Caller.AwsAccountID, err
}

// How long sessions last.
const (
	sessionTime    = 12 * time.Hour // without DurationSeconds
	maxRootSession = time.Hour
)

// GetSessionToken returns a session of the caller, who may not be in one. The root
// key's are cut to an hour, as on AWS.
func (s *Service) GetSessionToken(w *work.Unit, in *sts.GetSessionTokenInput) (*sts.GetSessionTokenOutput, error) {
	switch {
	case w.Caller.ParentKeyID != "":
		return nil, denied.Errorf("Cannot call GetSessionToken with session credentials")
	case in.SerialNumber.Set || in.TokenCode.Set:
		return nil, invalid.Errorf("Users of this server have no devices for multi-factor authentication: leave SerialNumber and TokenCode out")
	}
	lasting := sessionTime
	if in.DurationSeconds.Set {
		lasting = time.Duration(in.DurationSeconds.V) * time.Second
	}
	if w.Caller.Root {
		lasting = min(lasting, maxRootSession)
	}
	session, err := s.keys.NewSession(w.Caller, s.now(), lasting)
	if err != nil {
		return nil, err
	}
	return &sts.GetSessionTokenOutput{Credentials: credentials(session)}, nil
}

func credentials(session *access.Session) *sts.Credentials {
	return &sts.Credentials{
		AccessKeyId: session.AccessKeyID, Expiration: api.TimestampOf(session.Expires), SecretAccessKey: session.SecretAccessKey, SessionToken: session.Token,
	}
}
