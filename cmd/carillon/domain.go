package main

import (
	"context"
	"errors"

	"carillon/internal/client"
)

type domainCmd struct {
	Add    domainAddCmd    `cmd:"" help:"Claim a domain; it counts as verified."`
	List   domainListCmd   `cmd:"" help:"List the domains of an account."`
	Remove domainRemoveCmd `cmd:"" help:"Release a domain."`
}

// domainName is given as an argument or with --domain.
type domainName struct {
	Name   string `arg:"" optional:"" name:"domain" help:"The domain, as in example.com."`
	Domain string `name:"domain" help:"The domain, instead of the argument." placeholder:"DOMAIN"`
}

// Validate is called by kong.
func (d *domainName) Validate() error {
	if (d.Name == "") == (d.Domain == "") {
		return errors.New("give one domain")
	}
	return nil
}

func (d *domainName) in(account string) client.Members {
	return client.Members{"AccountId": account, "DomainName": d.Name + d.Domain}
}

type domainAddCmd struct {
	domainName
	accountFlag
	remoteFlags
}

// Run claims the domain.
func (c *domainAddCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "AddDomain", c.in(c.AccountID))
}

type domainListCmd struct {
	accountFlag
	remoteFlags
}

// Run lists the domains.
func (c *domainListCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "ListDomains", client.Members{"AccountId": c.AccountID})
}

type domainRemoveCmd struct {
	domainName
	accountFlag
	remoteFlags
}

// Run releases the domain.
func (c *domainRemoveCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "DeleteDomain", c.in(c.AccountID))
}
