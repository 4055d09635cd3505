package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"carillon/internal/fair"
	"carillon/store/engine"
)

const (
	// maxAttempts is how often an update runs before it is given up.
	maxAttempts = 12
	// firstPause and maxPause bound the pauses between attempts, which double
	// each time and are cut at random.
	firstPause = 4 * time.Millisecond
	maxPause   = 500 * time.Millisecond
	// rollbackTimeout is how long a connection may take to roll back before
	// it is thrown away.
	rollbackTimeout = 5 * time.Second
)

// Update implements [engine.Engine]. It runs fn again, after a pause, while
// other transactions are in conflict with it; after 12 attempts it returns
// [engine.ErrUnavailable], and so it does when a lock takes too long. When ctx
// ends the running statement fails, but a commit that has begun goes on. If the
// connection is lost during the commit, that is [engine.ErrUnavailable] with
// [engine.ErrOutcomeUnknown].
func (e *Engine) Update(ctx context.Context, fn func(engine.Tx) error) error {
	limit := e.opts.Timeout
	if engine.Tenant(ctx) != fair.Background {
		limit = e.opts.Wait
	}
	ctx, cancel := withTimeout(ctx, limit)
	defer cancel()
	return e.retry(ctx, nil, fn)
}

// retry runs fn in transactions until one is not given up by the database.
func (e *Engine) retry(ctx context.Context, adapt func(string) string, fn func(engine.Tx) error) error {
	if !e.running.TryRLock() {
		return errClosed
	}
	defer e.running.RUnlock()
	var err error
	for attempt := range maxAttempts {
		if err := backOff(ctx, attempt); err != nil {
			return err
		}
		if err = e.transact(ctx, adapt, fn); !retryable(err) {
			return err
		}
	}
	return unavailable(fmt.Errorf("given up after %d attempts: %w", maxAttempts, err))
}

// backOff waits before an attempt, the first being 0.
func backOff(ctx context.Context, attempt int) error {
	if attempt == 0 {
		return nil
	}
	longest := min(firstPause<<(attempt-1), maxPause)
	select {
	case <-time.After(rand.N(longest)):
		return nil
	case <-ctx.Done():
		return contextError(ctx)
	}
}

// transact runs fn in a transaction. If a statement meets a conflict, transact
// returns that error, whatever fn makes of it.
func (e *Engine) transact(ctx context.Context, adapt func(string) string, fn func(engine.Tx) error) error {
	c, err := e.acquire(ctx)
	if err != nil {
		return err
	}
	defer c.release()
	t := &tx{ctx: ctx, conn: c.conn.Conn(), adapt: adapt, update: true}
	defer t.end()
	db, err := t.conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite})
	if err != nil {
		return t.classify(err)
	}
	defer rollback(ctx, db)
	if err = fn(t); err == nil {
		err = t.left.Run(t)
	}
	if err == nil || retryable(t.failed) {
		err = t.failed
	}
	if err != nil {
		return err
	}
	return e.commit(t, db)
}

// rollback ends a transaction that has not been committed.
func rollback(ctx context.Context, db pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
	defer cancel()
	_ = db.Rollback(ctx) // if it fails the connection is closed, which rolls back too
}

// commit commits although its caller may leave meanwhile: cutting it off would
// leave the outcome unknown.
func (e *Engine) commit(t *tx, db pgx.Tx) error {
	if t.ctx.Err() != nil {
		return contextError(t.ctx)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), e.opts.Timeout)
	defer cancel()
	begun := time.Now()
	err := db.Commit(ctx)
	e.opts.Committed(time.Since(begun), 1)
	if err == nil {
		return nil
	}
	if server := (*pgconn.PgError)(nil); errors.As(err, &server) && decided(server.Code) {
		return t.classify(err)
	}
	return unavailable(fmt.Errorf("%w: %w", engine.ErrOutcomeUnknown, err))
}

// decided reports whether an error of the server to a COMMIT says that there
// was none. An internal error is what a coordinator reports if a machine has not
// answered its own; and 40003 says by itself that nobody knows.
func decided(code string) bool { return code != "XX000" && code != "40003" }
