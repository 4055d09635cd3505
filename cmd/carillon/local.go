package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"

	"carillon/server"
)

// version is set by the build; see the Makefile.
var version = "development"

type migrateCmd struct {
	openFlags
}

// Run migrates the database.
func (c *migrateCmd) Run(ctx context.Context, s streams) error {
	st, err := server.OpenStore(ctx, server.Options{
		Data: c.Data, Database: c.Database, StartupTimeout: c.StartupTimeout, Init: c.Init, Log: server.NewLogger(s.err, slog.LevelWarn),
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(s.err, "The schema is up to date.")
	return st.Close()
}

type versionCmd struct {
	outputFlag
}

// Run prints version, commit and Go version.
func (c *versionCmd) Run(s streams) error {
	return c.print(s, map[string]string{"Version": version, "Commit": commit(), "GoVersion": runtime.Version()})
}

// commit is the revision that the build recorded, if any.
func commit() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				return setting.Value
			}
		}
	}
	return "unknown"
}
