package dispatch

import "carillon/api"

// permit returns nil when the caller may run the operation, or the refusal.
// Every key may use the whole API within its AWS account and Carillon's own
// operations there; what reaches across AWS accounts is for the root key.
func permit(c *api.Caller, op *api.Op) error {
	switch {
	case op.Removed():
		return api.Forbidden.Errorf("%s is not part of this API: Amazon removed it from the Amazon Chime endpoint", op.Name)
	case op.Audience == api.RootOnly && !c.Root:
		return api.Forbidden.Errorf("User: %s is not authorized to perform: %s", c.ARN, op.Action)
	}
	return nil
}
