package console

import (
	"net/http"
	"strings"

	"carillon/api"
	"carillon/api/iam"
)

const (
	policiesPath = accessPath + "/policies"
	policyPath   = accessPath + "/policy"
)

// policyList is what the list of managed policies shows.
type policyList struct {
	Filter   field
	Policies []iam.Policy
	Next     string
	Forms    []*form
}

func listPolicies(p *page) error {
	scope := p.r.FormValue("scope")
	out, err := p.iam().ListPolicies(p.r.Context(), &iam.ListPoliciesInput{
		Scope: api.NonZero(iam.PolicyScopeType(scope)), Marker: api.NonZero(p.r.FormValue("page")), MaxItems: api.Some(pageRows),
	})
	if err != nil {
		return err
	}
	list := &policyList{Policies: out.Policies, Filter: field{ID: "policy-scope", Name: "scope", Label: "Whose", Kind: "select", Options: []option{
		{"", "All", false}, {"AWS", "Built in", scope == "AWS"}, {"Local", "Own", scope == "Local"},
	}}}
	if out.Marker.V != "" {
		list.Next = p.with("page", out.Marker.V)
	}
	commands := []string{awsIAM("list-policies")}
	if p.may("iam:CreatePolicy") {
		list.Forms = append(list.Forms, p.filled(form{Name: "create", Action: policiesPath, Title: "Create a policy", Button: "Create policy", Fields: []field{
			{Name: "PolicyName", Label: "Policy name", Required: true},
			{Name: "Description", Label: "Description"},
			{Name: "PolicyDocument", Label: "Document", Kind: "textarea", Required: true, Hint: "JSON with Version 2012-10-17."},
		}}))
		commands = append(commands, awsIAM("create-policy", "--policy-name", "Example", "--policy-document", "file://policy.json"))
	}
	return p.show(http.StatusOK, "policies", view{Title: "Policies", Crumbs: accessCrumbs("Policies"), Tabs: p.accessTabs(), Commands: commands, Body: list})
}

func createPolicy(p *page) error {
	value := func(member string) api.Opt[string] { return api.NonZero(p.r.PostFormValue(member)) }
	out, err := p.iam().CreatePolicy(p.r.Context(), &iam.CreatePolicyInput{
		PolicyName: value("PolicyName"), PolicyDocument: value("PolicyDocument"), Description: value("Description"),
	})
	if err != nil {
		return p.done(policiesPath, "create", err, "")
	}
	return p.tell(policyURL(out.Policy.Arn.V, ""), result{Text: "The policy was created. It counts for those to whom it is attached."})
}

// policyURL is the page of a managed policy, or of one version of it.
func policyURL(arn, version string) string {
	url := policyPath + "?arn=" + queryEscape(arn)
	if version != "" {
		url += "&version=" + queryEscape(version)
	}
	return url
}

// policyView is what the page of a managed policy shows.
type policyView struct {
	Policy   *iam.Policy
	Shown    string // the version
	Document string
	Versions []policyVersion
	Users    []iam.PolicyUser
	Action   string
	// Default and Drop tell that the visitor may choose and delete versions.
	Default, Drop bool
	Forms         []*form
}

// policyVersion is a version of a policy and where it is shown.
type policyVersion struct {
	iam.PolicyVersion
	URL string
}

func showPolicy(p *page) error {
	arn := api.NonZero(p.r.FormValue("arn"))
	got, err := p.iam().GetPolicy(p.r.Context(), &iam.GetPolicyInput{PolicyArn: arn})
	if err != nil {
		return err
	}
	v := &policyView{Policy: got.Policy, Shown: p.r.FormValue("version"), Action: policyPath}
	if v.Shown == "" {
		v.Shown = got.Policy.DefaultVersionId.V
	}
	version, err := p.iam().GetPolicyVersion(p.r.Context(), &iam.GetPolicyVersionInput{PolicyArn: arn, VersionId: api.Some(v.Shown)})
	if err != nil {
		return err
	}
	v.Document = documentOf(version.PolicyVersion.Document.V)
	if err := p.addPolicyUse(v, arn); err != nil {
		return err
	}
	v.Forms = p.policyForms(v, arn)
	name := got.Policy.PolicyName.V
	return p.show(http.StatusOK, "policy", view{
		Title: name, Crumbs: accessCrumbs(name, link{Label: "Policies", URL: policiesPath}), Body: v, Resource: arn.V, Commands: []string{
			awsIAM("get-policy-version", "--policy-arn", arn.V, "--version-id", v.Shown), awsIAM("list-entities-for-policy", "--policy-arn", arn.V),
		},
	})
}

