package iam

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"carillon/access"
	"carillon/api"
	"carillon/api/iam"
	"carillon/store"
	"carillon/work"
)

// AttachUserPolicy gives a user a managed policy; one that the user has stays.
func (s *Service) AttachUserPolicy(w *work.Unit, in *iam.AttachUserPolicyInput) error {
	u, err := s.changedUser(w, in.UserName)
	if err != nil {
		return err
	}
	return attach(w, u, in.PolicyArn.V)
}

// attach gives a policy to a user of the caller's AWS account.
func attach(w *work.Unit, u *store.IamUser, arn string) error {
	if _, ok := access.ManagedByARN(arn); !ok {
		if _, err := findPolicy(w, arn); err != nil {
			return missing(err, messageNotAttachable, arn)
		}
	}
	return addAttachment(w, u, arn)
}

// addAttachment gives a policy that exists to a user.
func addAttachment(w *work.Unit, u *store.IamUser, arn string) error {
	have, err := w.AttachmentsOfUser(u.UserID)
	if err != nil {
		return err
	}
	err = w.InsertIamAttachment(&store.IamAttachment{UserID: u.UserID, PolicyARN: arn, AwsAccountID: u.AwsAccountID})
	switch {
	case errors.Is(err, store.ErrExists):
		return nil
	case err == nil && len(have) >= maxAttached:
		return iam.LimitExceeded.Errorf("Cannot exceed quota for PoliciesPerUser: %d", maxAttached)
	}
	return err
}

// DetachUserPolicy takes a managed policy from a user.
func (s *Service) DetachUserPolicy(w *work.Unit, in *iam.DetachUserPolicyInput) error {
	u, err := s.changedUser(w, in.UserName)
	if err != nil {
		return err
	}
	return missing(w.DeleteIamAttachment(u.UserID, in.PolicyArn.V), messageNoPolicy, in.PolicyArn.V)
}

// attachedKey is where a policy is in the list of a user's: by name, and shorter
// than the ARN, which is too long for a marker. No two of an AWS account, and no
// two that are built in, have the same.
func attachedKey(a *store.IamAttachment) string {
	if strings.HasPrefix(a.PolicyARN, builtInPrefix) {
		return lastPart(a.PolicyARN) + " " + builtInKey
	}
	return lastPart(a.PolicyARN) + " " + ownKey
}

func attachedShape(a *store.IamAttachment) iam.AttachedPolicy {
	return iam.AttachedPolicy{PolicyArn: api.Some(a.PolicyARN), PolicyName: api.Some(lastPart(a.PolicyARN))}
}

// ListAttachedUserPolicies returns the managed policies of a user, by name.
func (s *Service) ListAttachedUserPolicies(w *work.Unit, in *iam.ListAttachedUserPoliciesInput) (*iam.ListAttachedUserPoliciesOutput, error) {
	prefix := in.PathPrefix.Or("/")
	l, err := s.list(w, in.Marker, in.MaxItems, in.UserName.V, prefix)
	if err != nil {
		return nil, err
	}
	u, err := user(w, in.UserName.V)
	if err != nil {
		return nil, err
	}
	rows, err := attachedTo(w, u, prefix)
	policies, end := page(l, rows, attachedKey)
	return &iam.ListAttachedUserPoliciesOutput{AttachedPolicies: shapes(policies, attachedShape), IsTruncated: end.truncated, Marker: end.marker}, err
}

// attachedTo returns the managed policies of a user below a path.
func attachedTo(w *work.Unit, u *store.IamUser, prefix string) ([]store.IamAttachment, error) {
	rows, err := w.AttachmentsOfUser(u.UserID)
	slices.SortFunc(rows, func(a, b store.IamAttachment) int { return cmp.Compare(attachedKey(&a), attachedKey(&b)) })
	return slices.DeleteFunc(rows, func(a store.IamAttachment) bool { return !strings.HasPrefix(policyPath(a.PolicyARN), prefix) }), err
}

// policyPath is the path in the ARN of a managed policy.
func policyPath(arn string) string {
	_, path, _ := strings.Cut(arn, ":policy")
	return path[:strings.LastIndexByte(path, '/')+1]
}

// ListEntitiesForPolicy returns who has a managed policy, by user id. There are no
// groups and roles that could.
func (s *Service) ListEntitiesForPolicy(w *work.Unit, in *iam.ListEntitiesForPolicyInput) (*iam.ListEntitiesForPolicyOutput, error) {
	prefix := in.PathPrefix.Or("/")
	l, err := s.list(w, in.Marker, in.MaxItems, in.PolicyArn.V, prefix, string(in.EntityFilter.V), string(in.PolicyUsageFilter.V))
	if err != nil {
		return nil, err
	}
	if _, err := managed(w, in.PolicyArn.V); err != nil {
		return nil, err
	}
	var rows []store.IamAttachment
	if in.EntityFilter.Or(iam.EntityTypeUser) == iam.EntityTypeUser && in.PolicyUsageFilter.V != iam.PolicyUsageTypePermissionsBoundary {
		rows, err = entities(w, in.PolicyArn.V, prefix)
	}
	users, end := page(l, rows, func(a *store.IamAttachment) string { return a.UserID })
	return &iam.ListEntitiesForPolicyOutput{
		PolicyGroups: []iam.PolicyGroup{}, PolicyRoles: []iam.PolicyRole{}, PolicyUsers: shapes(users, entityShape),
		IsTruncated: end.truncated, Marker: end.marker,
	}, err
}

// entities returns the users below a path who have a policy.
func entities(w *work.Unit, arn, prefix string) ([]store.IamAttachment, error) {
	rows, err := w.AttachmentsOfPolicy(w.Caller.AwsAccountID, arn)
	return slices.DeleteFunc(rows, func(a store.IamAttachment) bool { return !strings.HasPrefix(a.UserPath, prefix) }), err
}

func entityShape(a *store.IamAttachment) iam.PolicyUser {
	return iam.PolicyUser{UserId: api.Some(a.UserID), UserName: api.Some(a.UserName)}
}
