package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"carillon/backup"
	"carillon/store"
	"carillon/store/sqlite"
)

// Restore puts the backup that r holds into a data directory that has no database.
// All of it is checked first; the directory gets all of it or nothing.
func Restore(ctx context.Context, r io.Reader, dir string, identities ...age.Identity) (*backup.Manifest, error) {
	if err := refuseDatabase(dir); err != nil {
		return nil, err
	}
	_, before := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp(dir, "restore.tmp.*")
	if err != nil {
		return nil, err
	}
	m, err := restoreFrom(ctx, r, dir, scratch, identities)
	err = errors.Join(err, os.RemoveAll(scratch))
	if err != nil && before != nil {
		_ = os.Remove(dir) // it was not there, and is empty
	}
	return m, err
}

func restoreFrom(ctx context.Context, r io.Reader, dir, scratch string, identities []age.Identity) (*backup.Manifest, error) {
	m, err := backup.Unpack(r, scratch, identities...)
	if err != nil {
		return nil, err
	}
	if err := m.Check(ctx, scratch); err != nil {
		return nil, err
	}
	if err := finish(ctx, scratch); err != nil {
		return nil, err
	}
	return m, sqlite.Move(filepath.Join(scratch, DatabaseFile), filepath.Join(dir, DatabaseFile), func() error {
		if err := refuseDatabase(dir); err != nil {
			return err
		}
		err := os.Rename(filepath.Join(scratch, KeyFile), filepath.Join(dir, KeyFile))
		if errors.Is(err, os.ErrNotExist) {
			err = nil
		}
		return err
	})
}

// finish opens an unpacked database, which must be one that this program can
// serve, and gives its pages their sums.
func finish(ctx context.Context, dir string) error {
	e, err := sqlite.Open(ctx, filepath.Join(dir, DatabaseFile), sqlite.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	return errors.Join(store.New(e).Serves(ctx), e.Close())
}

// MakeBackup writes a backup of a data directory that no server uses.
func MakeBackup(ctx context.Context, w io.Writer, o Options, recipients ...age.Recipient) (*backup.Manifest, error) {
	if _, err := ExistingDatabase(o.Data); err != nil {
		return nil, err
	}
	e, err := openEmbedded(ctx, o)
	if err != nil {
		return nil, err
	}
	st := store.New(e)
	source := backup.Source{Store: st, Data: o.Data, Program: o.Program, Now: time.Now()}
	m, err := backup.Make(ctx, w, source, filepath.Join(o.Data, scratchDir), recipients...)
	return m, errors.Join(err, st.Close())
}
