package store

import (
	"context"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"carillon/store/engine"
)

// copyTable is a table to copy.
type copyTable struct {
	name    string
	columns []engine.Column
	key     []engine.Column
	place   []int // of the key's columns among the columns
}

// copyTables returns the tables of a database, as it has them, in the order in
// which they can be filled. That every table is there that a migration makes is
// the concern of a test: see TestLayout_complete.
func copyTables(shapes map[string]engine.Shape) (list []copyTable, err error) {
	for _, placed := range layout() {
		if placed.Name == schemaTable {
			continue
		}
		t, err := newCopyTable(placed.Name, shapes[placed.Name])
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

func newCopyTable(name string, shape engine.Shape) (copyTable, error) {
	t := copyTable{name: name, columns: shape.Columns}
	if len(shape.Key) == 0 {
		return t, fmt.Errorf("the table %s is not there or has no key", name)
	}
	at := map[string]int{}
	for i, c := range shape.Columns {
		if newCell(c.Kind) == nil {
			return t, fmt.Errorf("%s.%s has the type %s, which nobody can copy", name, c.Name, c.Kind)
		}
		at[c.Name] = i
	}
	for _, name := range shape.Key {
		c := shape.Columns[at[name]]
		if c.Kind != engine.Text && c.Kind != engine.Integer {
			return t, fmt.Errorf("%s has a key of the type %s, which nobody can copy", t.name, c.Kind)
		}
		t.key, t.place = append(t.key, c), append(t.place, at[name])
	}
	return t, nil
}

// checkTarget returns nil if the target has the tables of the source.
func (c *copier) checkTarget(tx engine.Tx) error {
	there, err := c.targetTables(tx)
	if err != nil {
		return err
	}
	for i, t := range c.tables {
		if !reflect.DeepEqual(there[i].types(), t.types()) {
			return fmt.Errorf("the columns of %s are %v, those of the source are %v", t.name, there[i].types(), t.types())
		}
	}
	return nil
}

func (c *copier) targetTables(tx engine.Tx) ([]copyTable, error) {
	shapes, err := c.to.catalog(tx)
	if err != nil {
		return nil, err
	}
	return copyTables(shapes)
}

// types are the columns with their kinds, then the key.
func (t copyTable) types() (list []string) {
	for _, c := range t.columns {
		list = append(list, c.Name+" "+string(c.Kind))
	}
	for _, c := range t.key {
		list = append(list, c.Name)
	}
	return list
}

func (t copyTable) names() (list []string) {
	for _, c := range t.columns {
		list = append(list, c.Name)
	}
	return list
}

// query reads the rows that come after one with a key, in the order of the key; no
// key: all rows.
func (t copyTable) query(after []string) (text string, args []any, err error) {
	order := make([]string, len(t.key))
	for i, c := range t.key {
		order[i] = c.Order
	}
	text = `SELECT ` + strings.Join(t.names(), `, `) + ` FROM ` + t.name
	if len(after) > 0 {
		if args, err = t.keyArgs(after); err != nil {
			return "", nil, err
		}
		text += ` WHERE (` + strings.Join(order, `, `) + `) > (` + parameters(len(args)) + `)`
	}
	return text + ` ORDER BY ` + strings.Join(order, `, `), args, nil
}

// parameters returns the placeholders of n values.
func parameters(n int) string { return numbered(strings.Repeat(`, ?`, n)[2:], 0) }

func (t copyTable) keyArgs(after []string) (args []any, err error) {
	if len(after) != len(t.key) {
		return nil, fmt.Errorf("a position of %d values, where the key has %d", len(after), len(t.key))
	}
	for i, c := range t.key {
		if c.Kind == engine.Text {
			args = append(args, after[i])
			continue
		}
		n, err := strconv.ParseInt(after[i], 10, 64)
		if err != nil {
			return nil, err
		}
		args = append(args, n)
	}
	return args, nil
}

// keyOf returns the key of a row as a position has it.
func (t copyTable) keyOf(row []any) (key []string) {
	for _, i := range t.place {
		key = append(key, fmt.Sprint(row[i]))
	}
	return key
}

// What is copied in one transaction, and held in memory, at most; two such parts
// are there at a time.
const (
	copyRows  = 10_000
	copyBytes = 8 << 20
)

// copyTable copies the rows of a table that are not there yet: one goroutine reads
// while another one writes what was read before.
func (c *copier) copyTable(ctx context.Context, t copyTable) error {
	if c.mark.Table != t.name {
		c.mark.Table, c.mark.After, c.mark.Rows = t.name, nil, 0
	}
	query, args, err := t.query(c.mark.After)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	parts := make(chan [][]any)
	var writing sync.WaitGroup
	writing.Go(func() {
		if err := c.write(ctx, t, parts); err != nil {
			stop(err)
		}
	})
	err = c.read(ctx, t, query, args, parts)
	close(parts)
	writing.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// read hands out the rows of a query, part by part.
func (c *copier) read(ctx context.Context, t copyTable, query string, args []any, parts chan<- [][]any) error {
	var part [][]any
	size := 0
	flush := func() error {
		select {
		case parts <- part:
			part, size = nil, 0
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	err := c.from.eachRow(ctx, t, query, args, func(row []any, length int) error {
		part, size = append(part, row), size+length
		if len(part) < copyRows && size < copyBytes {
			return nil
		}
		return flush()
	})
	if err == nil && len(part) > 0 {
		err = flush()
	}
	return err
}

// eachRow calls each with every row of a query for the columns of a table, and with
// its length in bytes.
func (s *Store) eachRow(ctx context.Context, t copyTable, query string, args []any, each func(row []any, length int) error) error {
	cells := newCells(t.columns)
	return s.engine.View(ctx, func(tx engine.Tx) error {
		return tx.Query(query, args, func(row engine.Row) error {
			if err := row.Scan(cells.dest...); err != nil {
				return err
			}
			values, length := cells.values()
			return each(values, length)
		})
	})
}

// write inserts parts, each in a transaction with the mark that tells of it.
func (c *copier) write(ctx context.Context, t copyTable, parts <-chan [][]any) error {
	for part := range parts {
		next := c.mark
		next.After, next.Rows = t.keyOf(part[len(part)-1]), next.Rows+int64(len(part))
		err := c.to.engine.Update(ctx, func(tx engine.Tx) error {
			if err := load(tx, t, part); err != nil {
				return err
			}
			return next.move(tx)
		})
		if err != nil {
			return err
		}
		c.mark = next
		c.progress(t.name, next.Rows)
	}
	return nil
}

// load inserts rows in the way that is the fastest for the database.
func load(tx engine.Tx, t copyTable, rows [][]any) error {
	if l, ok := tx.(engine.Loader); ok {
		return l.Load(t.name, t.names(), rows)
	}
	text := `INSERT INTO ` + t.name + ` (` + strings.Join(t.names(), `, `) + `) VALUES (` + parameters(len(t.columns)) + `)`
	for _, row := range rows {
		if _, err := tx.Exec(text, row...); err != nil {
			return err
		}
	}
	return nil
}
