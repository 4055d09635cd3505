package sqlite

import (
	"context"
	"fmt"
	"strings"

	"carillon/store/engine"
)

// maxProblems bounds what a check tells of.
const maxProblems = 100

var (
	_ engine.Checker = (*Engine)(nil)
	_ engine.Watcher = (*Engine)(nil)
)

// Check implements [engine.Checker]: the structure of tables and indexes, foreign
// keys, and that each page is what was written.
func (e *Engine) Check(ctx context.Context) (problems, notes []string, err error) {
	bad, err := e.scrubber.all()
	if err != nil {
		return nil, nil, err
	}
	problems, err = structure(ctx, e)
	return append(e.damage(bad), problems...), nil, err
}

// damage puts damaged pages into words.
func (e *Engine) damage(bad []uint32) (problems []string) {
	if len(bad) == 0 {
		return nil
	}
	owners, err := e.scrubber.owner(bad) // without it, the page says what there is to say
	if err != nil {
		owners = nil
	}
	for _, page := range bad[:min(len(bad), maxProblems)] {
		problems = append(problems, damagedPage(page, owners[page]))
	}
	return problems
}

func damagedPage(page uint32, owner string) string {
	of := ""
	if owner != "" {
		of = " of " + owner
	}
	return fmt.Sprintf("page %d%s is not what was written", page, of)
}

// Tables implements [engine.Checker].
func (e *Engine) Tables(ctx context.Context) (map[string]int64, error) { return countRows(ctx, e) }

// DamagedPages implements [engine.Watcher].
func (e *Engine) DamagedPages() int64 { return e.scrubber.count() }

// viewer is an engine as far as it reads.
type viewer interface {
	View(ctx context.Context, fn func(engine.Tx) error) error
}

// structure has SQLite check what it can.
func structure(ctx context.Context, e viewer) (problems []string, err error) {
	err = e.View(ctx, func(tx engine.Tx) error {
		problems = nil
		err := tx.Query(fmt.Sprintf("PRAGMA integrity_check(%d)", maxProblems), nil, func(r engine.Row) error {
			var text string
			err := r.Scan(&text)
			if text != "ok" {
				problems = append(problems, "structure: "+strings.ReplaceAll(text, "\n", "; "))
			}
			return err
		})
		if err != nil {
			return err
		}
		return foreignKeys(tx, &problems)
	})
	if cause := damage(err); cause != err { // it cannot even be read
		return append(problems, "structure: "+cause.Error()), nil
	}
	return problems, err
}

func foreignKeys(tx engine.Tx, problems *[]string) error {
	return tx.Query(`SELECT "table", COALESCE("rowid", 0), "parent" FROM pragma_foreign_key_check LIMIT 100`, nil, func(r engine.Row) error {
		var table, parent string
		var row int64
		err := r.Scan(&table, &row, &parent)
		*problems = append(*problems, fmt.Sprintf("foreign key: row %d of %s points to a row of %s that is not there", row, table, parent))
		return err
	})
}

// countRows counts the rows of all tables that the catalogue has.
func countRows(ctx context.Context, e viewer) (rows map[string]int64, err error) {
	err = e.View(ctx, func(tx engine.Tx) error {
		rows = map[string]int64{}
		var names []string
		err := tx.Query(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`, nil, func(r engine.Row) error {
			var name string
			err := r.Scan(&name)
			names = append(names, name)
			return err
		})
		for _, name := range names {
			if err == nil {
				rows[name], err = count(tx, name)
			}
		}
		return err
	})
	return rows, err
}

func count(tx engine.Tx, table string) (n int64, err error) {
	err = tx.Query(`SELECT count(*) FROM "`+strings.ReplaceAll(table, `"`, `""`)+`"`, nil, func(r engine.Row) error { return r.Scan(&n) })
	return n, err
}
