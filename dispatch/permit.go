package dispatch

import (
	"context"
	"errors"
	"strings"

	"carillon/api"
	"carillon/policy"
	"carillon/store"
	"carillon/store/engine"
)

// permit returns nil when the caller may run the operation, or the refusal, or
// errStrange.
// Policies do not bind the root key, and what reaches across AWS accounts is for
// it alone, whatever they say.
func (d *Dispatcher) permit(ctx context.Context, c *Call) error {
	switch {
	case c.Op.Removed():
		return api.Forbidden.Errorf("%s is not part of this API: Amazon removed it from the Amazon Chime endpoint", c.Op.Name)
	case c.Caller.Root, c.Op.Free, c.Op.Audience == api.Bearer:
		return nil
	}
	user, err := d.userOf(ctx, c)
	if err != nil {
		return err
	}
	err = d.judge(c, c.Op.ResourceOf(c.Caller.AwsAccountID, c.In, user))
	if err != nil || user == "" {
		return err
	}
	// Who gives a user another name or path must be allowed to do so to the one whom
	// that makes, too.
	if renamed := c.Op.Renamed(c.In, user); renamed != user {
		return d.judge(c, c.Op.ResourceOf(c.Caller.AwsAccountID, c.In, renamed))
	}
	return nil
}

// Permitted reports whether a caller may run an operation, as far as it is known
// what with. It asks the policies and leaves no record, for those who only want to
// know what to offer.
func (d *Dispatcher) Permitted(ctx context.Context, c *Call) bool { return d.permit(ctx, c) == nil }

// errStrange says that a call names what it is about by a text that can be no name:
// its shape is not good. Neither the database nor policies are asked about it, which
// might take long, or fail.
var errStrange = errors.New("dispatch: no name")

// maxName is the longest text that names what a call is about, in bytes: an ARN.
const maxName = 2048

func strange(name string) bool { return len(name) > maxName || strings.IndexByte(name, 0) >= 0 }

// misshapen returns the refusal of a call with such a name.
func (c *Call) misshapen() error {
	if err := c.shape(); err != nil {
		return err
	}
	return c.Op.Service.Invalid.Errorf("What the request names cannot be there: names have %d bytes at most", maxName)
}

// judge asks the caller's policies. What is for the root key only they can deny, and
// not allow.
func (d *Dispatcher) judge(c *Call, resource string) error {
	if strange(resource) {
		return errStrange
	}
	values := d.conditionsOf(c)
	defer values.release()
	decision := c.Policies.Decide(&policy.Request{Action: c.Op.Action, Resource: resource, Context: values})
	switch {
	case decision != policy.Allowed:
		return denied(c, resource, decision)
	case c.Op.Audience == api.RootOnly:
		return denied(c, resource, policy.ImplicitDeny)
	}
	return nil
}

// may implements May of [work.Unit].
func (d *Dispatcher) may(c *Call, action string) bool {
	if c.Caller.Root {
		return true
	}
	values := d.conditionsOf(c)
	defer values.release()
	return c.Policies.Decide(&policy.Request{Action: action, Resource: "*", Context: values}) == policy.Allowed
}

// denied is the refusal of an operation to a principal.
func denied(c *Call, resource string, decision policy.Decision) error {
	where, why := "", "because no identity-based policy allows the "+c.Op.Action+" action"
	if resource != "*" {
		where = " on resource: " + resource
	}
	if decision == policy.ExplicitDeny {
		why = "with an explicit deny in an identity-based policy"
	}
	return c.Op.Service.Denied.Errorf("User: %s is not authorized to perform: %s%s %s", c.Caller.ARN, c.Op.Action, where, why)
}

// userOf returns path and name of the user whom a member of the input names;
// empty: the operation is about none. Who does not exist has no path; whose key it
// is that nobody here has, only a pattern of everybody matches.
func (d *Dispatcher) userOf(ctx context.Context, c *Call) (string, error) {
	member := c.Op.UserBy()
	if member == "" {
		return "", nil
	}
	name := api.TextOf(c.In, member)
	if name == "" {
		_, own, _ := strings.Cut(c.Caller.ARN, ":user")
		return own, nil
	}
	if strange(name) {
		return "", errStrange
	}
	look, user := lookUpUser, "/"+name
	if member != "UserName" {
		look, user = lookUpOwner, "/*"
	}
	err := d.Store.View(engine.WithTenant(ctx, c.Caller.AwsAccountID), func(r store.Records) error {
		found, err := look(r, c.Caller.AwsAccountID, name)
		if err == nil {
			user = found
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return user, err
}

func lookUpUser(r store.Records, awsAccountID, name string) (string, error) {
	u, err := r.IamUser(awsAccountID, name)
	return u.Path + u.UserName, err
}

func lookUpOwner(r store.Records, awsAccountID, accessKeyID string) (string, error) {
	k, err := r.AccessKey(accessKeyID)
	if err == nil && k.AwsAccountID != awsAccountID {
		err = store.ErrNotFound
	}
	return k.UserPath + k.UserName, err
}
