package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"carillon/store/engine"
)

var _ engine.Occupier = (*Engine)(nil)

// occupancyLock is the key of the advisory lock that those who serve share and
// who reserves has alone.
const occupancyLock = migrationLock + 1

const (
	takeShared = "SELECT pg_try_advisory_lock_shared($1)"
	takeAlone  = "SELECT pg_try_advisory_lock($1)"
)

// reserveWait is how long Reserve waits for sessions that are about to end: those
// of a server that has just stopped, or of a copy that was killed.
const reserveWait = 3 * time.Second

// errOusted: the connection with the lock was lost, and another process has
// the lock now.
var errOusted = fmt.Errorf("%w: %w: another process has it alone", engine.ErrUnavailable, engine.ErrOccupied)

// errNoLocks: nothing could keep servers off.
var errNoLocks = errors.New("postgres: a database of this kind has no advisory locks, and cannot be had alone")

// occupancy is the session that holds the lock.
type occupancy struct {
	ousted atomic.Bool
	stop   context.CancelFunc // nil: nothing is held
	tasks  sync.WaitGroup
}

// end gives the lock back.
func (o *occupancy) end() {
	if o.stop != nil {
		o.stop()
	}
	o.tasks.Wait()
}

// Occupy implements [engine.Occupier], by a connection that is not one of the
// pool. If that is lost, it is made anew; if the database was reserved meanwhile,
// all Views and Updates fail from then on until it no longer is. A database without
// advisory locks cannot be reserved, so that there is nothing to hold.
func (e *Engine) Occupy(ctx context.Context) error {
	if d, err := e.dialect(ctx); err != nil || d.rowLock {
		return err
	}
	conn, err := e.lock(ctx, takeShared)
	if err != nil {
		return err
	}
	e.hold(conn, func(ctx context.Context) *pgx.Conn { return e.again(ctx, takeShared) })
	return nil
}

// Reserve implements [engine.Occupier]. Sessions named as those of servers count as
// well, on all machines of a Citus cluster: advisory locks hold on one only. If the
// connection is lost, all Views and Updates fail from then on.
func (e *Engine) Reserve(ctx context.Context) error {
	if d, err := e.dialect(ctx); err != nil || d.rowLock {
		return errors.Join(err, errNoLocks)
	}
	conn, err := e.lockAlone(ctx)
	for deadline := time.Now().Add(reserveWait); errors.Is(err, engine.ErrOccupied) && time.Now().Before(deadline); {
		time.Sleep(reserveWait / 20)
		conn, err = e.lockAlone(ctx)
	}
	if err == nil {
		e.hold(conn, func(context.Context) *pgx.Conn { return nil })
	}
	return err
}

// lockAlone takes the lock, unless somebody serves without it.
func (e *Engine) lockAlone(ctx context.Context) (*pgx.Conn, error) {
	conn, err := e.lock(ctx, takeAlone)
	if err != nil {
		return nil, err
	}
	if err := e.checkSessions(ctx, conn); err != nil {
		_ = conn.Close(ctx)
		return nil, err
	}
	return conn, nil
}

// lock opens a connection that has the lock.
func (e *Engine) lock(ctx context.Context, query string) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, e.pool.Config().ConnConfig)
	if err != nil {
		return nil, unavailable(err)
	}
	var taken bool
	if err = conn.QueryRow(ctx, query, int64(occupancyLock)).Scan(&taken); err == nil && taken {
		return conn, nil
	}
	_ = conn.Close(ctx)
	if err != nil {
		return nil, unavailable(err)
	}
	if query == takeShared {
		return nil, fmt.Errorf("%w: it is being copied, or copied to", engine.ErrOccupied)
	}
	return nil, fmt.Errorf("%w: a server runs on it, or another copy: stop it first", engine.ErrOccupied)
}

// sessions counts the sessions of servers, on one machine or on all.
const sessions = `SELECT COUNT(*) FROM $activity WHERE datname = current_database() AND application_name = $1`

func (e *Engine) checkSessions(ctx context.Context, conn *pgx.Conn) error {
	var citus bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')").Scan(&citus); err != nil {
		return unavailable(err)
	}
	activity := "pg_stat_activity"
	if citus {
		activity = "citus_stat_activity"
	}
	var n int64
	if err := conn.QueryRow(ctx, strings.Replace(sessions, "$activity", activity, 1), sessionName).Scan(&n); err != nil {
		return unavailable(err)
	}
	if n > 0 {
		return fmt.Errorf("%w: it has %d sessions of servers: stop these first", engine.ErrOccupied, n)
	}
	return nil
}

// hold keeps the connection until the engine is closed; again makes another one
// when it is lost, and returns nil if there is to be none.
func (e *Engine) hold(conn *pgx.Conn, again func(context.Context) *pgx.Conn) {
	ctx, stop := context.WithCancel(context.Background())
	e.occupancy.stop = stop
	e.occupancy.tasks.Go(func() {
		for conn != nil {
			_, _ = conn.WaitForNotification(ctx) // of which there are none: it returns when the connection ends
			_ = conn.Close(context.WithoutCancel(ctx))
			conn = again(ctx)
		}
		e.occupancy.ousted.Store(true)
	})
}

// again takes a lock that was lost, as soon as it can be had, and lets nothing be
// done while another process has it. When ctx ends it returns nil.
func (e *Engine) again(ctx context.Context, query string) *pgx.Conn {
	for {
		conn, err := e.lock(ctx, query)
		switch {
		case err == nil:
			e.occupancy.ousted.Store(false)
			return conn
		case errors.Is(err, engine.ErrOccupied):
			e.occupancy.ousted.Store(true)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(relisten):
		}
	}
}
