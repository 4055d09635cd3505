package iam

import (
	"carillon/api"
	"carillon/api/iam"
	"carillon/policy"
	"carillon/store"
	"carillon/work"
)

// PutUserPolicy adds or replaces a policy of a user's own.
func (s *Service) PutUserPolicy(w *work.Unit, in *iam.PutUserPolicyInput) error {
	if _, err := parse(in.PolicyDocument.V); err != nil {
		return err
	}
	u, err := s.changedUser(w, in.UserName)
	if err != nil {
		return err
	}
	p := &store.IamUserPolicy{UserID: u.UserID, PolicyName: in.PolicyName.V, Document: in.PolicyDocument.V}
	if err := roomFor(w, u, p); err != nil {
		return err
	}
	return w.PutIamUserPolicy(p)
}

// roomFor returns nil when a user's own policies are small enough with one more.
func roomFor(w *work.Unit, u *store.IamUser, p *store.IamUserPolicy) error {
	have, err := w.IamUserPolicies(u.UserID)
	if err != nil {
		return err
	}
	size := policy.SizeWithoutWhitespace(p.Document)
	for i := range have {
		if have[i].PolicyName != p.PolicyName {
			size += policy.SizeWithoutWhitespace(have[i].Document)
		}
	}
	if size > maxInlineSize {
		return iam.LimitExceeded.Errorf("Maximum policy size of %d bytes exceeded for user %s", maxInlineSize, u.UserName)
	}
	return nil
}

const messageNoUserPolicy = "The user policy with name %s cannot be found."

// GetUserPolicy returns a policy of a user's own.
func (s *Service) GetUserPolicy(w *work.Unit, in *iam.GetUserPolicyInput) (*iam.GetUserPolicyOutput, error) {
	u, err := user(w, in.UserName.V)
	if err != nil {
		return nil, err
	}
	p, err := w.IamUserPolicy(u.UserID, in.PolicyName.V)
	if err != nil {
		return nil, missing(err, messageNoUserPolicy, in.PolicyName.V)
	}
	return &iam.GetUserPolicyOutput{PolicyDocument: encoded(p.Document), PolicyName: p.PolicyName, UserName: u.UserName}, nil
}

// ListUserPolicies returns the names of a user's own policies.
func (s *Service) ListUserPolicies(w *work.Unit, in *iam.ListUserPoliciesInput) (*iam.ListUserPoliciesOutput, error) {
	l, err := s.list(w, in.Marker, in.MaxItems, in.UserName.V)
	if err != nil {
		return nil, err
	}
	u, err := user(w, in.UserName.V)
	if err != nil {
		return nil, err
	}
	rows, err := w.IamUserPolicies(u.UserID)
	name := func(p *store.IamUserPolicy) string { return p.PolicyName }
	policies, end := page(l, rows, name)
	return &iam.ListUserPoliciesOutput{PolicyNames: shapes(policies, name), IsTruncated: end.truncated, Marker: end.marker}, err
}

// DeleteUserPolicy removes a policy of a user's own.
func (s *Service) DeleteUserPolicy(w *work.Unit, in *iam.DeleteUserPolicyInput) error {
	u, err := s.changedUser(w, in.UserName)
	if err != nil {
		return err
	}
	return missing(w.DeleteIamUserPolicy(u.UserID, in.PolicyName.V), messageNoUserPolicy, in.PolicyName.V)
}

// inlineShape is what the details of an AWS account show of a user's own policy.
func inlineShape(p *store.IamUserPolicy) iam.PolicyDetail {
	return iam.PolicyDetail{PolicyName: api.Some(p.PolicyName), PolicyDocument: api.Some(encoded(p.Document))}
}