// addPolicyUse adds the versions, and to whom the policy is attached.
func (p *page) addPolicyUse(v *policyView, arn api.Opt[string]) error {
	if in := (&iam.ListPolicyVersionsInput{PolicyArn: arn}); p.mayIAM("ListPolicyVersions", in) {
		out, err := p.iam().ListPolicyVersions(p.r.Context(), in)
		if err != nil {
			return err
		}
		for _, one := range out.Versions {
			v.Versions = append(v.Versions, policyVersion{one, policyURL(arn.V, one.VersionId.V)})
		}
	}
	if in := (&iam.ListEntitiesForPolicyInput{PolicyArn: arn, MaxItems: api.Some(pageRows)}); p.mayIAM("ListEntitiesForPolicy", in) {
		out, err := p.iam().ListEntitiesForPolicy(p.r.Context(), in)
		if err != nil {
			return err
		}
		v.Users = out.PolicyUsers
	}
	return nil
}

// policyForms change a policy of one's own: those that are built in stay.
func (p *page) policyForms(v *policyView, arn api.Opt[string]) (list []*form) {
	if strings.HasPrefix(arn.V, "arn:aws:iam::aws:") {
		return nil
	}
	v.Default = p.mayIAM("SetDefaultPolicyVersion", &iam.SetDefaultPolicyVersionInput{PolicyArn: arn})
	v.Drop = p.mayIAM("DeletePolicyVersion", &iam.DeletePolicyVersionInput{PolicyArn: arn})
	url := func(action string) string { return policyPath + "/" + action + "?arn=" + queryEscape(arn.V) }
	if p.mayIAM("CreatePolicyVersion", &iam.CreatePolicyVersionInput{PolicyArn: arn}) {
		list = append(list, p.filled(form{Name: "version", Action: url("version"), Title: "New version", Button: "Create version", Fields: []field{
			{Name: "PolicyDocument", Label: "Document", Kind: "textarea", Required: true, Value: v.Document},
			{Name: "SetAsDefault", Label: "It counts at once", Kind: "checkbox", Value: "on"},
		}}))
	}
	if p.mayIAM("DeletePolicy", &iam.DeletePolicyInput{PolicyArn: arn}) {
		list = append(list, p.filled(form{Name: "delete", Action: url("delete"), Title: "Delete the policy", Hint: "It has to be detached, and other versions deleted, before.", Button: "Delete policy", Danger: true}))
	}
	return list
}

// changePolicy does what a form of the policy's page asks for.
func changePolicy(p *page) error {
	calls, ctx, arn, action := p.iam(), p.r.Context(), api.NonZero(p.r.URL.Query().Get("arn")), p.r.PathValue("action")
	version := api.NonZero(p.r.PostFormValue("VersionId"))
	var err error
	switch action {
	case "version":
		_, err = calls.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{
			PolicyArn: arn, PolicyDocument: api.NonZero(p.r.PostFormValue("PolicyDocument")), SetAsDefault: api.Some(p.r.PostFormValue("SetAsDefault") != ""),
		})
	case "default":
		err = calls.SetDefaultPolicyVersion(ctx, &iam.SetDefaultPolicyVersionInput{PolicyArn: arn, VersionId: version})
	case "delete-version":
		err = calls.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: version})
	case "delete":
		if err = calls.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn}); err == nil {
			return p.tell(policiesPath, result{Text: "The policy was deleted."})
		}
	default:
		return notFound(p)
	}
	return p.done(policyURL(arn.V, ""), action, err, "Done.")
}
