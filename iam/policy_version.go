package iam

import (
	"fmt"
	"strconv"
	"strings"

	"carillon/access"
	"carillon/api"
	"carillon/api/iam"
	"carillon/store"
	"carillon/work"
)

// versionID is the id of a version, as IAM counts them.
func versionID(n int64) string { return "v" + strconv.FormatInt(n, 10) }

// version returns a version of a policy by its id.
func version(w *work.Unit, p *store.IamPolicy, id string) (*store.IamPolicyVersion, error) {
	n, err := strconv.ParseInt(strings.TrimPrefix(id, "v"), 10, 64)
	if err != nil {
		return nil, noVersion(p.ARN(), id)
	}
	v, err := w.IamPolicyVersion(p.PolicyID, n)
	return &v, missing(err, messageNoVersion, p.ARN(), id)
}

const messageNoVersion = "Policy %s version %s does not exist or is not attachable."

func noVersion(arn, id string) error { return iam.NoSuchEntity.Errorf(messageNoVersion, arn, id) }

// versionShape leaves the document out, as lists do.
func versionShape(p *store.IamPolicy, v *store.IamPolicyVersion) iam.PolicyVersion {
	return iam.PolicyVersion{
		CreateDate: api.Timestamp(v.CreatedMs), IsDefaultVersion: api.Some(v.Version == p.DefaultVersion), VersionId: api.Some(versionID(v.Version)),
	}
}

// versionDetail is a version with its document.
func versionDetail(p *store.IamPolicy, v *store.IamPolicyVersion) iam.PolicyVersion {
	shape := versionShape(p, v)
	shape.Document = api.Some(encoded(v.Document))
	return shape
}

// builtInVersion is the only version of a policy that is built in.
func builtInVersion(p *access.ManagedPolicy) iam.PolicyVersion {
	return iam.PolicyVersion{CreateDate: api.TimestampOf(p.Updated), IsDefaultVersion: api.Some(true), VersionId: api.Some(p.Version)}
}

func builtInDetail(p *access.ManagedPolicy) iam.PolicyVersion {
	shape := builtInVersion(p)
	shape.Document = api.Some(encoded(p.Document))
	return shape
}

// addVersion adds the newest version of a policy.
func addVersion(w *work.Unit, p *store.IamPolicy, document string) error {
	return w.InsertIamPolicyVersion(&store.IamPolicyVersion{PolicyID: p.PolicyID, Version: p.NewestVersion, Document: document, CreatedMs: w.NowMs()})
}

// CreatePolicyVersion adds a version to a policy. Its number has never been used.
func (s *Service) CreatePolicyVersion(w *work.Unit, in *iam.CreatePolicyVersionInput) (*iam.CreatePolicyVersionOutput, error) {
	if err := checkManaged(in.PolicyDocument.V); err != nil {
		return nil, err
	}
	p, err := s.changedPolicy(w, in.PolicyArn.V)
	if err != nil {
		return nil, err
	}
	if err := oneMore(w, p); err != nil {
		return nil, err
	}
	p.NewestVersion++
	p.UpdatedMs = w.NowMs()
	if in.SetAsDefault.V {
		p.DefaultVersion = p.NewestVersion
	}
	if err := addVersion(w, p, in.PolicyDocument.V); err != nil {
		return nil, err
	}
	shape := versionShape(p, &store.IamPolicyVersion{Version: p.NewestVersion, CreatedMs: w.NowMs()})
	return &iam.CreatePolicyVersionOutput{PolicyVersion: &shape}, w.UpdateIamPolicy(p)
}

// oneMore returns nil when a policy may have one version more.
func oneMore(w *work.Unit, p *store.IamPolicy) error {
	have, err := w.IamPolicyVersions(p.PolicyID)
	if err == nil && len(have) >= maxVersions {
		err = iam.LimitExceeded.Errorf("A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version.", maxVersions)
	}
	return err
}

// GetPolicyVersion returns a version with its document.
func (s *Service) GetPolicyVersion(w *work.Unit, in *iam.GetPolicyVersionInput) (*iam.GetPolicyVersionOutput, error) {
	shape, err := versionOf(w, in.PolicyArn.V, in.VersionId.V)
	if err != nil {
		return nil, err
	}
	return &iam.GetPolicyVersionOutput{PolicyVersion: &shape}, nil
}

func versionOf(w *work.Unit, arn, id string) (shape iam.PolicyVersion, err error) {
	if p, ok := access.ManagedByARN(arn); ok {
		if p.Version != id {
			return shape, noVersion(arn, id)
		}
		return builtInDetail(p), nil
	}
	p, err := ownPolicy(w, arn)
	if err != nil {
		return shape, err
	}
	v, err := version(w, p, id)
	return versionDetail(p, v), err
}

// ListPolicyVersions returns the versions of a policy, the newest first.
func (s *Service) ListPolicyVersions(w *work.Unit, in *iam.ListPolicyVersionsInput) (*iam.ListPolicyVersionsOutput, error) {
	l, err := s.list(w, in.Marker, in.MaxItems, in.PolicyArn.V)
	if err != nil {
		return nil, err
	}
	if p, ok := access.ManagedByARN(in.PolicyArn.V); ok {
		return &iam.ListPolicyVersionsOutput{Versions: []iam.PolicyVersion{builtInVersion(p)}, IsTruncated: whole.truncated}, nil
	}
	p, err := ownPolicy(w, in.PolicyArn.V)
	if err != nil {
		return nil, err
	}
	rows, err := w.IamPolicyVersions(p.PolicyID)
	versions, end := page(l, rows, versionKey)
	shape := func(v *store.IamPolicyVersion) iam.PolicyVersion { return versionShape(p, v) }
	return &iam.ListPolicyVersionsOutput{Versions: shapes(versions, shape), IsTruncated: end.truncated, Marker: end.marker}, err
}

// versionKey grows as the number of the version falls.
func versionKey(v *store.IamPolicyVersion) string { return fmt.Sprintf("%016x", ^uint64(v.Version)) }

// SetDefaultPolicyVersion chooses the version that counts.
func (s *Service) SetDefaultPolicyVersion(w *work.Unit, in *iam.SetDefaultPolicyVersionInput) error {
	p, err := s.changedPolicy(w, in.PolicyArn.V)
	if err != nil {
		return err
	}
	v, err := version(w, p, in.VersionId.V)
	if err != nil {
		return err
	}
	p.DefaultVersion, p.UpdatedMs = v.Version, w.NowMs()
	return w.UpdateIamPolicy(p)
}

// DeletePolicyVersion removes a version that does not count.
func (s *Service) DeletePolicyVersion(w *work.Unit, in *iam.DeletePolicyVersionInput) error {
	p, err := s.changedPolicy(w, in.PolicyArn.V)
	if err != nil {
		return err
	}
	v, err := version(w, p, in.VersionId.V)
	if err != nil {
		return err
	}
	if v.Version == p.DefaultVersion {
		return iam.DeleteConflict.Errorf("Cannot delete the default version of a policy.")
	}
	return w.DeleteIamPolicyVersion(p.PolicyID, v.Version)
}
