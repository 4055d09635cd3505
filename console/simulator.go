package console

import (
	"net/http"
	"strings"

	"carillon/api"
	"carillon/api/iam"
)

// simulator is what the page of the simulator shows.
type simulator struct {
	Fields    []field
	Asked     bool
	Results   []simulated
	More      bool // there are decisions that are not shown
	Documents []document
}

// simulated is one decision with what explains it.
type simulated struct {
	Action, Resource string
	Decision         iam.PolicyEvaluationDecisionType
	Why              string
	Sources, Missing []string
}

// document is a policy in parts, of which those are marked that have decided.
type document struct {
	Name  string
	Parts []part
}

type part struct {
	Text   string
	Marked bool
}

// shownDecisions bounds how many decisions a page shows.
const shownDecisions = 50

// simulate shows what the policies of a principal decide. What is asked for is in
// the URL.
func simulate(p *page) error {
	q := p.r.FormValue
	s := &simulator{Asked: q("principal") != "", Fields: []field{
		{ID: "sim-principal", Name: "principal", Label: "Principal", Value: q("principal"), Required: true, Hint: "The ARN of a user."},
		{ID: "sim-actions", Name: "actions", Label: "Actions", Kind: "textarea", Value: q("actions"), Required: true, Hint: "As in chime:CreateUser, apart by commas or lines."},
		{ID: "sim-resources", Name: "resources", Label: "Resources", Kind: "textarea", Value: q("resources"), Hint: "ARNs; none: *."},
		{ID: "sim-context", Name: "context", Label: "Context", Kind: "textarea", Value: q("context"), Hint: "A line each: aws:SourceIp=203.0.113.9. Several values are apart by commas."},
	}}
	in := &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: api.NonZero(q("principal")), ActionNames: split(q("actions")), ResourceArns: split(q("resources")),
		ContextEntries: contextEntries(q("context")), MaxItems: api.Some(shownDecisions),
	}
	if s.Asked && len(in.ActionNames) > 0 {
		out, err := p.iam().SimulatePrincipalPolicy(p.r.Context(), in)
		if err != nil {
			return err
		}
		if err := p.explain(s, userOfARN(in.PolicySourceArn.V), out); err != nil {
			return err
		}
	}
	return p.show(http.StatusOK, "simulator", view{
		Title: "Policy simulator", Crumbs: accessCrumbs("Simulator"), Tabs: p.accessTabs(), Commands: []string{simulateCommand(in)}, Body: s,
	})
}

func simulateCommand(in *iam.SimulatePrincipalPolicyInput) string {
	words := []string{"simulate-principal-policy", "--policy-source-arn", in.PolicySourceArn.Or("arn:aws:iam::111122223333:user/alice"), "--action-names"}
	actions := in.ActionNames
	if len(actions) == 0 {
		actions = []string{"chime:CreateUser"}
	}
	words = append(words, actions...)
	if len(in.ResourceArns) > 0 {
		words = append(append(words, "--resource-arns"), in.ResourceArns...)
	}
	if len(in.ContextEntries) > 0 {
		words = append(words, "--context-entries")
	}
	for _, e := range in.ContextEntries {
		words = append(words, "ContextKeyName="+e.ContextKeyName.V+",ContextKeyType="+string(e.ContextKeyType.V)+",ContextKeyValues="+strings.Join(e.ContextKeyValues, ","))
	}
	return awsIAM(words...)
}

// contextEntries reads lines of keys and values.
func contextEntries(text string) (list []iam.ContextEntry) {
	for line := range strings.Lines(text) {
		key, values, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok {
			continue
		}
		e := iam.ContextEntry{ContextKeyName: api.Some(strings.TrimSpace(key)), ContextKeyValues: split(values)}
		e.ContextKeyType = api.Some(contextType(e.ContextKeyName.V, len(e.ContextKeyValues) > 1))
		list = append(list, e)
	}
	return list
}

// contextType is the type of a context key, as its name tells.
func contextType(key string, several bool) iam.ContextKeyTypeEnum {
	kind := iam.ContextKeyTypeEnumString
	switch strings.ToLower(key) {
	case "aws:sourceip":
		kind = iam.ContextKeyTypeEnumIp
	case "aws:currenttime":
		kind = iam.ContextKeyTypeEnumDate
	case "aws:securetransport", "aws:multifactorauthpresent":
		kind = iam.ContextKeyTypeEnumBoolean
	case "aws:epochtime":
		kind = iam.ContextKeyTypeEnumNumeric
	}
	if several {
		kind += "List"
	}
	return kind
}

// userOfARN is the name at the end of the ARN of a user.
func userOfARN(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }
