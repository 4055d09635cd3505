package iam

import (
	"fmt"

	"carillon/access"
	"carillon/api"
	"carillon/api/iam"
	"carillon/store"
	"carillon/work"
)

// CreateAccessKey makes a key of a user and shows its secret, this once.
func (s *Service) CreateAccessKey(w *work.Unit, in *iam.CreateAccessKeyInput) (*iam.CreateAccessKeyOutput, error) {
	u, err := s.changedUser(w, in.UserName)
	if err != nil {
		return nil, err
	}
	have, err := w.AccessKeysOf(u.UserID)
	if err != nil {
		return nil, err
	}
	if len(have) >= maxKeys {
		return nil, iam.LimitExceeded.Errorf(messageKeysPerUser, maxKeys)
	}
	key, secret, err := s.addKey(w, u)
	if err != nil {
		return nil, err
	}
	return &iam.CreateAccessKeyOutput{AccessKey: &iam.AccessKey{
		AccessKeyId: key.AccessKeyID, CreateDate: api.Timestamp(key.CreatedMs), SecretAccessKey: secret, Status: iam.StatusTypeActive, UserName: u.UserName,
	}}, nil
}

// addKey makes a key of a user who may have one more.
func (s *Service) addKey(w *work.Unit, u *store.IamUser) (key *store.AccessKey, secret string, err error) {
	id, secret := access.NewAccessKeyID(), access.NewSecretAccessKey()
	key = &store.AccessKey{
		AccessKeyID: id, AwsAccountID: u.AwsAccountID, UserID: u.UserID, SealedSecret: s.keys.Seal(id, secret), Active: true, CreatedMs: w.NowMs(),
		UserName: u.UserName, UserPath: u.Path,
	}
	return key, secret, w.InsertAccessKey(key)
}

// keyKey is where a key is in the list: the oldest comes first.
func keyKey(k *store.AccessKey) string { return fmt.Sprintf("%020d %s", k.CreatedMs, k.AccessKeyID) }

func keyShape(k *store.AccessKey) iam.AccessKeyMetadata {
	return iam.AccessKeyMetadata{
		AccessKeyId: api.Some(k.AccessKeyID), CreateDate: api.Timestamp(k.CreatedMs), Status: api.Some(status(k)), UserName: api.Some(k.UserName),
	}
}

func status(k *store.AccessKey) iam.StatusType {
	if k.Active {
		return iam.StatusTypeActive
	}
	return iam.StatusTypeInactive
}

// ListAccessKeys returns the keys of a user; without a name, those of who asks.
func (s *Service) ListAccessKeys(w *work.Unit, in *iam.ListAccessKeysInput) (*iam.ListAccessKeysOutput, error) {
	l, err := s.list(w, in.Marker, in.MaxItems, in.UserName.V)
	if err != nil {
		return nil, err
	}
	if !in.UserName.Set && w.Caller.UserName == "" {
		return &iam.ListAccessKeysOutput{AccessKeyMetadata: rootKey(w), IsTruncated: whole.truncated}, nil
	}
	u, err := userOrSelf(w, in.UserName)
	if err != nil {
		return nil, err
	}
	rows, err := w.AccessKeysOf(u.UserID)
	keys, end := page(l, rows, keyKey)
	return &iam.ListAccessKeysOutput{AccessKeyMetadata: shapes(keys, keyShape), IsTruncated: end.truncated, Marker: end.marker}, err
}

// rootKey is what the list shows of the root key, which no user has. When it was
// made nobody knows.
func rootKey(w *work.Unit) []iam.AccessKeyMetadata {
	return []iam.AccessKeyMetadata{{AccessKeyId: api.Some(access.LongTermKey(w.Caller)), Status: api.Some(iam.StatusTypeActive)}}
}

// keyOf begins a change of a key of a user; without a name, of who asks.
func (s *Service) keyOf(w *work.Unit, name api.Opt[string], id string) error {
	u, err := s.changedUser(w, name)
	if err != nil {
		return err
	}
	k, err := w.AccessKey(id)
	if err == nil && k.UserID != u.UserID {
		err = store.ErrNotFound
	}
	return noKey(err, id)
}

// noKey makes a refusal of what the store says of a key that is not there.
func noKey(err error, id string) error {
	return missing(err, "The Access Key with id %s cannot be found.", id)
}

// UpdateAccessKey enables or disables a key.
func (s *Service) UpdateAccessKey(w *work.Unit, in *iam.UpdateAccessKeyInput) error {
	if err := s.keyOf(w, in.UserName, in.AccessKeyId.V); err != nil {
		return err
	}
	return w.SetAccessKeyActive(in.AccessKeyId.V, in.Status.V == iam.StatusTypeActive)
}

// DeleteAccessKey removes a key.
func (s *Service) DeleteAccessKey(w *work.Unit, in *iam.DeleteAccessKeyInput) error {
	if err := s.keyOf(w, in.UserName, in.AccessKeyId.V); err != nil {
		return err
	}
	return w.DeleteAccessKey(in.AccessKeyId.V)
}

// never stands for the service and region of a key that has not been used.
const never = "N/A"

// GetAccessKeyLastUsed returns when a key of the caller's AWS account was used
// last, where and for what. Of the root key nobody keeps that.
func (s *Service) GetAccessKeyLastUsed(w *work.Unit, in *iam.GetAccessKeyLastUsedInput) (*iam.GetAccessKeyLastUsedOutput, error) {
	k, err := w.AccessKey(in.AccessKeyId.V)
	if err == nil && k.AwsAccountID != w.Caller.AwsAccountID {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, noKey(err, in.AccessKeyId.V)
	}
	used := &iam.AccessKeyLastUsed{LastUsedDate: api.Timestamp(k.UsedMs), Region: k.UsedRegion, ServiceName: k.UsedService}
	if k.UsedMs == 0 {
		used.Region, used.ServiceName = never, never
	}
	return &iam.GetAccessKeyLastUsedOutput{AccessKeyLastUsed: used, UserName: api.Some(k.UserName)}, nil
}
