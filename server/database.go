package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"carillon/store/engine"
	"carillon/store/sqlite"
)

// The names of files in the data directory.
const (
	// DatabaseFile is the embedded database.
	DatabaseFile = "carillon.db"
	// KeyFile is how commands on the same machine find the server. It comes to be
	// when the database is there.
	KeyFile = "root-key.json"
)

// openEmbedded opens the database in the data directory, which must not have
// lost it.
func openEmbedded(ctx context.Context, o Options) (engine.Engine, error) {
	e, err := sqlite.Open(ctx, filepath.Join(o.Data, DatabaseFile), sqlite.Options{
		Logger: o.Log, Committed: o.committed, Traces: []string{filepath.Join(o.Data, KeyFile)}, Init: o.Init, Volatile: o.Throwaway,
	})
	switch {
	case err == nil:
		return e, nil
	case errors.Is(err, sqlite.ErrLost):
		err = fmt.Errorf("%w; \"carillon restore\" brings a backup back, --init begins anew", err)
	case errors.Is(err, sqlite.ErrDamaged), errors.Is(err, sqlite.ErrForeign):
		err = fmt.Errorf("%w; move it away, and \"carillon restore\" brings a backup back, or --init begins anew", err)
	}
	return nil, err
}

// findDatabase returns the path of the database in a data directory, and whether
// there is one. An empty file is none: one is left by a start that was cut off.
func findDatabase(dir string) (path string, there bool, err error) {
	path = filepath.Join(dir, DatabaseFile)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, false, nil
	}
	return path, err == nil && info.Size() > 0, err
}

// ExistingDatabase returns the path of the database in a data directory. Without
// one the error says so, for people.
func ExistingDatabase(dir string) (path string, err error) {
	path, there, err := findDatabase(dir)
	if err == nil && !there {
		err = fmt.Errorf("there is no database in %s", dir)
	}
	return path, err
}

// refuseDatabase refuses a data directory with a database.
func refuseDatabase(dir string) error {
	_, there, err := findDatabase(dir)
	if there {
		return fmt.Errorf("there is a database in %s already: move it away, or choose another directory", dir)
	}
	return err
}

// InUse reports whether a server has its embedded database in a data directory.
func InUse(dir string) bool { return sqlite.InUse(filepath.Join(dir, DatabaseFile)) }

// ready returns nil when the server can serve: its database is there, and the
// one that it reads from.
func (s *Server) ready(ctx context.Context) error {
	if err := s.store.Ready(ctx); err != nil || s.reads == nil {
		return err
	}
	if err := s.reads.Ready(ctx); err != nil {
		return fmt.Errorf("the read replica: %w", err)
	}
	return nil
}
