package iam

import (
	"errors"
	"regexp"
	"strings"

	"carillon/access"
	"carillon/api"
	"carillon/api/iam"
	"carillon/store"
	"carillon/work"
)

// policyIDPrefix begins the ids of managed policies.
const policyIDPrefix = "ANPA"

const (
	messageNoPolicy      = "Policy %s was not found."
	messageNotAttachable = "Policy %s does not exist or is not attachable."
)

// policyARN is the form of a managed policy's ARN.
var policyARN = regexp.MustCompile(`^arn:aws:iam::(aws|[0-9]{12}):policy/[!-~]*[^/]$`)

// builtInPrefix begins the ARNs of policies that are AWS's.
const builtInPrefix = "arn:aws:iam::aws:"

// ownPolicy returns a managed policy of the caller's AWS account.
func ownPolicy(w *work.Unit, arn string) (*store.IamPolicy, error) {
	p, err := findPolicy(w, arn)
	return p, missing(err, messageNoPolicy, arn)
}

// findPolicy is ownPolicy with the error of the store for one that is not there.
// ARNs tell capital letters from small ones.
func findPolicy(w *work.Unit, arn string) (*store.IamPolicy, error) {
	if !policyARN.MatchString(arn) {
		return nil, iam.InvalidInput.Errorf("ARN %s is not valid.", arn)
	}
	p, err := w.IamPolicy(w.Caller.AwsAccountID, lastPart(arn))
	if err == nil && p.ARN() != arn {
		err = store.ErrNotFound
	}
	return &p, err
}

// lastPart is the name in the ARN of a policy or user.
func lastPart(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// changedPolicy begins a change of a managed policy of the caller's AWS account.
func (s *Service) changedPolicy(w *work.Unit, arn string) (*store.IamPolicy, error) {
	if strings.HasPrefix(arn, builtInPrefix) {
		return nil, denied.Errorf("Policy is outside your own account.")
	}
	if err := s.changing(w); err != nil {
		return nil, err
	}
	return ownPolicy(w, arn)
}

// managed returns what answers show of a managed policy, built in or not.
func managed(w *work.Unit, arn string) (*iam.Policy, error) {
	if p, ok := access.ManagedByARN(arn); ok {
		shape, err := builtInShape(w, p)
		return &shape, err
	}
	p, err := ownPolicy(w, arn)
	if err != nil {
		return nil, err
	}
	shape := policyShape(p)
	return &shape, nil
}

func policyShape(p *store.IamPolicy) iam.Policy {
	return iam.Policy{
		Arn: api.Some(p.ARN()), AttachmentCount: api.Some(int(p.Attachments)), CreateDate: api.Timestamp(p.CreatedMs),
		DefaultVersionId: api.Some(versionID(p.DefaultVersion)), Description: api.NonZero(p.Description), IsAttachable: api.Some(true),
		Path: api.Some(p.Path), PermissionsBoundaryUsageCount: api.Some(0), PolicyId: api.Some(p.PolicyID), PolicyName: api.Some(p.PolicyName),
		UpdateDate: api.Timestamp(p.UpdatedMs),
	}
}

// builtInShape counts who has the policy in the caller's AWS account.
func builtInShape(w *work.Unit, p *access.ManagedPolicy) (iam.Policy, error) {
	n, err := w.CountIamAttachments(w.Caller.AwsAccountID, p.ARN())
	return iam.Policy{
		Arn: api.Some(p.ARN()), AttachmentCount: api.Some(int(n)), CreateDate: api.TimestampOf(p.Created),
		DefaultVersionId: api.Some(p.Version), IsAttachable: api.Some(true),
		Path: api.Some("/"), PermissionsBoundaryUsageCount: api.Some(0), PolicyId: api.Some(p.ID()), PolicyName: api.Some(p.Name),
		UpdateDate: api.TimestampOf(p.Updated),
	}, err
}

// CreatePolicy makes a managed policy with its first version.
func (s *Service) CreatePolicy(w *work.Unit, in *iam.CreatePolicyInput) (*iam.CreatePolicyOutput, error) {
	if err := errors.Join(noTags(in.Tags), checkManaged(in.PolicyDocument.V)); err != nil {
		return nil, err
	}
	if err := s.changing(w); err != nil {
		return nil, err
	}
	p := &store.IamPolicy{
		AwsAccountID: w.Caller.AwsAccountID, PolicyID: access.NewID(policyIDPrefix), PolicyName: in.PolicyName.V, Path: in.Path.Or("/"),
		Description: in.Description.V, DefaultVersion: 1, NewestVersion: 1, CreatedMs: w.NowMs(), UpdatedMs: w.NowMs(),
	}
	if err := addPolicy(w, p, in.PolicyDocument.V); err != nil {
		return nil, err
	}
	shape := policyShape(p)
	return &iam.CreatePolicyOutput{Policy: &shape}, nil
}

// addPolicy adds a policy with its first version.
func addPolicy(w *work.Unit, p *store.IamPolicy, document string) error {
	have, err := w.CountIamPolicies(p.AwsAccountID)
	if err != nil {
		return err
	}
	err = w.InsertIamPolicy(p)
	switch {
	case errors.Is(err, store.ErrExists):
		return iam.EntityAlreadyExists.Errorf("A policy called %s already exists. Duplicate names are not allowed.", p.PolicyName)
	case err != nil:
		return err
	case have >= maxPolicies:
		return iam.LimitExceeded.Errorf("Cannot exceed quota for PoliciesPerAccount: %d", maxPolicies)
	}
	return addVersion(w, p, document)
}

// GetPolicy returns a managed policy without its document.
func (s *Service) GetPolicy(w *work.Unit, in *iam.GetPolicyInput) (*iam.GetPolicyOutput, error) {
	p, err := managed(w, in.PolicyArn.V)
	if err != nil {
		return nil, err
	}
	return &iam.GetPolicyOutput{Policy: p}, nil
}

// DeletePolicy removes a policy that nobody has and that has one version.
func (s *Service) DeletePolicy(w *work.Unit, in *iam.DeletePolicyInput) error {
	p, err := s.changedPolicy(w, in.PolicyArn.V)
	if err != nil {
		return err
	}
	if p.Attachments > 0 {
		return iam.DeleteConflict.Errorf("Cannot delete a policy attached to entities.")
	}
	versions, err := w.IamPolicyVersions(p.PolicyID)
	if err != nil {
		return err
	}
	if len(versions) > 1 {
		return iam.DeleteConflict.Errorf("This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")
	}
	return w.DeleteIamPolicy(p)
}
