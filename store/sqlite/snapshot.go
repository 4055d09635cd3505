package sqlite

import (
	"context"
	"errors"

	"carillon/store/engine"
)

var _ engine.Snapshotter = (*Engine)(nil)

// Snapshot implements [engine.Snapshotter]. It reads in one transaction of a
// connection of its own. The log does not start again meanwhile.
func (e *Engine) Snapshot(ctx context.Context, fn func(engine.Tx) error) (err error) {
	if !e.running.TryRLock() {
		return errClosed
	}
	defer e.running.RUnlock()
	if err := errors.Join(ctx.Err(), e.place.look()); err != nil {
		return err
	}
	c, err := openConn(e.readers.path, ownerWait, "PRAGMA query_only = ON")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	c.db.SetInterrupt(ctx.Done())
	if err := c.run("BEGIN"); err != nil {
		return err
	}
	defer c.end()
	return c.read(ctx, fn)
}

// read runs fn in the transaction that is open.
func (c *conn) read(ctx context.Context, fn func(engine.Tx) error) error {
	t := &tx{conn: c}
	defer func() { t.over = true }()
	if err := fn(t); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return err
	}
	return ctx.Err()
}

// end ends a transaction that has only read.
func (c *conn) end() {
	c.db.SetInterrupt(nil)
	_ = c.run("ROLLBACK") // if it fails, closing the connection does the same
}
