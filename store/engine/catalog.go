package engine

// Kind is the type of a column: what a [Row] scans it as.
type Kind string

// The kinds.
const (
	Text    Kind = "text"
	Integer Kind = "integer"
	Boolean Kind = "boolean"
	Bytes   Kind = "bytes"
)

// Column is a column of a table.
type Column struct {
	Name string
	Kind Kind
	// Order is the expression that orders by the column, texts by their bytes: the
	// same order in every database.
	Order string
}

// Shape is what a table is made of.
type Shape struct {
	Columns []Column // by name
	Key     []string // the names of the columns of the primary key, in its order
}

// Add puts a column into the shape; place is that in the primary key, from 1 on, or
// 0. It returns the new shape.
func (s Shape) Add(c Column, place int64) Shape {
	s.Columns = append(s.Columns, c)
	if place > 0 {
		for int64(len(s.Key)) < place {
			s.Key = append(s.Key, "")
		}
		s.Key[place-1] = c.Name
	}
	return s
}

// Cataloger is an [Engine] that tells what tables there are. Whoever needs it asks
// by a type assertion.
type Cataloger interface {
	// Catalog returns the tables of the database by name, the engine's own ones
	// excepted. A type that no migration uses is a kind of its own.
	Catalog(tx Tx) (map[string]Shape, error)
}

// Loader is a [Tx] that has a faster way for many rows than statements. A Tx
// without it takes statements as fast.
type Loader interface {
	// Load inserts rows, each with a value for every column. A key that is there
	// already is an [ErrExists].
	Load(table string, columns []string, rows [][]any) error
}
