package sqlite

import (
	"strings"

	"carillon/store/engine"
)

var _ engine.Follower = (*Engine)(nil)

// changes are what a trigger each notes: the event, the row that tells the key, and
// what it adds to the count.
var changes = []struct{ name, event, row, count string }{
	{"added", "INSERT", "new", "1"},
	{"removed", "DELETE", "old", "-1"},
	{"changed", "UPDATE", "new", "0"},
}

// Follows implements [engine.Follower].
func (e *Engine) Follows(tx engine.Tx, f engine.Following) (bool, error) {
	var n int64
	err := tx.Query(`SELECT COUNT(*) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = $1 AND name LIKE $2`,
		[]any{f.Table, f.Table + "_noted_%"}, func(row engine.Row) error { return row.Scan(&n) })
	return n == int64(len(changes)), err
}

// Follow implements [engine.Follower].
func (e *Engine) Follow(tx engine.Tx, f engine.Following) error {
	for _, c := range changes {
		when := ""
		if c.event == "UPDATE" {
			when = " OF " + strings.Join(f.Columns, ", ")
		}
		keys := strings.Join(f.Key, ", ")
		if _, err := tx.Exec(`CREATE TRIGGER ` + f.Table + `_noted_` + c.name + ` AFTER ` + c.event + when + ` ON ` + f.Table + ` BEGIN
			INSERT INTO ` + f.Notes + ` (` + keys + `, ` + f.Count + `) VALUES (` + c.row + `.` + strings.Join(f.Key, `, `+c.row+`.`) + `, ` + c.count + `)
				ON CONFLICT (` + keys + `) DO UPDATE SET ` + f.Count + ` = ` + f.Count + ` + excluded.` + f.Count + `;
		END`); err != nil {
			return err
		}
	}
	return nil
}

// Unfollow implements [engine.Follower].
func (e *Engine) Unfollow(tx engine.Tx, f engine.Following) error {
	for _, c := range changes {
		if _, err := tx.Exec(`DROP TRIGGER IF EXISTS ` + f.Table + `_noted_` + c.name); err != nil {
			return err
		}
	}
	return nil
}
