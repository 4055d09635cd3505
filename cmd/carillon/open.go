package main

import "time"

// openFlags are for commands that open the database to serve it or change its
// schema.
type openFlags struct {
	databaseFlags
	StartupTimeout time.Duration `help:"How long to wait for PostgreSQL if it cannot be reached; 0s: not at all." default:"60s" placeholder:"DURATION"`
	Init           bool          `help:"Begin anew in a data directory that has lost its database."`
}
