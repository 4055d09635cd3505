package server

import (
	"context"
	"errors"
	"log/slog"

	"carillon/access"
	"carillon/store"
	"carillon/trail"
)

// AuditReport is what a verification of the audit found.
type AuditReport struct {
	Ok               bool
	Batches, Records int
	// Head is the end of the chain, for operators to keep elsewhere.
	Head     string
	Problems []string
}

// VerifyAudit opens a database that no server needs and verifies its records. Keep
// is the head that an earlier verification has returned; empty: none.
func VerifyAudit(ctx context.Context, o Options, keep string) (*AuditReport, error) {
	o.Log = slog.New(slog.DiscardHandler)
	st, err := OpenStore(ctx, o)
	if err != nil {
		return nil, err
	}
	report, err := verifyAudit(ctx, st, keep)
	return report, errors.Join(err, st.Close())
}

func verifyAudit(ctx context.Context, st *store.Store, keep string) (*AuditReport, error) {
	secrets, err := access.LoadSecrets(ctx, st, access.RootKey{})
	if err != nil {
		return nil, err
	}
	t := trail.New(trail.Config{SealKey: access.Derive(secrets.Master, "audit seal")})
	var v trail.Verification
	for !v.Done {
		if err := st.View(ctx, func(r store.Records) error { return t.Verify(r, &v, keep) }); err != nil {
			return nil, err
		}
	}
	return &AuditReport{Ok: len(v.Problems) == 0, Batches: v.Batches, Records: v.Records, Head: v.Head, Problems: append([]string{}, v.Problems...)}, nil
}
