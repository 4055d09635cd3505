package main

import (
	"context"

	"carillon/internal/client"
)

type accountCmd struct {
	Create accountCreateCmd `cmd:"" help:"Make an account of any type."`
	List   accountListCmd   `cmd:"" help:"List the accounts of the caller's AWS account."`
}

type accountCreateCmd struct {
	Name   string   `help:"Name of the account." required:"" placeholder:"NAME"`
	Type   string   `help:"Team, EnterpriseLWA, EnterpriseDirectory or EnterpriseOIDC; with --domain EnterpriseLWA, else Team." enum:",Team,EnterpriseLWA,EnterpriseDirectory,EnterpriseOIDC" default:""`
	Domain []string `help:"E-mail domain that the account claims; may be repeated." placeholder:"DOMAIN"`
	remoteFlags
}

// Run makes the account.
func (c *accountCreateCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "ProvisionAccount", client.Members{"Name": c.Name, "AccountType": c.Type, "Domains": c.Domain})
}

type accountListCmd struct {
	remoteFlags
}

// Run collects all pages into one answer.
func (c *accountListCmd) Run(ctx context.Context, s streams) error {
	return c.collect(ctx, s, "ListAccounts", "Accounts", client.Members{"MaxResults": largePage})
}
