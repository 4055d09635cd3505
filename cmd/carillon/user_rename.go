package main

import (
	"context"

	"carillon/internal/client"
)

type userRenameCmd struct {
	accountFlag
	UserID string `name:"user-id" help:"User." required:"" placeholder:"ID"`
	Name   string `help:"New name." required:"" placeholder:"NAME"`
	remoteFlags
}

// Run renames the user.
func (c *userRenameCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "RenameUser", client.Members{"AccountId": c.AccountID, "UserId": c.UserID, "DisplayName": c.Name})
}
