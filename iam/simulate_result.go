package iam

import (
	"slices"

	"carillon/api"
	"carillon/api/iam"
	"carillon/policy"
)

// results decides requests from one on: for each action all resources.
func (m *simulation) results(from, limit int) (results []iam.EvaluationResult, err error) {
	cost, statements := 0, 0
	for i := from; i < len(m.actions)*len(m.resources) && len(results) < limit; i++ {
		action, resource := m.actions[i/len(m.resources)], m.resources[i%len(m.resources)]
		if cost += m.cost(resource); cost > maxCost || cost > maxTotalCost && len(results) > 0 {
			break
		}
		result := m.decide(action, resource)
		statements += len(result.MatchedStatements)
		if statements > maxStatements && len(results) > 0 {
			break
		}
		results = append(results, result)
	}
	if results == nil && from < len(m.actions)*len(m.resources) {
		return nil, iam.InvalidInput.Errorf("The policies and the context are too large to be simulated together")
	}
	return results, nil
}

// cost is what one decision takes at most, about.
func (m *simulation) cost(resource string) int {
	return m.documents * (1 + (len(resource)+m.values)/64)
}

func (m *simulation) decide(action, resource string) iam.EvaluationResult {
	request := &policy.Request{Action: action, Resource: resource, Context: m.context}
	e := m.allow.Explain(request)
	result := iam.EvaluationResult{EvalActionName: action, EvalResourceName: api.Some(resource)}
	if m.limit != nil {
		boundary := m.limit.Explain(request)
		result.PermissionsBoundaryDecisionDetail = &iam.PermissionsBoundaryDecisionDetail{
			AllowedByPermissionsBoundary: api.Some(boundary.Decision == policy.Allowed),
		}
		e = within(e, boundary)
	}
	result.EvalDecision = iam.PolicyEvaluationDecisionType(e.Decision.String())
	result.MatchedStatements = shapes(e.Matched, statement)
	result.MissingContextValues = append([]string{}, e.Missing...)
	return result
}

// within is what policies decide inside of a boundary: what both allow is allowed,
// and a Deny of either counts.
func within(e, boundary policy.Explanation) policy.Explanation {
	missing := e.Missing
	for _, key := range boundary.Missing {
		if !slices.Contains(missing, key) {
			missing = append(missing, key)
		}
	}
	switch {
	case boundary.Decision == policy.ExplicitDeny:
		e = policy.Explanation{Decision: policy.ExplicitDeny, Matched: append(deniers(e), boundary.Matched...)}
	case e.Decision == policy.Allowed && boundary.Decision != policy.Allowed:
		e = policy.Explanation{} // no statement has decided that
	}
	e.Missing = missing
	return e
}

// deniers are the statements that deny.
func deniers(e policy.Explanation) []policy.Match {
	if e.Decision != policy.ExplicitDeny {
		return nil
	}
	return e.Matched
}

func statement(m *policy.Match) iam.Statement {
	return iam.Statement{
		SourcePolicyId: api.Some(m.SourceID), SourcePolicyType: api.Some(iam.PolicySourceType(m.SourceKind)),
		StartPosition: position(m.Start), EndPosition: position(m.End),
	}
}

func position(p policy.Position) *iam.Position {
	return &iam.Position{Line: api.Some(p.Line), Column: api.Some(p.Column)}
}
