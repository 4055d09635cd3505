package engine

// Placement is where a database that is spread over machines keeps a table.
// The names are those of Citus.
type Placement int

const (
	// Distributed is for what belongs to a Chime account: the rows of an
	// account are together on one machine, found by the column account_id.
	Distributed Placement = iota
	// Reference is for what all machines read and hardly anybody writes: each
	// has a copy, and a write goes to all of them.
	Reference
	// Local is for what belongs to no account and is written often or locked:
	// an ordinary table on one machine, which the others reach from afar.
	Local
)

// Table is a table with its placement.
type Table struct {
	Name      string
	Placement Placement
}

// Distributor is an [Engine] that may be on several machines. Whoever needs it
// asks by a type assertion; an engine without it is on one.
type Distributor interface {
	// Distribute puts tables in their places, inside of Migrate, and reports
	// whether the database knows of places. To tables that have theirs it does
	// nothing, nor for those that later migrations make. What a table refers to
	// comes before it, and the first distributed one leads the others.
	Distribute(tx Tx, tables []Table) (distributed bool, err error)
}
