package iam

import (
	"errors"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// accessKeyShape is what the operator sees of a key, with the names of the policies
// that count for it.
func accessKeyShape(k *store.AccessKey, policies []string) *api.AccessKey {
	status := api.AccessKeyStatusInactive
	if k.Active {
		status = api.AccessKeyStatusActive
	}
	return &api.AccessKey{
		AccessKeyId: api.Some(k.AccessKeyID), Arn: api.Some(store.UserARN(k.AwsAccountID, k.UserPath, k.UserName)), AwsAccountId: api.Some(k.AwsAccountID),
		CreatedTimestamp: api.Timestamp(k.CreatedMs), LastUsedRegion: api.NonZero(k.UsedRegion), LastUsedService: api.NonZero(k.UsedService),
		LastUsedTimestamp: api.Timestamp(k.UsedMs), PolicyNames: append([]string{}, policies...), Status: api.Some(status), UserName: api.Some(k.UserName),
	}
}

// ListAccessKeys returns keys of all AWS accounts, oldest first.
func (o *Operator) ListAccessKeys(w *work.Unit, in *api.ListAccessKeysInput) (*api.ListAccessKeysOutput, error) {
	keys, err1 := w.AccessKeys(in.AwsAccountId.V, in.UserName.V)
	policies, err2 := policyNames(w, in.AwsAccountId.V, in.UserName.V)
	shape := func(k *store.AccessKey) api.AccessKey { return *accessKeyShape(k, policies[k.UserID]) }
	return &api.ListAccessKeysOutput{AccessKeys: shapes(keys, shape)}, errors.Join(err1, err2)
}

// policyNames returns the names of the policies that users have, by user id.
func policyNames(w *work.Unit, awsAccountID, userName string) (map[string][]string, error) {
	held, err := w.IamHoldings(awsAccountID, userName)
	names := map[string][]string{}
	for _, h := range held {
		names[h.UserID] = append(names[h.UserID], lastPart(h.Name))
	}
	return names, err
}

// changedKey begins a change of a key, whatever AWS account it is of.
func (o *Operator) changedKey(w *work.Unit, id string) (*store.AccessKey, error) {
	if id == o.s.keys.RootKey().AccessKeyID {
		return nil, api.BadRequest.Errorf("This is the root key, which the settings of the server or RotateRootKey (carillon root rotate) change")
	}
	k, err := w.AccessKey(id)
	if err != nil {
		return nil, err
	}
	touchKey(w, &k)
	return &k, o.s.keys.Changing(w, k.AwsAccountID)
}

// UpdateAccessKey enables or disables a key.
func (o *Operator) UpdateAccessKey(w *work.Unit, in *api.UpdateAccessKeyInput) (*api.UpdateAccessKeyOutput, error) {
	k, err := o.changedKey(w, in.AccessKeyId)
	if err != nil {
		return nil, err
	}
	k.Active = in.Status.V == api.AccessKeyStatusActive
	if err := w.SetAccessKeyActive(k.AccessKeyID, k.Active); err != nil {
		return nil, err
	}
	policies, err := policyNames(w, k.AwsAccountID, k.UserName)
	return &api.UpdateAccessKeyOutput{AccessKey: accessKeyShape(k, policies[k.UserID])}, err
}

// DeleteAccessKey removes a key.
func (o *Operator) DeleteAccessKey(w *work.Unit, in *api.DeleteAccessKeyInput) error {
	k, err := o.changedKey(w, in.AccessKeyId)
	if err != nil {
		return err
	}
	return w.DeleteAccessKey(k.AccessKeyID)
}
