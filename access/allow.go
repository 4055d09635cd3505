package access

import "carillon/api"

// Allow returns nil when the caller may run the operation, or the refusal.
// Every key may use the whole API within its AWS account and Carillon's own
// operations there; what reaches across AWS accounts is for the root key.
func Allow(c *api.Caller, op *api.Op) error {
	switch {
	case op.Removed():
		return api.Forbidden.Errorf("%s is not part of this API: Amazon removed it from the Amazon Chime endpoint", op.Name)
	case op.Audience == api.RootOnly && !c.Root:
		return Denied(c, op)
	}
	return nil
}

// Denied is the refusal of an operation to a principal.
func Denied(c *api.Caller, op *api.Op) error {
	return api.Forbidden.Errorf("User: %s is not authorized to perform: %s", c.ARN, Action(op))
}

// Action is the name of an operation in policies, as in chime:CreateUser.
func Action(op *api.Op) string {
	if op.Audience == api.Public {
		return "chime:" + op.Name
	}
	return "carillon:" + op.Name
}
