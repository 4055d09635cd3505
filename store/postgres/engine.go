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

	"carillon/internal/fair"
	"carillon/internal/gather"
	"carillon/store/engine"
)

var _ engine.Engine = (*Engine)(nil)

// Engine is a PostgreSQL database. It implements [engine.Engine].
type Engine struct {
	pool  *pgxpool.Pool
	conns *fair.Semaphore // a permit for every connection of the pool
	opts  Options
	// singles are the statements of views for one row.
	singles *gather.Group[*single]

	occupancy occupancy

	// running is held for reading by every operation; Close takes it for
	// writing and keeps it.
	running sync.RWMutex
	closing sync.Once
}

// inCompany says which part of the connections a tenant may have while others
// are about: each has a process of the database server, and these get the same
// time of its processors.
const inCompany = 4

var (
	errClosed = fmt.Errorf("%w: the database is closed", engine.ErrUnavailable)
	// errNoTurn says that others have all the connections.
	errNoTurn = fmt.Errorf("%w: no connection in time", engine.ErrUnavailable)
	// errTimeout is the cause of a context that has ended by our own timeout.
	errTimeout = fmt.Errorf("%w: the database takes too long", engine.ErrUnavailable)
)

// Open opens the database of a URL such as
//
//	postgres://user:password@host:5432/database?sslmode=verify-full
//
// which may have several hosts, and parameters as in libpq, of the server
// (statement_timeout=5s) and of the pool (pool_max_conns=20). It connects at
// once, or waits for the database if the options say so. An error wraps
// [engine.ErrUnavailable] if the database cannot be reached, and never holds the
// password. Later on the engine reconnects by itself.
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
	e := &Engine{pool: pool, conns: fair.NewSemaphore(int(config.MaxConns), int(config.MaxConns)/inCompany), opts: opts}
	e.singles = e.newSingles()
	if err := e.await(ctx, opts); err != nil {
		pool.Close()
		return nil, err
	}
	return e, nil
}

// View implements [engine.Engine]. It begins no transaction; a statement that
// writes fails.
func (e *Engine) View(ctx context.Context, fn func(engine.Tx) error) error {
	if !e.running.TryRLock() {
		return errClosed
	}
	defer e.running.RUnlock()
	ctx, cancel := e.limit(ctx)
	defer cancel()
	switch {
	case ctx.Err() != nil:
		return contextError(ctx)
	case e.occupancy.ousted.Load():
		return errOusted
	}
	v := &view{tx: tx{ctx: ctx}, engine: e}
	defer v.end()
	return fn(v)
}

// withTimeout ends ctx when the time is up that an operation may take.
func withTimeout(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, limit, errTimeout)
}

// lease is a connection with the permit to use it.
type lease struct {
	conn   *pgxpool.Conn
	conns  *fair.Semaphore
	tenant string
}

func (l lease) release() {
	l.conn.Release()
	l.conns.Release(l.tenant)
}

// acquire takes a connection from the pool when the tenant's turn comes.
// Whatever keeps it from getting one, the database is unavailable.
func (e *Engine) acquire(ctx context.Context) (lease, error) {
	if e.occupancy.ousted.Load() {
		return lease{}, errOusted
	}
	tenant := engine.Tenant(ctx)
	if err := e.awaitTurn(ctx, tenant); err != nil {
		return lease{}, err
	}
	c, err := e.pool.Acquire(ctx)
	if err == nil {
		return lease{c, e.conns, tenant}, nil
	}
	e.conns.Release(tenant)
	if ctx.Err() != nil {
		return lease{}, contextError(ctx)
	}
	return lease{}, unavailable(err)
}

// awaitTurn gets a permit. Mostly one is free, and then there is no need for a
// timer. The background waits for as long as its operation may take.
func (e *Engine) awaitTurn(ctx context.Context, tenant string) error {
	if ctx.Err() != nil {
		return contextError(ctx)
	}
	if e.conns.TryAcquire(tenant) {
		return nil
	}
	limited, cancel := ctx, context.CancelFunc(func() {})
	if tenant != fair.Background {
		limited, cancel = context.WithTimeout(ctx, e.opts.Wait)
	}
	defer cancel()
	err := e.conns.Acquire(limited, tenant)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return contextError(ctx)
	}
	return errNoTurn
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

// Stats implements [engine.Engine].
func (e *Engine) Stats() engine.Stats {
	s := e.pool.Stat()
	return engine.Stats{
		Conns: int(s.TotalConns()), Busy: int(s.AcquiredConns()), MaxConns: int(s.MaxConns()),
		Waiting: map[string]int{"connection": e.conns.Waiting()},
	}
}

// Close implements [engine.Engine]. From then on everything else returns
// [engine.ErrUnavailable]; Close itself may be called again.
func (e *Engine) Close() error {
	e.closing.Do(func() {
		e.running.Lock()
		e.occupancy.end()
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
