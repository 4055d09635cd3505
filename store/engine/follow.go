package engine

// Following says what a database notes of a table by itself.
type Following struct {
	// Table is what is followed, Notes where it is noted: a table with the columns of
	// Key, which are its primary key and never change in Table, and Count.
	Table, Notes string
	Key          []string
	// Count is the sum of what happened to the row since it was noted first: 1 for an
	// insertion, -1 for a deletion, 0 for a change.
	Count string
	// Columns are those whose changes matter.
	Columns []string
}

// Follower is an [Engine] whose database can note itself which rows of a table change,
// in the transaction that changes them, whoever does. Whoever needs it asks by a type
// assertion.
//
// A note that is there is written again: until that transaction ends, nobody else can
// delete it.
type Follower interface {
	// Follows reports whether the database does that already.
	Follows(tx Tx, f Following) (bool, error)
	// Follow has it do so from now on, inside of Migrate.
	Follow(tx Tx, f Following) error
	// Unfollow has it stop; if it does not follow, nothing happens.
	Unfollow(tx Tx, f Following) error
}
