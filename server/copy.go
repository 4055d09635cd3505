package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"carillon/store"
	"carillon/store/engine"
	"carillon/store/postgres"
	"carillon/store/sqlite"
)

// CopyOptions are the settings of [Copy].
type CopyOptions struct {
	// From and To are data directories, or URLs of PostgreSQL databases.
	From, To string
	// Log hears what goes wrong beside the copy.
	Log *slog.Logger
	// Progress hears how far it is: how many rows of a table were copied or compared.
	Progress func(what string, rows int64)
}

// Copy copies a database that nobody serves into an empty one, as [store.Copy]
// says, and returns the tables that both have now. What begins a copy that was
// interrupted goes on with it.
func Copy(ctx context.Context, o CopyOptions) (tables []store.CopiedTable, err error) {
	from, err := openCopied(ctx, o, o.From, false)
	if err != nil {
		return nil, fmt.Errorf("the source: %w", err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := openCopied(ctx, o, o.To, true)
	if err != nil {
		return nil, fmt.Errorf("the target: %w", err)
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	return store.Copy(ctx, from, to, o.Progress)
}

// openCopied opens a database so that nobody else has it. Where make is not set it
// must be there.
func openCopied(ctx context.Context, o CopyOptions, place string, make bool) (*store.Store, error) {
	e, err := openPlace(ctx, o, place, make)
	if err != nil {
		return nil, err
	}
	st := store.New(e)
	st.Log = o.Log
	if alone, ok := e.(engine.Occupier); ok {
		if err := alone.Reserve(ctx); err != nil {
			return nil, errors.Join(err, st.Close())
		}
	}
	return st, nil
}

// copySession is what the sessions of a copy are called.
const copySession = "carillon copy"

// copyPatience is how long one statement of a copy may take, or wait: it reads whole
// tables.
const copyPatience = 24 * time.Hour

func openPlace(ctx context.Context, o CopyOptions, place string, make bool) (engine.Engine, error) {
	if isURL(place) {
		return postgres.Open(ctx, place, postgres.Options{
			Name: copySession, MaxConns: 2, Timeout: copyPatience, Wait: copyPatience, ReadTimeout: copyPatience, Logger: o.Log,
		})
	}
	if make {
		if err := os.MkdirAll(place, 0o700); err != nil {
			return nil, fmt.Errorf("creating the data directory: %w", err)
		}
	} else if _, err := ExistingDatabase(place); err != nil {
		return nil, err
	}
	path := filepath.Join(place, DatabaseFile)
	return sqlite.Open(ctx, path, sqlite.Options{Logger: o.Log})
}
