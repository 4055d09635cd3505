package postgres

import (
	"github.com/jackc/pgx/v5"

	"carillon/store/engine"
)

var _ engine.Loader = (*tx)(nil)

// Load implements [engine.Loader] by COPY.
func (t *tx) Load(table string, columns []string, rows [][]any) error {
	if _, _, err := t.prepare("", nil); err != nil {
		return t.fail(err)
	}
	if _, err := t.conn.CopyFrom(t.ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows)); err != nil {
		return t.fail(t.classify(err))
	}
	return nil
}
