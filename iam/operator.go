package iam

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"carillon/access"
	"carillon/api"
	"carillon/api/iam"
	"carillon/store"
	"carillon/work"
)

// Operator holds the rules of Carillon's own operations with access keys. They
// reach across AWS accounts, and are for the root key.
type Operator struct {
	s *Service
}

// Operator returns the rules of operations with the keys that the rules of s are
// about.
func (s *Service) Operator() *Operator { return &Operator{s} }

// told makes refusals of IAM those of these operations.
func told(err error) error {
	switch {
	case api.IsKind(err, iam.LimitExceeded):
		return retold(err, api.ResourceLimitExceeded)
	case api.IsKind(err, iam.InvalidInput):
		return retold(err, api.BadRequest)
	}
	return err
}

func retold(err error, kind api.Kind) error {
	return kind.Wrap(err, work.Refusal(err).Message)
}

// changing begins a change in an AWS account; empty: that of the caller.
func (o *Operator) changing(w *work.Unit, asked api.Opt[string]) (awsAccountID string, err error) {
	awsAccountID = cmp.Or(asked.V, w.Caller.AwsAccountID)
	return awsAccountID, o.s.keys.Changing(w, awsAccountID)
}

// CreateAccessKey makes a key of a user, and the user if need be. The policies are
// added to those that the user has; one who is new and gets none may use all of
// Chime, as keys could before there were policies.
func (o *Operator) CreateAccessKey(w *work.Unit, in *api.CreateAccessKeyInput) (*api.CreateAccessKeyOutput, error) {
	account, err := o.changing(w, in.AwsAccountId)
	if err != nil {
		return nil, err
	}
	arns, err := policiesNamed(w, account, in.PolicyNames)
	if err != nil {
		return nil, err
	}
	u, made, err := provide(w, account, in.UserName.V)
	if err != nil {
		return nil, told(err)
	}
	if made && len(arns) == 0 {
		arns = []string{access.FullAccess}
	}
	touch(w, "AWS::IAM::User", u.ARN())
	touch(w, "AWS::IAM::Policy", arns...)
	for _, arn := range arns {
		if err := addAttachment(w, u, arn); err != nil {
			return nil, told(err)
		}
	}
	return o.newKey(w, u)
}

// touch tells the audit of what is not in the AWS account of the caller, or not named
// as it is called.
func touch(w *work.Unit, kind string, arns ...string) {
	for _, arn := range arns {
		w.Touched = append(w.Touched, work.Touched{Type: kind, Name: arn})
	}
}

// touchKey tells the audit of a key and whose it is.
func touchKey(w *work.Unit, k *store.AccessKey) {
	touch(w, "AWS::IAM::User", store.UserARN(k.AwsAccountID, k.UserPath, k.UserName))
	touch(w, "AWS::IAM::AccessKey", "arn:aws:iam::"+k.AwsAccountID+":access-key/"+k.AccessKeyID)
}

// provide returns the user of a name, and makes one if there is none.
func provide(w *work.Unit, awsAccountID, name string) (u *store.IamUser, made bool, err error) {
	have, err := w.IamUser(awsAccountID, name)
	if !errors.Is(err, store.ErrNotFound) {
		return &have, false, err
	}
	u = newUser(w, awsAccountID, name, "/")
	return u, true, addUser(w, u)
}

// newKey makes a key of a user who may have one more.
func (o *Operator) newKey(w *work.Unit, u *store.IamUser) (*api.CreateAccessKeyOutput, error) {
	have, err := w.AccessKeysOf(u.UserID)
	if err != nil {
		return nil, err
	}
	if len(have) >= maxKeys {
		return nil, tooMany(u, have)
	}
	key, secret, err := o.s.addKey(w, u)
	if err != nil {
		return nil, err
	}
	touchKey(w, key)
	return &api.CreateAccessKeyOutput{AccessKeyId: api.Some(key.AccessKeyID), SecretAccessKey: api.Some(secret), Arn: api.Some(u.ARN())}, nil
}

// tooMany names the key that had better go: one that is disabled, or else the one
// that was used least lately.
func tooMany(u *store.IamUser, have []store.AccessKey) error {
	worst := have[0]
	for _, k := range have[1:] {
		if worst.Active && (!k.Active || k.UsedMs < worst.UsedMs) {
			worst = k
		}
	}
	return api.ResourceLimitExceeded.Errorf("%s has %d access keys, and may not have more: delete %s, which %s", u.ARN(), len(have), worst.AccessKeyID, lately(&worst))
}

func lately(k *store.AccessKey) string {
	switch {
	case !k.Active:
		return "is disabled"
	case k.UsedMs == 0:
		return "has never been used"
	}
	return fmt.Sprintf("was used last on %s", api.Timestamp(k.UsedMs).Time().Format("2006-01-02"))
}

// policiesNamed returns the ARNs of managed policies. What is not an ARN is a name:
// of one that is built in or else of the AWS account's own.
func policiesNamed(w *work.Unit, awsAccountID string, names []string) ([]string, error) {
	var arns []string
	for _, name := range names {
		arn, err := policyNamed(w, awsAccountID, name)
		if err != nil {
			return nil, err
		}
		arns = append(arns, arn)
	}
	return arns, nil
}

func policyNamed(w *work.Unit, awsAccountID, name string) (string, error) {
	for _, p := range access.Managed() {
		if name == p.Name || name == p.ARN() {
			return p.ARN(), nil
		}
	}
	p, err := w.IamPolicy(awsAccountID, lastPart(name))
	switch {
	case err == nil && (name == p.ARN() || !strings.HasPrefix(name, "arn:")):
		return p.ARN(), nil
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return "", err
	}
	return "", api.Invalid("PolicyNames", "have names or ARNs of policies that are built in or of the AWS account %s; there is no %s", awsAccountID, name)
}
