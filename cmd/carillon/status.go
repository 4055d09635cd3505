package main

import "context"

type statusCmd struct{ remoteFlags }

// Run asks the server for its status and prints it.
func (c *statusCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "GetServerStatus", nil)
}
