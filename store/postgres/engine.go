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

	"carillon/store/engine"
)

var _ engine.Engine = (*Engine)(nil)

// Engine is a PostgreSQL database. It implements [engine.Engine].
type Engine struct {
	pool    *pgxpool.Pool
	timeout time.Duration

	// running is held for reading by every operation; Close takes it for
	// writing and keeps it.
	running sync.RWMutex
	closing sync.Once
}

var (
	errClosed = fmt.Errorf("%w: the database is closed", engine.ErrUnavailable)
	// errTimeout is the cause of a context that has ended by our own timeout.
	errTimeout = fmt.Errorf("%w: the database takes too long", engine.ErrUnavailable)
)

// Open opens the database of a URL such as
//
//	postgres://user:password@host:5432/database?sslmode=verify-full
//
// which may have several hosts, and parameters as in libpq, of the server
// (statement_timeout=5s) and of the pool (pool_max_conns=20). It connects
// at once, or waits for the database if the options say so: an error wraps [engine.ErrUnavailable] if the database cannot be
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
	if err := e.await(ctx, opts); err != nil {
		pool.Close()
		return nil, err
	}
	return e, nil
}

// View implements [engine.Engine]. It takes one connection and begins no
// transaction; a statement that writes fails.
func (e *Engine) View(ctx context.Context, fn func(engine.Tx) error) error {
	if !e.running.TryRLock() {
		return errClosed
	}
	defer e.running.RUnlock()
	ctx, cancel := e.withTimeout(ctx)
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

// withTimeout ends ctx when the time is up that an operation may take.
func (e *Engine) withTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, e.timeout, errTimeout)
}

// acquire takes a connection from the pool. Whatever keeps it from getting
// one, the database is unavailable.
func (e *Engine) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	c, err := e.pool.Acquire(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, contextError(ctx)
	}
	if err != nil {
		return nil, unavailable(err)
	}
	return c, nil
}

// Ping implements [engine.Engine].
func (e *Engine) Ping(ctx context.Context) error {
	return e.View(ctx, func(tx engine.Tx) error {
		_, err := tx.Exec("SELECT 1")
		return err
	})
}

// Exclusive implements [engine.Engine]. It is always false.
func (e *Engine) Exclusive() bool { return false }

// Close implements [engine.Engine]. From then on everything else returns
// [engine.ErrUnavailable]; Close itself may be called again.
func (e *Engine) Close() error {
	e.closing.Do(func() {
		e.running.Lock()
		e.pool.Close()
	})
	return nil
}

// contextError says why a context that withTimeout returned has ended.
func contextError(ctx context.Context) error {
	if context.Cause(ctx) == errTimeout {
		return errTimeout
	}
	return ctx.Err()
}

// unavailable says that the database is, and why.
func unavailable(cause error) error {
	if errors.Is(cause, engine.ErrUnavailable) {
		return cause
	}
	return fmt.Errorf("%w: postgres: %w", engine.ErrUnavailable, cause)
}
