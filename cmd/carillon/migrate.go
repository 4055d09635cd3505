package main

import (
	"context"
	"fmt"
	"log/slog"

	"carillon/server"
)

type migrateCmd struct {
	databaseFlags
}

// Run migrates the database.
func (c *migrateCmd) Run(ctx context.Context, s streams) error {
	st, err := server.OpenStore(ctx, server.Options{Data: c.Data, Database: c.Database, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	fmt.Fprintln(s.err, "The schema is up to date.")
	return st.Close()
}
