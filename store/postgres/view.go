package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"carillon/internal/fair"
	"carillon/internal/gather"
	"carillon/store/engine"
)

// view implements [engine.Tx] and [engine.Single] for reading. It has no connection
// until it needs one of its own: its statements do not belong together.
type view struct {
	tx
	engine *Engine
	lease  lease // if there is tx.conn
}

// connect gets a connection.
func (v *view) connect() error {
	if v.conn != nil || v.over {
		return nil
	}
	c, err := v.engine.acquire(v.ctx)
	if err == nil {
		v.lease, v.conn = c, c.conn.Conn()
	}
	return err
}

// end is for when the closure has returned.
func (v *view) end() {
	v.over = true
	if v.conn != nil {
		v.lease.release()
	}
}

// Exec implements [engine.Tx].
func (v *view) Exec(query string, args ...any) (int64, error) {
	if err := v.connect(); err != nil {
		return 0, err
	}
	return v.tx.Exec(query, args...)
}

// Query implements [engine.Tx].
func (v *view) Query(query string, args []any, each func(engine.Row) error) error {
	if err := v.connect(); err != nil {
		return err
	}
	return v.tx.Query(query, args, each)
}

// single is a statement for one row at most.
type single struct {
	tenant string
	query  string
	args   []any
	scan   func(engine.Row) error

	done bool // found and err count
	err  error
}

// Single implements [engine.Single]. Statements that wait at the same time go to
// the database together, one behind the other without waiting for answers: most
// of what one costs here is sending it and being woken for its answer.
func (v *view) Single(query string, args []any, scan func(engine.Row) error) error {
	query, args, err := v.prepare(query, args)
	if err != nil {
		return err
	}
	v.busy = true
	s := &single{tenant: engine.Tenant(v.ctx), query: query, args: args, scan: scan}
	err = v.engine.singles.Do(v.ctx, s)
	v.busy = false
	switch {
	case s.done:
		return s.err
	case v.ctx.Err() != nil:
		return contextError(v.ctx)
	case err != nil && !errors.Is(err, gather.ErrPanic):
		return unavailable(err)
	}
	return v.Query(query, args, scan) // what ails others must not keep it from being done
}

const (
	// singleTurns is how many connections a tenant has for such statements. With
	// more of them fewer would go together.
	singleTurns = 2
	// perTurn is how many go together at most, which bounds how long the first one's
	// answer takes.
	perTurn = 64
)

func (e *Engine) newSingles() *gather.Group[*single] {
	o := gather.Options[*single]{Turns: singleTurns, Most: perTurn, Key: func(s *single) string { return s.tenant }}
	return gather.New(o, e.runSingles)
}

// runSingles runs the statements of a tenant.
func (e *Engine) runSingles(tenant string, take func() []*single) error {
	ctx, cancel := e.limit(engine.WithTenant(context.Background(), tenant))
	defer cancel()
	c, err := e.acquire(ctx)
	if err != nil {
		return err
	}
	defer c.release()
	var batch pgx.Batch
	list := take()
	for _, s := range list {
		batch.Queue(s.query, s.args...)
	}
	results := c.conn.SendBatch(ctx, &batch)
	defer results.Close()
	for _, s := range list {
		if !s.read(results) {
			return nil // it has failed those behind it, too: all of them try alone
		}
	}
	return nil
}

// read takes the answer to a statement; false: it has failed.
func (s *single) read(results pgx.BatchResults) bool {
	rows, err := results.Query()
	if err != nil {
		return false
	}
	for rows.Next() && s.err == nil {
		s.err = s.scan(&row{rows})
	}
	rows.Close()
	s.done = rows.Err() == nil
	return s.done
}

// limit ends a view's context when its time is up.
func (e *Engine) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if engine.Tenant(ctx) == fair.Background {
		return withTimeout(ctx, e.opts.Timeout)
	}
	return withTimeout(ctx, min(e.opts.Timeout, e.opts.ReadTimeout))
}
