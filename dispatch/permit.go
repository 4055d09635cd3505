package dispatch

import "carillon/api"

// permit returns nil when the caller may run the operation, or the refusal.
// Every key may use the whole API within its AWS account and Carillon's own
// operations there; what reaches across AWS accounts is for the root key.
func permit(c *Call) error {
	switch {
	case c.Op.Removed():
		return api.Forbidden.Errorf("%s is not part of this API: Amazon removed it from the Amazon Chime endpoint", c.Op.Name)
	case c.Op.Audience == api.RootOnly && !c.Caller.Root:
		return denied(c)
	}
	return nil
}

// denied is the refusal of an operation to a principal.
func denied(c *Call) error {
	where := ""
	if resource := c.Op.ResourceOf(c.Caller.AwsAccountID, c.In, ""); resource != "*" {
		where = " on resource: " + resource
	}
	return c.Op.Service.Denied.Errorf("User: %s is not authorized to perform: %s%s because no identity-based policy allows the %[2]s action", c.Caller.ARN, c.Op.Action, where)
}
