package iam

import (
	"slices"
	"strings"

	"carillon/access"
	"carillon/api"
	"carillon/api/iam"
	"carillon/store"
	"carillon/work"
)

// maxDetailBytes ends a page of details early: documents may be long.
const maxDetailBytes = 1 << 20

// The keys of items in the details begin with one of these.
const (
	detailUser    = "1 "
	detailOwn     = "2 "
	detailBuiltIn = "3 "
)

// GetAccountAuthorizationDetails returns users with their policies, and managed
// policies with all versions: those of the AWS account and those that are built
// in. There are no groups and roles.
func (s *Service) GetAccountAuthorizationDetails(w *work.Unit, in *iam.GetAccountAuthorizationDetailsInput) (*iam.GetAccountAuthorizationDetailsOutput, error) {
	l, err := s.list(w, in.Marker, in.MaxItems, filterText(in.Filter))
	if err != nil {
		return nil, err
	}
	d := &details{w: w, list: l, out: &iam.GetAccountAuthorizationDetailsOutput{
		GroupDetailList: []iam.GroupDetail{}, RoleDetailList: []iam.RoleDetail{}, UserDetailList: []iam.UserDetail{}, Policies: []iam.ManagedPolicyDetail{},
	}}
	if err := d.fill(in.Filter); err != nil {
		return nil, err
	}
	end := whole
	if d.full {
		end = l.more(d.last)
	}
	d.out.IsTruncated, d.out.Marker = end.truncated, end.marker
	return d.out, nil
}

func filterText(filter []iam.EntityType) string {
	return strings.Join(shapes(filter, func(t *iam.EntityType) string { return string(*t) }), " ")
}

// details collects a page, which may be of users and policies.
type details struct {
	w     *work.Unit
	list  *list
	out   *iam.GetAccountAuthorizationDetailsOutput
	last  string // the key of the last item
	count int
	bytes int // of documents
	full  bool
}

// fill takes the kinds that are asked for, one after the other.
func (d *details) fill(filter []iam.EntityType) error {
	for _, part := range []struct {
		of   iam.EntityType
		take func() error
	}{
		{iam.EntityTypeUser, d.users}, {iam.EntityTypeLocalManagedPolicy, d.own}, {iam.EntityTypeAWSManagedPolicy, d.builtIn},
	} {
		if len(filter) > 0 && !slices.Contains(filter, part.of) {
			continue
		}
		if err := part.take(); err != nil {
			return err
		}
	}
	return nil
}

// after returns what follows the marker among keys that begin with a prefix; empty:
// all of them do.
func (d *details) after(prefix string) string {
	name, ok := strings.CutPrefix(d.list.after, prefix)
	if !ok {
		return ""
	}
	return name
}

// add makes room for an item with its key. It reports whether there is any: the
// marker is behind the item, or the page is full.
func (d *details) add(key string) bool {
	if key <= d.list.after {
		return false
	}
	d.full = d.full || d.count == d.list.limit || d.bytes > maxDetailBytes
	if d.full {
		return false
	}
	d.count++
	d.last = key
	return true
}

func (d *details) users() error {
	rows, err := d.w.IamUsers(d.w.Caller.AwsAccountID, "/", d.after(detailUser), d.list.limit+1)
	for i := range rows {
		if err == nil && d.add(detailUser+userKey(&rows[i])) {
			err = d.user(&rows[i])
		}
	}
	return err
}

func (d *details) user(u *store.IamUser) error {
	attached, err := attachedTo(d.w, u, "/")
	if err != nil {
		return err
	}
	inline, err := d.w.IamUserPolicies(u.UserID)
	for i := range inline {
		d.bytes += len(inline[i].Document)
	}
	d.out.UserDetailList = append(d.out.UserDetailList, iam.UserDetail{
		Arn: api.Some(u.ARN()), AttachedManagedPolicies: shapes(attached, attachedShape), CreateDate: api.Timestamp(u.CreatedMs), GroupList: []string{},
		Path: api.Some(u.Path), Tags: []iam.Tag{}, UserId: api.Some(u.UserID), UserName: api.Some(u.UserName), UserPolicyList: shapes(inline, inlineShape),
	})
	return err
}

func (d *details) own() error {
	rows, err := d.w.IamPolicies(d.w.Caller.AwsAccountID, "/", d.after(detailOwn), d.list.limit+1)
	for i := range rows {
		if err == nil && d.add(detailOwn+store.Fold(rows[i].PolicyName)) {
			err = d.policy(&rows[i])
		}
	}
	return err
}

func (d *details) policy(p *store.IamPolicy) error {
	versions, err := d.w.IamPolicyVersions(p.PolicyID)
	for i := range versions {
		d.bytes += len(versions[i].Document)
	}
	d.put(policyShape(p), shapes(versions, func(v *store.IamPolicyVersion) iam.PolicyVersion { return versionDetail(p, v) }))
	return err
}

func (d *details) builtIn() error {
	all := access.Managed()
	for i := range all {
		if !d.add(detailBuiltIn + all[i].Name) {
			continue
		}
		d.bytes += len(all[i].Document)
		shape, err := builtInShape(d.w, &all[i])
		if err != nil {
			return err
		}
		d.put(shape, []iam.PolicyVersion{builtInDetail(&all[i])})
	}
	return nil
}

func (d *details) put(p iam.Policy, versions []iam.PolicyVersion) {
	d.out.Policies = append(d.out.Policies, iam.ManagedPolicyDetail{
		Arn: p.Arn, AttachmentCount: p.AttachmentCount, CreateDate: p.CreateDate, DefaultVersionId: p.DefaultVersionId, Description: p.Description,
		IsAttachable: p.IsAttachable, Path: p.Path, PermissionsBoundaryUsageCount: p.PermissionsBoundaryUsageCount, PolicyId: p.PolicyId,
		PolicyName: p.PolicyName, PolicyVersionList: versions, UpdateDate: p.UpdateDate,
	})
}
