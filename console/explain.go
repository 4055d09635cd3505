package console

import (
	"slices"
	"strings"

	"carillon/api"
	"carillon/api/iam"
)

// decisions say what a decision means.
var decisions = map[iam.PolicyEvaluationDecisionType]string{
	iam.PolicyEvaluationDecisionTypeAllowed:      "A statement allows it, and none denies it.",
	iam.PolicyEvaluationDecisionTypeExplicitDeny: "A statement denies it, whatever others allow.",
	iam.PolicyEvaluationDecisionTypeImplicitDeny: "No statement allows it.",
}

// explain adds the decisions, and the documents of which statements have decided.
func (p *page) explain(s *simulator, user string, out *iam.SimulateCustomPolicyOutput) error {
	matched := map[string][]iam.Statement{}
	for _, r := range out.EvaluationResults {
		one := simulated{Action: r.EvalActionName, Resource: r.EvalResourceName.V, Decision: r.EvalDecision, Why: decisions[r.EvalDecision], Missing: r.MissingContextValues}
		for _, m := range r.MatchedStatements {
			id := m.SourcePolicyId.V
			matched[id] = append(matched[id], m)
			if !slices.Contains(one.Sources, id) {
				one.Sources = append(one.Sources, id)
			}
		}
		s.Results = append(s.Results, one)
	}
	s.More = out.Marker.V != ""
	if len(matched) == 0 {
		return nil
	}
	documents, err := p.documents(user, matched)
	for _, d := range documents {
		s.Documents = append(s.Documents, document{d.Name, mark(d.Document, matched[d.Name])})
	}
	return err
}

// documents returns the policies of a user that have decided, as far as the visitor
// may see them, named as the simulator does.
func (p *page) documents(user string, matched map[string][]iam.Statement) (list []inlinePolicy, err error) {
	own := "user_" + user + "_"
	name := api.Some(user)
	for id := range matched {
		if policy, ok := strings.CutPrefix(id, own); ok && p.mayIAM("GetUserPolicy", &iam.GetUserPolicyInput{UserName: name}) {
			out, err := p.iam().GetUserPolicy(p.r.Context(), &iam.GetUserPolicyInput{UserName: name, PolicyName: api.Some(policy)})
			if err != nil {
				return nil, err
			}
			list = append(list, inlinePolicy{id, documentOf(out.PolicyDocument)})
		}
	}
	attached := &iam.ListAttachedUserPoliciesInput{UserName: name}
	if !p.mayIAM("ListAttachedUserPolicies", attached) {
		return list, nil
	}
	out, err := p.iam().ListAttachedUserPolicies(p.r.Context(), attached)
	if err != nil {
		return nil, err
	}
	for _, a := range out.AttachedPolicies {
		if _, decided := matched[a.PolicyName.V]; !decided || !p.mayIAM("GetPolicyVersion", &iam.GetPolicyVersionInput{PolicyArn: a.PolicyArn}) {
			continue
		}
		text, err := p.defaultDocument(a.PolicyArn)
		if err != nil {
			return nil, err
		}
		list = append(list, inlinePolicy{a.PolicyName.V, text})
	}
	slices.SortFunc(list, func(a, b inlinePolicy) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// defaultDocument is the document of a managed policy that counts.
func (p *page) defaultDocument(arn api.Opt[string]) (string, error) {
	policy, err := p.iam().GetPolicy(p.r.Context(), &iam.GetPolicyInput{PolicyArn: arn})
	if err != nil {
		return "", err
	}
	version, err := p.iam().GetPolicyVersion(p.r.Context(), &iam.GetPolicyVersionInput{PolicyArn: arn, VersionId: policy.Policy.DefaultVersionId})
	if err != nil {
		return "", err
	}
	return documentOf(version.PolicyVersion.Document.V), nil
}

// mark cuts a document at the statements that have decided.
func mark(text string, statements []iam.Statement) (parts []part) {
	type span struct{ from, to int }
	var spans []span
	for _, s := range statements {
		if s.StartPosition != nil && s.EndPosition != nil {
			from, to := offset(text, s.StartPosition), offset(text, s.EndPosition)
			from += len(text[from:]) - len(strings.TrimLeft(text[from:], ", \t\r\n")) // it begins behind what is before
			spans = append(spans, span{from, to})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	done := 0
	for _, s := range spans {
		if s.from < done || s.to <= s.from {
			continue // the same statement again
		}
		parts = append(parts, part{Text: text[done:s.from]}, part{text[s.from:s.to], true})
		done = s.to
	}
	return append(parts, part{Text: text[done:]})
}

// offset is where a line and column, both from 1 on, are in a text.
func offset(text string, at *iam.Position) int {
	from := 0
	for range at.Line.V - 1 {
		next := strings.IndexByte(text[from:], '\n')
		if next < 0 {
			return len(text)
		}
		from += next + 1
	}
	column := 1
	for i := range text[from:] {
		if column == at.Column.V {
			return from + i
		}
		column++
	}
	return len(text)
}
