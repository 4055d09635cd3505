package sqlite

import "carillon/store/engine"

var _ engine.Sizer = (*Engine)(nil)

// Size implements [engine.Sizer]: the pages of the database, with those that are
// free again.
func (e *Engine) Size(tx engine.Tx) (bytes int64, err error) {
	err = tx.Query(`SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`, nil, func(row engine.Row) error {
		return row.Scan(&bytes)
	})
	return bytes, err
}
