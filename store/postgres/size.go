package postgres

import "carillon/store/engine"

var _ engine.Sizer = (*Engine)(nil)

// Size implements [engine.Sizer]: what is on this machine, if the database is
// spread over several.
func (e *Engine) Size(tx engine.Tx) (bytes int64, err error) {
	err = tx.Query(`SELECT pg_database_size(current_database())`, nil, func(row engine.Row) error { return row.Scan(&bytes) })
	return bytes, err
}
