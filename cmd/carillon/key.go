package main

import (
	"context"
	"errors"

	"carillon/internal/client"
)

type keyCmd struct {
	Create  keyCreateCmd  `cmd:"" help:"Make an access key for a named user; the secret is shown once."`
	Rotate  keyRotateCmd  `cmd:"" help:"Make a second access key for a user, and disable the first one later; the secret is shown once."`
	List    keyListCmd    `cmd:"" help:"List access keys."`
	Disable keyDisableCmd `cmd:"" help:"Disable an access key."`
	Enable  keyEnableCmd  `cmd:"" help:"Enable an access key again."`
	Delete  keyDeleteCmd  `cmd:"" help:"Delete an access key for good."`
}

type keyCreateCmd struct {
	User    string   `help:"Name of the user; its ARN ends in user/NAME." required:"" placeholder:"NAME"`
	Policy  []string `help:"Name or ARN of a managed policy to attach to the user; without one, a new user gets AmazonChimeFullAccess." placeholder:"POLICY"`
	Account string   `help:"AWS account of the user, 12 digits; else that of the root key." placeholder:"ID"`
	remoteFlags
}

// Run makes the key.
func (c *keyCreateCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "CreateAccessKey", client.Members{"UserName": c.User, "AwsAccountId": c.Account, "PolicyNames": c.Policy})
}

type keyRotateCmd struct {
	User    string `help:"Name of the user." required:"" placeholder:"NAME"`
	After   string `help:"How long the first key stays good; else 24h." placeholder:"DURATION"`
	Account string `help:"AWS account of the user, 12 digits; else that of the root key." placeholder:"ID"`
	remoteFlags
}

// Run makes the key that replaces the other.
func (c *keyRotateCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "RotateAccessKey", client.Members{"UserName": c.User, "AwsAccountId": c.Account, "After": c.After})
}

type keyListCmd struct {
	User    string `help:"Only keys of this user." placeholder:"NAME"`
	Account string `help:"Only keys of this AWS account." placeholder:"ID"`
	remoteFlags
}

// Run lists the keys.
func (c *keyListCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "ListAccessKeys", client.Members{"UserName": c.User, "AwsAccountId": c.Account})
}

// keyID is given as an argument or with --access-key-id.
type keyID struct {
	ID          string `arg:"" optional:"" name:"access-key-id" help:"The access key id."`
	AccessKeyID string `name:"access-key-id" help:"The access key id, instead of the argument." placeholder:"ID"`
}

// Validate is called by kong.
func (k *keyID) Validate() error {
	if (k.ID == "") == (k.AccessKeyID == "") {
		return errors.New("give one access key id")
	}
	return nil
}

func (k *keyID) in(status string) client.Members {
	return client.Members{"AccessKeyId": k.ID + k.AccessKeyID, "Status": status}
}

type keyDisableCmd struct {
	keyID
	remoteFlags
}

// Run disables the key.
func (c *keyDisableCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "UpdateAccessKey", c.in("Inactive"))
}

type keyEnableCmd struct {
	keyID
	remoteFlags
}

// Run enables the key.
func (c *keyEnableCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "UpdateAccessKey", c.in("Active"))
}

type keyDeleteCmd struct {
	keyID
	remoteFlags
}

// Run deletes the key.
func (c *keyDeleteCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "DeleteAccessKey", c.in(""))
}
