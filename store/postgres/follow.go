package postgres

import (
	"strings"

	"carillon/store/engine"
)

var _ engine.Follower = (*Engine)(nil)

// Follows implements [engine.Follower].
func (e *Engine) Follows(tx engine.Tx, f engine.Following) (bool, error) {
	var n int64
	err := tx.Query(`SELECT COUNT(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
			WHERE c.relname = $1 AND pg_table_is_visible(c.oid) AND t.tgname = $2`,
		[]any{f.Table, f.Table + "_noted"}, func(row engine.Row) error { return row.Scan(&n) })
	return n == 1, err
}

// Follow implements [engine.Follower]. It waits for who writes to the table.
func (e *Engine) Follow(tx engine.Tx, f engine.Following) error {
	keys := strings.Join(f.Key, ", ")
	note := func(row, count string) string {
		return `INSERT INTO ` + f.Notes + ` (` + keys + `, ` + f.Count + `) VALUES (` + row + `.` + strings.Join(f.Key, `, `+row+`.`) + `, ` + count + `)
			ON CONFLICT (` + keys + `) DO UPDATE SET ` + f.Count + ` = ` + f.Notes + `.` + f.Count + ` + excluded.` + f.Count + `; `
	}
	for _, statement := range []string{
		`CREATE OR REPLACE FUNCTION ` + f.Table + `_noted() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN
			IF TG_OP = 'INSERT' THEN ` + note("NEW", "1") + `
			ELSIF TG_OP = 'DELETE' THEN ` + note("OLD", "-1") + `
			ELSE ` + note("NEW", "0") + `
			END IF;
			RETURN NULL;
		END $body$`,
		`CREATE TRIGGER ` + f.Table + `_noted AFTER INSERT OR DELETE OR UPDATE OF ` + strings.Join(f.Columns, ", ") + ` ON ` + f.Table + `
			FOR EACH ROW EXECUTE FUNCTION ` + f.Table + `_noted()`,
	} {
		if _, err := tx.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// Unfollow implements [engine.Follower].
func (e *Engine) Unfollow(tx engine.Tx, f engine.Following) error {
	for _, statement := range []string{
		`DROP TRIGGER IF EXISTS ` + f.Table + `_noted ON ` + f.Table,
		`DROP FUNCTION IF EXISTS ` + f.Table + `_noted()`,
	} {
		if _, err := tx.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}
