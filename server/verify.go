package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"filippo.io/age"

	"carillon/access"
	"carillon/backup"
	"carillon/store"
	"carillon/store/engine"
	"carillon/store/postgres"
	"carillon/store/sqlite"
)

// verifyTimeout is how long one statement of a verification may take on PostgreSQL.
const verifyTimeout = 24 * time.Hour

// VerifyReport is what a verification has found.
type VerifyReport struct {
	Ok       bool
	Problems []string
	// Notes are what could not be looked at.
	Notes []string `json:"-"`
}

// Verify checks a database: all that is in it is read, and nothing changed. A
// server may be serving it.
func Verify(ctx context.Context, o Options) (*VerifyReport, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	e, err := openToVerify(ctx, o)
	if errors.Is(err, sqlite.ErrDamaged) || errors.Is(err, sqlite.ErrForeign) {
		return report(store.Verification{Problems: []string{err.Error()}}), nil
	}
	if err != nil {
		return nil, err
	}
	st := store.New(e)
	v, err := verify(ctx, st)
	return report(v), errors.Join(err, st.Close())
}

func report(v store.Verification) *VerifyReport {
	return &VerifyReport{Ok: len(v.Problems) == 0, Problems: append([]string{}, v.Problems...), Notes: v.Notes}
}

// openToVerify opens a database as its owner or, while a server has it, as a guest.
func openToVerify(ctx context.Context, o Options) (engine.Engine, error) {
	if o.Database != "" {
		return postgres.Open(ctx, o.Database, postgres.Options{Startup: o.StartupTimeout, Logger: o.Log, Timeout: verifyTimeout})
	}
	path, err := ExistingDatabase(o.Data)
	if err != nil {
		return nil, err
	}
	e, err := openEmbedded(ctx, o)
	if errors.Is(err, store.ErrUnavailable) {
		return sqlite.OpenGuest(ctx, path, sqlite.Options{Logger: o.Log})
	}
	return e, err
}

// verify checks what the store and the audit promise.
func verify(ctx context.Context, st *store.Store) (v store.Verification, err error) {
	if v, err = st.Verify(ctx); err != nil {
		return v, err
	}
	problems, err := verifyChain(ctx, st)
	switch {
	case err != nil && len(v.Problems) > 0 && ctx.Err() == nil: // it cannot be read for what is known already
		return v, nil
	case err != nil:
		return v, err
	}
	v.Problems = append(v.Problems, problems...)
	return v, nil
}

// verifyChain checks the records of the audit.
func verifyChain(ctx context.Context, st *store.Store) (problems []string, err error) {
	var master []byte
	err = st.View(ctx, func(r store.Records) (err error) {
		master, err = access.ReadMaster(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(master) != masterSize {
		return []string{"rule: the master secret is not there or has not its length"}, nil
	}
	report, err := verifyAudit(ctx, st, access.Derive(master, "audit seal"), "")
	if err != nil {
		return nil, err
	}
	for _, p := range report.Problems {
		problems = append(problems, "audit: "+p)
	}
	return problems, nil
}

// masterSize is the length of the master secret in bytes.
const masterSize = 32

// VerifyBackup unpacks a backup into a directory for scratch, checks it as a restore
// does, and then verifies what is in it with this program's schema.
func VerifyBackup(ctx context.Context, r io.Reader, scratch string, identities ...age.Identity) (*VerifyReport, error) {
	m, err := backup.Unpack(r, scratch, identities...)
	if err == nil {
		err = m.Check(ctx, scratch)
	}
	switch {
	case errors.Is(err, backup.ErrNoIdentity), ctx.Err() != nil:
		return nil, err
	case err != nil:
		return report(store.Verification{Problems: []string{err.Error()}}), nil
	}
	st, err := OpenStore(ctx, Options{Data: scratch, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	v, err := verify(ctx, st)
	return report(v), errors.Join(err, st.Close())
}
