package policy

// Request is what a principal wants to do.
type Request struct {
	// Action is the operation, as in chime:CreateUser, in any letter case.
	Action string
	// Resource is an ARN, or * for an operation that is about none.
	Resource string
	// Context has the values of condition keys. Nil is an empty one.
	Context Context
}

// Decision is the answer to a request.
type Decision uint8

const (
	// ImplicitDeny: no statement allows it.
	ImplicitDeny Decision = iota
	// Allowed: a statement allows it and none denies it.
	Allowed
	// ExplicitDeny: a statement denies it.
	ExplicitDeny
)

// String returns the decision as the policy simulator spells it.
func (d Decision) String() string {
	return [...]string{"implicitDeny", "allowed", "explicitDeny"}[d]
}

// Decide answers a request. It takes no memory, except for conditions that
// ignore letter case and have variables, patterns of more than four variables or
// with a ? between two *, and values that are no numbers or addresses where one is compared.
func (s *Set) Decide(r *Request) Decision {
	decision := ImplicitDeny
	if s == nil {
		return decision
	}
	q := query{*r, hashFold(r.Action)}
	for i := range s.rules {
		rule := &s.rules[i]
		// Once something allows the request, only a Deny matters.
		if !rule.deny && decision == Allowed || !rule.applies(&q) {
			continue
		}
		if rule.deny {
			return ExplicitDeny
		}
		decision = Allowed
	}
	return decision
}
