package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"carillon/store/engine"
)

var (
	errNested  = errors.New("postgres: a statement inside the callback of a query; collect the rows first")
	errTxDone  = errors.New("postgres: a statement after the end of its transaction")
	errWriting = errors.New("postgres: a View cannot write")
)

// tx implements [engine.Tx].
type tx struct {
	ctx    context.Context
	conn   *pgx.Conn
	update bool                // it is a transaction
	adapt  func(string) string // changes the text of statements; may be nil
	busy   bool                // a query is calling back
	over   bool                // the closure has returned
	failed error               // of an update: the first error of a statement
	left   engine.Leavings
}

func (t *tx) end() { t.over = true }

// Exec implements [engine.Tx]. Of a statement that returns rows it counts those.
func (t *tx) Exec(query string, args ...any) (int64, error) {
	query, args, err := t.prepare(query, args)
	if err != nil {
		return 0, t.fail(err)
	}
	tag, err := t.conn.Exec(t.ctx, query, args...)
	if err != nil {
		return 0, t.fail(t.classify(err))
	}
	return tag.RowsAffected(), nil
}

// Query implements [engine.Tx].
func (t *tx) Query(query string, args []any, each func(engine.Row) error) error {
	query, args, err := t.prepare(query, args)
	if err != nil {
		return t.fail(err)
	}
	rows, err := t.conn.Query(t.ctx, query, args...)
	if err != nil {
		return t.fail(t.classify(err))
	}
	t.busy = true
	defer func() { t.busy = false }()
	return t.rows(rows, each)
}

// rows calls each for every row of an answer.
func (t *tx) rows(rows pgx.Rows, each func(engine.Row) error) error {
	defer rows.Close()
	r := &row{rows}
	for rows.Next() {
		if err := each(r); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return t.fail(t.classify(err))
	}
	return nil
}

// Leave implements [engine.Tx].
func (t *tx) Leave(last *engine.Last, item any) error {
	switch {
	case !t.update:
		return errWriting
	case t.over:
		return errTxDone
	}
	t.left.Add(last, item)
	return nil
}

// row implements [engine.Row].
type row struct{ rows pgx.Rows }

// Scan implements [engine.Row]. The driver would also take NULL for bytes, and
// destinations of other types than the other engine.
func (r *row) Scan(dest ...any) error {
	values := r.rows.RawValues()
	for i, d := range dest {
		switch d.(type) {
		case *string, *int64, *bool, *[]byte:
		default:
			return fmt.Errorf("postgres: column %d: destination has type %T, want *string, *int64, *bool or *[]byte", i+1, d)
		}
		if i < len(values) && values[i] == nil {
			return fmt.Errorf("postgres: column %d is NULL", i+1)
		}
	}
	return r.rows.Scan(dest...)
}

// prepare checks that a statement may run and makes it one for PostgreSQL.
func (t *tx) prepare(query string, args []any) (string, []any, error) {
	switch {
	case t.over:
		return "", nil, errTxDone
	case t.busy:
		return "", nil, errNested
	case t.failed != nil:
		return "", nil, fmt.Errorf("postgres: an earlier statement has failed: %w", t.failed)
	case t.ctx.Err() != nil:
		return "", nil, contextError(t.ctx)
	}
	if t.adapt != nil {
		query = t.adapt(query)
	}
	args, err := encodable(args)
	return query, args, err
}

// encodable refuses arguments of types that the other engine does not take,
// and replaces nil bytes, which would be NULL.
func encodable(args []any) ([]any, error) {
	owned := false
	for i, arg := range args {
		switch v := arg.(type) {
		case string, int64, int, bool:
		case []byte:
			if v != nil {
				continue
			}
			if !owned {
				args, owned = slices.Clone(args), true
			}
			args[i] = []byte{}
		default:
			return nil, fmt.Errorf("postgres: argument %d has type %T, want string, int64, int, bool or []byte", i+1, arg)
		}
	}
	return args, nil
}

// fail notes and returns the error of a statement. An update that ignores it
// is good for nothing more.
func (t *tx) fail(err error) error {
	if t.update && t.failed == nil {
		t.failed = err
	}
	return err
}
