// Package postgres is the engine for PostgreSQL and for distributed databases
// that speak its protocol, shared by any number of replicas.
//
// Transactions are READ COMMITTED. Where an update reads what it will write,
// its SQL locks the rows (SELECT … FOR UPDATE). A transaction that the
// database gives up for the sake of another one — ordinary on distributed
// databases — runs again, in the one loop of this package.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"carillon/store"
)

var _ store.Engine = (*Engine)(nil)

// Engine is a PostgreSQL database. It implements [store.Engine].
type Engine struct {
	pool    *pgxpool.Pool
	timeout time.Duration

	// running is held for reading by every operation; Close takes it for
	// writing and keeps it.
	running sync.RWMutex
	closing sync.Once
}

var (
	errClosed = fmt.Errorf("%w: the database is closed", store.ErrUnavailable)
	// errSlow is the cause of a context that has ended by our own timeout.
	errSlow = fmt.Errorf("%w: the database takes too long", store.ErrUnavailable)
)

// Open opens the database of a URL such as
//
//	postgres://user:password@host:5432/database?sslmode=verify-full
//
// which may have several hosts, and parameters as in libpq, of the server
// (statement_timeout=5s) and of the pool (pool_max_conns=20). It connects
// once: an error wraps [store.ErrUnavailable] if the database cannot be
// reached, and never holds the password. Later on the engine reconnects by
// itself.
func Open(ctx context.Context, url string, opts Options) (*Engine, error) {
	opts = opts.withDefaults()
	config, err := configure(url, opts)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	e := &Engine{pool: pool, timeout: opts.Timeout}
	if err := e.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return e, nil
}

// View implements [store.Engine]. It takes one connection and begins no
// transaction; a statement that writes fails.
func (e *Engine) View(ctx context.Context, fn func(store.Tx) error) error {
	if !e.running.TryRLock() {
		return errClosed
	}
	defer e.running.RUnlock()
	ctx, cancel := e.limit(ctx)
	defer cancel()
	c, err := e.acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	t := &tx{ctx: ctx, conn: c.Conn()}
	defer t.end()
	return fn(t)
}

// limit ends ctx when the time is up that an operation may take.
func (e *Engine) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, e.timeout, errSlow)
}

// acquire takes a connection from the pool. Whatever keeps it from getting
// one, the database is unavailable.
func (e *Engine) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	c, err := e.pool.Acquire(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, ended(ctx)
	}
	if err != nil {
		return nil, unavailable(err)
	}
	return c, nil
}

// Ping implements [store.Engine].
func (e *Engine) Ping(ctx context.Context) error {
	return e.View(ctx, func(tx store.Tx) error {
		_, err := tx.Exec("SELECT 1")
		return err
	})
}

// Exclusive implements [store.Engine]. It is always false.
func (e *Engine) Exclusive() bool { return false }

// Close implements [store.Engine]. From then on everything else returns
// [store.ErrUnavailable]; Close itself may be called again.
func (e *Engine) Close() error {
	e.closing.Do(func() {
		e.running.Lock()
		e.pool.Close()
	})
	return nil
}

// ended says why a context that limit returned has ended.
func ended(ctx context.Context) error {
	if context.Cause(ctx) == errSlow {
		return errSlow
	}
	return ctx.Err()
}

// unavailable says that the database is, and why.
func unavailable(cause error) error {
	if errors.Is(cause, store.ErrUnavailable) {
		return cause
	}
	return fmt.Errorf("%w: postgres: %w", store.ErrUnavailable, cause)
}
