package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"sync"

	"carillon/store/engine"
)

// newCell returns what a value of a kind is scanned into; nil: there is no such
// kind.
func newCell(kind engine.Kind) any {
	switch kind {
	case engine.Text:
		return new(string)
	case engine.Integer:
		return new(int64)
	case engine.Boolean:
		return new(bool)
	case engine.Bytes:
		return new([]byte)
	}
	return nil
}

// cells take the values of one row after the other.
type cells struct{ dest []any }

func newCells(columns []engine.Column) (c cells) {
	for _, column := range columns {
		c.dest = append(c.dest, newCell(column.Kind))
	}
	return c
}

// values returns the row, as a statement takes it, and about how many bytes it has.
// The next row leaves it alone.
func (c cells) values() (row []any, length int) {
	row = make([]any, len(c.dest))
	for i, d := range c.dest {
		length += 16
		switch v := d.(type) {
		case *string:
			row[i], length = *v, length+len(*v)
		case *int64:
			row[i] = *v
		case *bool:
			row[i] = *v
		case *[]byte:
			row[i], length = slices.Clone(*v), length+len(*v)
		}
	}
	return row, length
}

// tableSum sums a table up. The checksum is SHA-256 over the rows in the order of
// the primary key, texts compared by their bytes; of each row, over its values
// in the order of the columns' names: a text or bytes as the length, in 8
// bytes, and the bytes; a number as 8 bytes, the most significant first; a truth
// value as one byte, 1 or 0.
type tableSum struct {
	rows int64
	hash hash.Hash
	buf  []byte
}

// add counts the row that cells hold.
func (s *tableSum) add(c cells) {
	b := s.buf[:0]
	for _, d := range c.dest {
		switch v := d.(type) {
		case *string:
			b = append(binary.BigEndian.AppendUint64(b, uint64(len(*v))), *v...)
		case *int64:
			b = binary.BigEndian.AppendUint64(b, uint64(*v))
		case *bool:
			b = append(b, truth(*v))
		case *[]byte:
			b = append(binary.BigEndian.AppendUint64(b, uint64(len(*v))), *v...)
		}
	}
	s.hash.Write(b)
	s.buf = b
	s.rows++
}

func truth(v bool) byte {
	if v {
		return 1
	}
	return 0
}

// sum reads a whole table.
func (s *Store) sum(ctx context.Context, t copyTable) (CopiedTable, error) {
	query, _, err := t.query(nil)
	if err != nil {
		return CopiedTable{}, err
	}
	sum := tableSum{hash: sha256.New()}
	cells := newCells(t.columns)
	err = s.engine.View(ctx, func(tx engine.Tx) error {
		return tx.Query(query, nil, func(row engine.Row) error {
			if err := row.Scan(cells.dest...); err != nil {
				return err
			}
			sum.add(cells)
			return nil
		})
	})
	return CopiedTable{Name: t.name, Rows: sum.rows, Sha256: hex.EncodeToString(sum.hash.Sum(nil))}, err
}

// compare reads both databases.
func (c *copier) compare(ctx context.Context) (list []CopiedTable, err error) {
	var there []copyTable
	err = c.to.engine.View(ctx, func(tx engine.Tx) (err error) {
		there, err = c.targetTables(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, t := range c.tables {
		here, copied, err := c.sums(ctx, t, there[i])
		if err != nil {
			return nil, fmt.Errorf("comparing %s: %w", t.name, err)
		}
		if here != copied {
			return nil, fmt.Errorf("%w: %s has %d rows with the checksum %s, the source %d with %s; empty the target and copy again",
				ErrCopyDiffers, t.name, copied.Rows, copied.Sha256, here.Rows, here.Sha256)
		}
		list = append(list, here)
		c.progress("comparing "+t.name, here.Rows)
	}
	return list, nil
}

// sums reads a table of both at the same time.
func (c *copier) sums(ctx context.Context, t, copied copyTable) (here, there CopiedTable, err error) {
	var other error
	var reading sync.WaitGroup
	reading.Go(func() { there, other = c.to.sum(ctx, copied) })
	here, err = c.from.sum(ctx, t)
	reading.Wait()
	if err == nil {
		err = other
	}
	return here, there, err
}
