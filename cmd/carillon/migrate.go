package main

import (
	"context"
	"fmt"
	"log/slog"

	"carillon/server"
)

type migrateCmd struct {
	openFlags
}

// Run migrates the database.
func (c *migrateCmd) Run(ctx context.Context, s streams) error {
	log := server.NewLog(s.err, "", slog.LevelWarn)
	defer log.Close()
	st, err := server.OpenStore(ctx, server.Options{
		Data: c.Data, Database: c.Database, StartupTimeout: c.StartupTimeout, Init: c.Init, Log: log.Logger,
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(s.err, "The schema is up to date.")
	return st.Close()
}
