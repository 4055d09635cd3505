package sqlite

import (
	"context"
	"errors"
	"fmt"

	"carillon/store/engine"
)

var (
	errNested  = errors.New("sqlite: a statement inside the callback of a query; collect the rows first")
	errTxDone  = errors.New("sqlite: a statement after the end of its transaction")
	errWriting = errors.New("sqlite: a View cannot write")
)

// tx implements [engine.Tx].
type tx struct {
	conn *conn
	// Of a view, nil in an update: what interrupts it, and where it reads.
	ctx    context.Context
	reader *reader
	busy   bool // a query is calling back
	over   bool // the closure has returned
	// failed is the first error of a statement in an update. As in PostgreSQL
	// the transaction is then good for nothing more, lest code that relies on
	// going on be found to work here alone.
	failed error
	left   engine.Leavings
}

// Exec implements [engine.Tx]. Of a statement that returns rows it counts those.
func (t *tx) Exec(query string, args ...any) (int64, error) {
	s, err := t.start(query, args)
	if err != nil {
		return 0, err
	}
	defer t.finish(s)
	var rows int64
	for {
		more, err := s.next()
		switch {
		case err != nil:
			return 0, t.fail(err)
		case more:
			rows++
		case s.dml && s.columns == 0:
			return int64(t.conn.db.Changes()), nil
		default:
			return rows, nil
		}
	}
}

// Query implements [engine.Tx].
func (t *tx) Query(query string, args []any, each func(engine.Row) error) error {
	s, err := t.start(query, args)
	if err != nil {
		return err
	}
	defer t.finish(s)
	for {
		more, err := s.next()
		if err != nil {
			return t.fail(err)
		}
		if !more {
			return nil
		}
		if err := each(s); err != nil {
			return err
		}
	}
}

// Single implements [engine.Single]: it does not look for a second row.
func (t *tx) Single(query string, args []any, scan func(engine.Row) error) error {
	s, err := t.start(query, args)
	if err != nil {
		return err
	}
	defer t.finish(s)
	more, err := s.next()
	switch {
	case err != nil:
		return t.fail(err)
	case !more:
		return nil
	}
	return scan(s)
}

// Leave implements [engine.Tx].
func (t *tx) Leave(last *engine.Last, item any) error {
	switch {
	case t.reader != nil:
		return errWriting
	case t.over:
		return errTxDone
	}
	t.left.Add(last, item)
	return nil
}

// start prepares and binds a statement, which finish must then end.
func (t *tx) start(query string, args []any) (*stmt, error) {
	if err := t.usable(); err != nil {
		return nil, t.fail(err)
	}
	s, err := t.bound(query, args)
	if err != nil {
		return nil, t.fail(err)
	}
	t.busy = true
	return s, nil
}

func (t *tx) usable() error {
	switch {
	case t.over:
		return errTxDone
	case t.busy:
		return errNested
	case t.failed != nil:
		return fmt.Errorf("sqlite: an earlier statement has failed: %w", t.failed)
	case t.reader != nil:
		return t.ctx.Err()
	}
	return nil
}

func (t *tx) bound(query string, args []any) (*stmt, error) {
	if t.reader != nil {
		if err := t.reader.refreshSnapshot(); err != nil {
			return nil, err
		}
	}
	s, err := t.conn.prepare(query)
	if err != nil {
		return nil, err
	}
	return s, s.bind(args)
}

func (t *tx) finish(s *stmt) {
	s.reset()
	t.busy = false
}

// fail notes and returns the error of a statement.
func (t *tx) fail(err error) error {
	if t.reader != nil {
		return t.reader.mapError(t.ctx, err)
	}
	if t.failed == nil {
		t.failed = err
	}
	return err
}
