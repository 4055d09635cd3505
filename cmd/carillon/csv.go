package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// byteOrderMark begins the files of some programs.
const byteOrderMark = "\ufeff"

// withoutMark returns a reader of a file after its byte order mark, if any.
func withoutMark(in io.Reader) *bufio.Reader {
	r := bufio.NewReaderSize(in, 64<<10)
	if mark, _ := r.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
		_, _ = r.Discard(len(byteOrderMark)) // it was peeked
	}
	return r
}

// columns are those that a CSV file may have, in any order and letter case.
type columns struct {
	names   []string
	aliases map[string]string // other names, in lower case
	needed  string            // the one that must be there; empty: none
	// isValue reports whether a cell is a value of the first column: a file that
	// begins with one has no header, and the columns in this order. Nil: none is.
	isValue func(cell string) bool
}

// record is a row below the header.
type record struct {
	line   int               // that it begins at
	values map[string]string // those that are not blank, by column
	bad    string            // why it cannot be read; empty: it can
}

// read calls each for every row below the header. Cells that a row lacks are blank.
func (c *columns) read(in io.Reader, each func(record) error) error {
	r := csv.NewReader(withoutMark(in))
	r.ReuseRecord, r.FieldsPerRecord = true, -1
	cells, err := r.Read()
	if errors.Is(err, io.EOF) {
		return errors.New("no header")
	}
	if err != nil {
		return err
	}
	names, isHeader, err := c.header(cells)
	if isHeader && err == nil {
		cells, err = r.Read()
	}
	for ; !errors.Is(err, io.EOF); cells, err = r.Read() {
		v, err := recordOf(r, names, cells, err)
		if err == nil {
			err = each(v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// recordOf returns the row that was just read, or an error that ends the file.
func recordOf(r *csv.Reader, names, cells []string, err error) (record, error) {
	var bad *csv.ParseError
	switch {
	case errors.As(err, &bad):
		return record{line: bad.StartLine, bad: bad.Err.Error()}, nil
	case err != nil:
		return record{}, err
	}
	line, _ := r.FieldPos(0)
	if len(cells) > len(names) {
		return record{line: line, bad: fmt.Sprintf("it has %d cells for %d columns", len(cells), len(names))}, nil
	}
	return record{line: line, values: rowOf(names, cells)}, nil
}

// rowOf returns the values of a row that are not blank, by column.
func rowOf(names, cells []string) map[string]string {
	values := map[string]string{}
	for i, value := range cells {
		if value = strings.TrimSpace(value); value != "" {
			values[names[i]] = value
		}
	}
	return values
}

// header finds the columns that the first line means, and whether it is a header.
func (c *columns) header(cells []string) (names []string, isHeader bool, err error) {
	if c.isValue != nil && len(cells) <= len(c.names) && c.isValue(strings.TrimSpace(cells[0])) {
		return c.names, false, nil
	}
	for _, cell := range cells {
		name, err := c.find(strings.TrimSpace(cell))
		if err == nil && slices.Contains(names, name) {
			err = fmt.Errorf("two columns %s", name)
		}
		if err != nil {
			return nil, true, err
		}
		names = append(names, name)
	}
	if c.needed != "" && !slices.Contains(names, c.needed) {
		return nil, true, fmt.Errorf("no column %s", c.needed)
	}
	return names, true, nil
}

func (c *columns) find(cell string) (string, error) {
	if alias, ok := c.aliases[strings.ToLower(cell)]; ok {
		return alias, nil
	}
	for _, name := range c.names {
		if strings.EqualFold(name, cell) {
			return name, nil
		}
	}
	return "", fmt.Errorf("unknown column %q; the columns are %s", cell, strings.Join(c.names, ", "))
}
