package sqlite

import (
	"cmp"

	"carillon/store/engine"
)

var _ engine.Cataloger = (*Engine)(nil)

// catalogQuery lists the columns of all tables; pk is the place in the primary
// key, from 1 on, or 0.
const catalogQuery = `SELECT t.name, c.name, c.type, c.pk FROM sqlite_schema t, pragma_table_info(t.name) c
	WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY t.name, c.name`

// kinds are those of the types that migrations declare.
var kinds = map[string]engine.Kind{
	"TEXT": engine.Text, "KEYTEXT": engine.Text, "BIGINT": engine.Integer, "BOOLEAN": engine.Boolean, "BYTEA": engine.Bytes,
}

// Catalog implements [engine.Cataloger].
func (e *Engine) Catalog(tx engine.Tx) (map[string]engine.Shape, error) {
	shapes := map[string]engine.Shape{}
	err := tx.Query(catalogQuery, nil, func(row engine.Row) error {
		var table, column, declared string
		var place int64
		err := row.Scan(&table, &column, &declared, &place)
		kind := cmp.Or(kinds[declared], engine.Kind(declared))
		shapes[table] = shapes[table].Add(engine.Column{Name: column, Kind: kind, Order: column}, place)
		return err
	})
	return shapes, err
}
