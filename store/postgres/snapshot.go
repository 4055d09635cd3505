package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"carillon/internal/fair"
	"carillon/store/engine"
)

var _ engine.Snapshotter = (*Engine)(nil)

// Snapshot implements [engine.Snapshotter]: one transaction, REPEATABLE READ and
// READ ONLY. It has a connection of the background.
func (e *Engine) Snapshot(ctx context.Context, fn func(engine.Tx) error) error {
	if !e.running.TryRLock() {
		return errClosed
	}
	defer e.running.RUnlock()
	ctx = engine.WithTenant(ctx, fair.Background)
	c, err := e.acquire(ctx)
	if err != nil {
		return err
	}
	defer c.release()
	t := &tx{ctx: ctx, conn: c.conn.Conn()}
	defer t.end()
	db, err := t.conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return t.classify(err)
	}
	defer rollback(ctx, db)
	for _, setting := range []string{"statement_timeout", "idle_in_transaction_session_timeout"} {
		if _, err := t.Exec("SET LOCAL " + setting + " = 0"); err != nil {
			return err
		}
	}
	return fn(t)
}
