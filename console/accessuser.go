package console

import (
	"net/http"
	"net/url"

	"carillon/api"
	"carillon/api/iam"
)

// iamUserPage is what the page of an IAM user shows. What the visitor may not do
// has no form.
type iamUserPage struct {
	User     *iam.User
	Did      string // the records of what it has done; empty: not for this visitor
	Keys     []iamKey
	MayKeys  bool // change keys
	DropKeys bool // delete keys
	Attached []iam.AttachedPolicy
	Detach   bool
	Inline   []inlinePolicy
	Drop     bool // delete inline policies
	Action   string
	Simulate string
	Forms    []*form
}

// iamKey is an access key with its use.
type iamKey struct {
	iam.AccessKeyMetadata
	Used *iam.AccessKeyLastUsed // nil: the visitor may not see it
}

// inlinePolicy is a policy of one user alone.
type inlinePolicy struct{ Name, Document string }

// shownPolicies bounds how many policies a page of a user shows.
const shownPolicies = 20

func iamUserPath(name string, more ...string) string {
	path := accessPath + "/users/" + url.PathEscape(name)
	for _, part := range more {
		path += "/" + url.PathEscape(part)
	}
	return path
}

func showIamUser(p *page) error {
	name := p.r.PathValue("user")
	out, err := p.iam().GetUser(p.r.Context(), &iam.GetUserInput{UserName: api.NonZero(name)})
	if err != nil {
		return err
	}
	u := &iamUserPage{User: out.User, Action: iamUserPath(name)}
	for _, add := range []func(*iamUserPage) error{p.addKeys, p.addAttached, p.addInline} {
		if err := add(u); err != nil {
			return err
		}
	}
	if p.may("ListAuditEvents") {
		u.Did = auditPath + "?user=" + queryEscape(name)
	}
	if p.may("iam:SimulatePrincipalPolicy") {
		u.Simulate = accessPath + "/simulator?principal=" + queryEscape(out.User.Arn)
	}
	u.Forms = p.iamUserForms(name)
	return p.show(http.StatusOK, "access-user", view{Title: name, Crumbs: accessCrumbs(name), Body: u, Resource: name, Commands: []string{
		awsIAM("get-user", "--user-name", name), awsIAM("list-access-keys", "--user-name", name), awsIAM("create-access-key", "--user-name", name),
		awsIAM("list-attached-user-policies", "--user-name", name), awsIAM("list-user-policies", "--user-name", name),
	}})
}

func (p *page) addKeys(u *iamUserPage) error {
	name := api.Some(u.User.UserName)
	if !p.mayIAM("ListAccessKeys", &iam.ListAccessKeysInput{UserName: name}) {
		return nil
	}
	out, err := p.iam().ListAccessKeys(p.r.Context(), &iam.ListAccessKeysInput{UserName: name})
	if err != nil {
		return err
	}
	u.MayKeys = p.mayIAM("UpdateAccessKey", &iam.UpdateAccessKeyInput{UserName: name})
	u.DropKeys = p.mayIAM("DeleteAccessKey", &iam.DeleteAccessKeyInput{UserName: name})
	for _, k := range out.AccessKeyMetadata {
		key, last := iamKey{AccessKeyMetadata: k}, &iam.GetAccessKeyLastUsedInput{AccessKeyId: k.AccessKeyId}
		if p.mayIAM("GetAccessKeyLastUsed", last) {
			used, err := p.iam().GetAccessKeyLastUsed(p.r.Context(), last)
			if err != nil {
				return err
			}
			key.Used = used.AccessKeyLastUsed
		}
		u.Keys = append(u.Keys, key)
	}
	return nil
}

