package postgres

import (
	"cmp"

	"carillon/store/engine"
)

var _ engine.Cataloger = (*Engine)(nil)

// catalogQuery lists the columns of the tables that statements find, other than
// those of extensions, and their places in the primary key, from 1 on, or 0.
const catalogQuery = `SELECT CAST(c.relname AS TEXT), CAST(a.attname AS TEXT), format_type(a.atttypid, NULL),
		COALESCE(CAST(l.collname AS TEXT), ''), CAST(COALESCE(array_position(k.conkey, a.attnum), 0) AS BIGINT)
	FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN pg_collation l ON l.oid = a.attcollation
		LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
	WHERE c.relkind = 'r' AND pg_table_is_visible(c.oid)
		AND c.relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema'))
		AND c.relname <> 'carillon_migration_lock'
		AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
	ORDER BY CAST(c.relname AS TEXT) COLLATE "C", CAST(a.attname AS TEXT) COLLATE "C"`

// kinds are those of the types that the types of migrations become.
var kinds = map[string]engine.Kind{"text": engine.Text, "bigint": engine.Integer, "boolean": engine.Boolean, "bytea": engine.Bytes}

// Catalog implements [engine.Cataloger].
func (e *Engine) Catalog(tx engine.Tx) (map[string]engine.Shape, error) {
	shapes := map[string]engine.Shape{}
	err := tx.Query(catalogQuery, nil, func(row engine.Row) error {
		var table, column, declared, collation string
		var place int64
		err := row.Scan(&table, &column, &declared, &collation, &place)
		kind := cmp.Or(kinds[declared], engine.Kind(declared))
		shapes[table] = shapes[table].Add(engine.Column{Name: column, Kind: kind, Order: bytewise(column, kind, collation)}, place)
		return err
	})
	return shapes, err
}

// bytewise is the expression that orders by a column of a collation as bytes do.
// Where that is the column's own collation, an index can serve.
func bytewise(column string, kind engine.Kind, collation string) string {
	if kind != engine.Text || collation == "C" {
		return column
	}
	return column + ` COLLATE "C"`
}
