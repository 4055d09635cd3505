package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"carillon/store/engine"
)

var _ engine.Checker = (*Engine)(nil)

// Check implements [engine.Checker]. It reads every row, which has PostgreSQL
// compare the checksums of pages if the cluster has them, and looks at indexes if
// the extension amcheck is installed in the database.
func (e *Engine) Check(ctx context.Context) (problems, notes []string, err error) {
	err = e.View(ctx, func(tx engine.Tx) error {
		problems, notes = nil, nil
		sums, err := text(tx, `SELECT current_setting('data_checksums')`)
		if err != nil {
			return err
		}
		if sums != "on" {
			notes = append(notes, "the cluster has no checksums of pages (initdb --data-checksums, pg_checksums): a changed byte of a row is not found")
		}
		if problems, err = unvalidated(tx); err != nil {
			return err
		}
		installed, err := text(tx, `SELECT count(*)::text FROM pg_extension WHERE extname = 'amcheck'`)
		if err == nil && installed == "0" {
			notes = append(notes, "the extension amcheck is not installed: indexes were not compared with their tables")
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	more, err := e.readAll(ctx)
	problems = append(problems, more...)
	if err == nil && len(notes) < 2 {
		more, err = e.checkIndexes(ctx)
		problems = append(problems, more...)
	}
	return problems, notes, err
}

// text returns the only value of a query.
func text(tx engine.Tx, query string) (value string, err error) {
	err = tx.Query(query, nil, func(r engine.Row) error { return r.Scan(&value) })
	return value, err
}

// texts returns the only column of a query.
func texts(tx engine.Tx, query string) (list []string, err error) {
	err = tx.Query(query, nil, func(r engine.Row) error {
		var value string
		err := r.Scan(&value)
		list = append(list, value)
		return err
	})
	return list, err
}

// unvalidated returns the keys that rows need not keep.
func unvalidated(tx engine.Tx) (problems []string, err error) {
	names, err := texts(tx, `SELECT conrelid::regclass::text || '.' || conname FROM pg_constraint
		WHERE NOT convalidated AND connamespace = current_schema()::regnamespace`)
	for _, name := range names {
		problems = append(problems, "structure: constraint "+name+" is not validated")
	}
	return problems, err
}

// tables are the tables of the schema that statements find.
const tables = `SELECT c.relname::text FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname`

func (e *Engine) tables(ctx context.Context) (names []string, err error) {
	err = e.View(ctx, func(tx engine.Tx) error {
		names, err = texts(tx, tables)
		return err
	})
	return names, err
}

// readAll reads every column of every row.
func (e *Engine) readAll(ctx context.Context) (problems []string, err error) {
	names, err := e.tables(ctx)
	for _, name := range names {
		err := e.View(ctx, func(tx engine.Tx) error {
			_, err := text(tx, `SELECT count(md5(t::text))::text FROM `+pgx.Identifier{name}.Sanitize()+` t`)
			return err
		})
		if err != nil && ctx.Err() == nil {
			problems = append(problems, fmt.Sprintf("reading %s: %v", name, err))
		}
	}
	return problems, err
}

// checkIndexes compares indexes with their tables.
func (e *Engine) checkIndexes(ctx context.Context) (problems []string, err error) {
	var names []string
	err = e.View(ctx, func(tx engine.Tx) error {
		names, err = texts(tx, `SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
			WHERE m.amname = 'btree' AND i.indisvalid AND c.relkind = 'i' AND c.relnamespace = current_schema()::regnamespace ORDER BY 1`)
		return err
	})
	for _, name := range names {
		err := e.View(ctx, func(tx engine.Tx) error {
			return tx.Query(`SELECT bt_index_check($1::text::regclass, true)::text`, []any{name}, func(engine.Row) error { return nil })
		})
		if err != nil && ctx.Err() == nil {
			problems = append(problems, fmt.Sprintf("index %s: %v", name, err))
		}
	}
	return problems, err
}

// Tables implements [engine.Checker].
func (e *Engine) Tables(ctx context.Context) (map[string]int64, error) {
	names, err := e.tables(ctx)
	rows := map[string]int64{}
	for _, name := range names {
		var n int64
		if err := e.View(ctx, func(tx engine.Tx) error {
			return tx.Query(`SELECT count(*) FROM `+pgx.Identifier{name}.Sanitize(), nil, func(r engine.Row) error { return r.Scan(&n) })
		}); err != nil {
			return nil, err
		}
		rows[name] = n
	}
	return rows, err
}
