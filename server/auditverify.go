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
	secrets, err := access.LoadSecrets(ctx, st, access.RootKey{})
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	report, err := verifyAudit(ctx, st, access.Derive(secrets.Master, "audit seal"), keep)
	return report, errors.Join(err, st.Close())
}

func verifyAudit(ctx context.Context, st *store.Store, sealKey [32]byte, keep string) (*AuditReport, error) {
	t := trail.New(trail.Config{SealKey: sealKey})
	var v trail.Verification
	for !v.Done {
		if err := st.View(ctx, func(r store.Records) error { return t.Verify(r, &v, keep) }); err != nil {
			return nil, err
		}
	}
	return &AuditReport{Ok: len(v.Problems) == 0, Batches: v.Batches, Records: v.Records, Head: v.Head, Problems: append([]string{}, v.Problems...)}, nil
}
