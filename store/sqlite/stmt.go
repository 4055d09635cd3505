package sqlite

import (
	"errors"
	"fmt"
	"strconv"

	"zombiezen.com/go/sqlite"
)

// stmt is a prepared statement and, while it is on a row, that row.
type stmt struct {
	*sqlite.Stmt
	columns, params int
	length          int  // of its text
	dml             bool // it is an INSERT, UPDATE or DELETE
	scratch         [256]byte
	texts           []string // by column, of the rows before
}

// checkNumbering refuses placeholders other than $1, $2 … in order of first
// appearance: SQLite numbers them in that order, whatever their names.
func (s *stmt) checkNumbering() error {
	for i := 1; i <= s.params; i++ {
		if name := s.BindParamName(i); name != "$"+strconv.Itoa(i) {
			return fmt.Errorf("sqlite: placeholder %d of the statement is %q, want \"$%d\" (number them in order of first appearance)", i, name, i)
		}
	}
	return nil
}

func (s *stmt) bind(args []any) error {
	if len(args) != s.params {
		return fmt.Errorf("sqlite: the statement takes %d arguments, got %d", s.params, len(args))
	}
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			s.BindText(i+1, v)
		case int64:
			s.BindInt64(i+1, v)
		case int:
			s.BindInt64(i+1, int64(v))
		case bool:
			s.BindBool(i+1, v)
		case []byte:
			s.BindBytes(i+1, v)
		default:
			return fmt.Errorf("sqlite: argument %d has type %T, want string, int64, int, bool or []byte", i+1, arg)
		}
	}
	return nil
}

// next goes to the next row. false: there is none.
func (s *stmt) next() (bool, error) {
	more, err := s.Step()
	if err != nil {
		return false, classify(err)
	}
	return more, nil
}

// reset ends the statement, and with it the read lock that it holds. It
// returns nothing: an error would be that of the last step once more.
func (s *stmt) reset() { _ = s.Reset() }

// Scan implements [engine.Row].
func (s *stmt) Scan(dest ...any) error {
	if len(dest) != s.columns {
		return fmt.Errorf("sqlite: the row has %d columns, got %d destinations", s.columns, len(dest))
	}
	for i, d := range dest {
		if err := s.scan(i, d); err != nil {
			return fmt.Errorf("sqlite: column %d: %w", i+1, err)
		}
	}
	return nil
}

var (
	errNull   = errors.New("is NULL")
	errNumber = errors.New("is not a number")
)

// text returns the text of a column. Rows of a statement have much in common,
// also with those of the time before, so that there is no need for a copy of each.
func (s *stmt) text(i int) string {
	n := s.ColumnBytes(i, s.scratch[:])
	switch text := s.scratch[:n]; {
	case n == 0:
		return ""
	case n == len(s.scratch): // there may be more
		return s.ColumnText(i)
	case string(text) != s.texts[i]:
		s.texts[i] = string(text)
	}
	return s.texts[i]
}

// scan asks for the type of a column only where its value is the zero value,
// since NULL and text read as that: the question costs as much as the value.
func (s *stmt) scan(i int, dest any) error {
	zero := false
	switch d := dest.(type) {
	case *string:
		*d = s.text(i)
		zero = *d == ""
	case *int64:
		*d = s.ColumnInt64(i)
		zero = *d == 0
	case *bool:
		*d = s.ColumnBool(i)
		zero = !*d
	case *[]byte:
		if n := s.ColumnLen(i); *d != nil && n <= cap(*d) {
			*d = (*d)[:n]
		} else {
			*d = make([]byte, n)
		}
		zero = s.ColumnBytes(i, *d) == 0
	default:
		return fmt.Errorf("destination has type %T, want *string, *int64, *bool or *[]byte", dest)
	}
	if zero {
		return s.checkZero(i, dest)
	}
	return nil
}

func (s *stmt) checkZero(i int, dest any) error {
	switch s.ColumnType(i) {
	case sqlite.TypeNull:
		return errNull
	case sqlite.TypeText, sqlite.TypeBlob:
		switch dest.(type) {
		case *int64, *bool:
			return errNumber
		}
	}
	return nil
}
