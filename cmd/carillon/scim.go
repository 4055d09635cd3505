package main

import (
	"context"
	"time"

	"carillon/internal/client"
)

type scimTokenCmd struct {
	Create scimTokenCreateCmd `cmd:"" help:"Make a token; it is shown once."`
	List   scimTokenListCmd   `cmd:"" help:"List the tokens of an account."`
	Delete scimTokenDeleteCmd `cmd:"" help:"Delete a token; it ends at once."`
}

type scimTokenCreateCmd struct {
	AccountID string `name:"account-id" help:"Account that the token is good for." required:"" placeholder:"ID"`
	Name      string `help:"Name of the token, as in Okta." required:"" placeholder:"NAME"`
	Expires   days   `help:"Time until it ends, in days or hours; without it never." placeholder:"DURATION"`
	remoteFlags
}

// Run makes the token.
func (c *scimTokenCreateCmd) Run(ctx context.Context, s streams) error {
	in := client.Members{"AccountId": c.AccountID, "Name": c.Name}
	if c.Expires != 0 {
		in["ExpiresInSeconds"] = int64(time.Duration(c.Expires) / time.Second)
	}
	return c.call(ctx, s, "CreateScimToken", in)
}

type scimTokenListCmd struct {
	AccountID string `name:"account-id" help:"Account." required:"" placeholder:"ID"`
	remoteFlags
}

// Run lists the tokens.
func (c *scimTokenListCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "ListScimTokens", client.Members{"AccountId": c.AccountID})
}

type scimTokenDeleteCmd struct {
	AccountID string `name:"account-id" help:"Account." required:"" placeholder:"ID"`
	TokenID   string `name:"token-id" help:"Token." required:"" placeholder:"ID"`
	remoteFlags
}

// Run deletes the token.
func (c *scimTokenDeleteCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "DeleteScimToken", client.Members{"AccountId": c.AccountID, "TokenId": c.TokenID})
}

type scimRequestCmd struct {
	List scimRequestListCmd `cmd:"" help:"List the last requests of identity providers and what came of them, the newest first."`
}

type scimRequestListCmd struct {
	AccountID string `name:"account-id" help:"Account." required:"" placeholder:"ID"`
	remoteFlags
}

// Run lists the requests.
func (c *scimRequestListCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "ListScimRequests", client.Members{"AccountId": c.AccountID})
}

type scimGroupCmd struct {
	Map  scimGroupMapCmd  `cmd:"" help:"Have a group give its members a licence."`
	List scimGroupListCmd `cmd:"" help:"List the groups of an account and the licences that they give."`
}

type scimGroupMapCmd struct {
	AccountID string `name:"account-id" help:"Account." required:"" placeholder:"ID"`
	GroupID   string `name:"group-id" help:"Group." required:"" placeholder:"ID"`
	License   string `help:"Licence of its members: Basic or Pro; without it none." placeholder:"LICENSE"`
	remoteFlags
}

// Run maps the group.
func (c *scimGroupMapCmd) Run(ctx context.Context, s streams) error {
	in := client.Members{"AccountId": c.AccountID, "GroupId": c.GroupID}
	if c.License != "" {
		in["License"] = c.License
	}
	return c.call(ctx, s, "MapScimGroup", in)
}

type scimGroupListCmd struct {
	AccountID string `name:"account-id" help:"Account." required:"" placeholder:"ID"`
	remoteFlags
}

// Run lists the groups.
func (c *scimGroupListCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "ListScimGroupMappings", client.Members{"AccountId": c.AccountID})
}