func (p *page) addAttached(u *iamUserPage) error {
	in := &iam.ListAttachedUserPoliciesInput{UserName: api.Some(u.User.UserName)}
	if !p.mayIAM("ListAttachedUserPolicies", in) {
		return nil
	}
	out, err := p.iam().ListAttachedUserPolicies(p.r.Context(), in)
	if err != nil {
		return err
	}
	u.Attached, u.Detach = out.AttachedPolicies, p.mayIAM("DetachUserPolicy", &iam.DetachUserPolicyInput{UserName: in.UserName})
	return nil
}

func (p *page) addInline(u *iamUserPage) error {
	name := api.Some(u.User.UserName)
	if !p.mayIAM("ListUserPolicies", &iam.ListUserPoliciesInput{UserName: name}) || !p.mayIAM("GetUserPolicy", &iam.GetUserPolicyInput{UserName: name}) {
		return nil
	}
	out, err := p.iam().ListUserPolicies(p.r.Context(), &iam.ListUserPoliciesInput{UserName: name, MaxItems: api.Some(shownPolicies)})
	if err != nil {
		return err
	}
	for _, policy := range out.PolicyNames {
		got, err := p.iam().GetUserPolicy(p.r.Context(), &iam.GetUserPolicyInput{UserName: name, PolicyName: api.Some(policy)})
		if err != nil {
			return err
		}
		u.Inline = append(u.Inline, inlinePolicy{policy, documentOf(got.PolicyDocument)})
	}
	u.Drop = p.mayIAM("DeleteUserPolicy", &iam.DeleteUserPolicyInput{UserName: name})
	return nil
}

// documentOf returns the document of a policy as it was put: some answers have it
// as IAM does, fit for URLs.
func documentOf(text string) string {
	if plain, err := url.PathUnescape(text); err == nil && len(text) > 0 && text[0] == '%' {
		return plain
	}
	return text
}

// iamUserForms are what can be done to a user, as far as the visitor may.
func (p *page) iamUserForms(name string) (list []*form) {
	add := func(operation string, in api.Input, f form) {
		if p.mayIAM(operation, in) {
			f.Action = iamUserPath(name, f.Name)
			list = append(list, p.filled(f))
		}
	}
	user := api.Some(name)
	add("CreateAccessKey", &iam.CreateAccessKeyInput{UserName: user}, form{Name: "create-key", Title: "New access key", Hint: "Its secret is shown once.", Button: "Create access key"})
	add("AttachUserPolicy", &iam.AttachUserPolicyInput{UserName: user}, form{Name: "attach", Title: "Attach a managed policy", Button: "Attach policy", Fields: []field{
		{Name: "PolicyArn", Label: "Policy", Required: true, Options: p.proposedPolicies(), Hint: "Its ARN, as in arn:aws:iam::aws:policy/AmazonChimeReadOnly."},
	}})
	add("PutUserPolicy", &iam.PutUserPolicyInput{UserName: user}, form{Name: "put-policy", Title: "Put an inline policy", Hint: "One of the same name is replaced.", Button: "Put policy", Fields: []field{
		{Name: "PolicyName", Label: "Policy name", Required: true},
		{Name: "PolicyDocument", Label: "Document", Kind: "textarea", Required: true, Hint: "JSON with Version 2012-10-17."},
	}})
	add("DeleteUser", &iam.DeleteUserInput{UserName: user}, form{Name: "delete", Title: "Delete the user", Hint: "Its keys and policies have to go before.", Button: "Delete user", Danger: true})
	return list
}

// proposedPolicies are managed policies to choose from, as far as the visitor may see
// them.
func (p *page) proposedPolicies() (list []option) {
	in := &iam.ListPoliciesInput{MaxItems: api.Some(shownPolicies)}
	if !p.mayIAM("ListPolicies", in) {
		return nil
	}
	out, err := p.iam().ListPolicies(p.r.Context(), in)
	if err != nil {
		return nil // the ARN can be typed
	}
	for i := range out.Policies {
		list = append(list, option{Value: out.Policies[i].Arn.V, Label: out.Policies[i].PolicyName.V})
	}
	return list
}
