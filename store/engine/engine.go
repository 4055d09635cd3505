// Package engine is the contract between the store, which holds all SQL, and
// the databases that run it: store/sqlite and store/postgres. Every engine
// passes the suites of store/engine/enginetest.
package engine

import (
	"context"
	"errors"
)

// Errors that an [Engine] returns, possibly wrapped; compare with [errors.Is].
var (
	// ErrExists: a row with the same unique key is already there.
	ErrExists = errors.New("store: already exists")
	// ErrReferenced: a foreign key; other rows still point to this one, or what
	// this one points to is not there.
	ErrReferenced = errors.New("store: still referenced")
	// ErrUnavailable: the database cannot be reached, is overloaded, full or
	// shutting down. The caller may try again; nothing was acknowledged.
	ErrUnavailable = errors.New("store: database unavailable")
	// ErrOutcomeUnknown comes with ErrUnavailable when a commit has failed in such
	// a way that it may have been done. Without it, nothing was changed.
	ErrOutcomeUnknown = errors.New("store: the outcome of the commit is unknown")
)

// Row is the current row of a query.
type Row interface {
	// Scan copies the columns, in order, to dest: *string, *int64, *bool or
	// *[]byte. Columns are never NULL: an empty string or 0 stands for none. Bytes may
	// go into the memory that is there already, if it is enough.
	Scan(dest ...any) error
}

// Tx runs statements. Placeholders are $1…$n, numbered in order of first
// appearance; arguments are string, int64, int, bool or []byte.
//
// A Tx is good only inside the closure that received it, and only on the
// goroutine that runs the closure.
type Tx interface {
	// Exec runs one statement and returns how many rows it changed.
	Exec(query string, args ...any) (int64, error)
	// Query runs one statement and calls each for every row. It stops at the
	// first error of each and returns it as it is.
	Query(query string, args []any, each func(Row) error) error
	// Leave leaves an item for the end of an update: last.Run gets it before the
	// commit, in a Tx of its own, with those of the updates that share the commit.
	// An update that is taken back leaves nothing.
	Leave(last *Last, item any) error
}

// Single is a [Tx] that has a better way for a statement that finds its one row, or
// none, by a key. Whoever needs it asks by a type assertion.
type Single interface {
	// Single is Query for one row at most. The call of scan is over when it returns.
	Single(query string, args []any, scan func(Row) error) error
}

// Batcher is a [Tx] that has a better way for a [Batch].
type Batcher interface {
	// Batch does what the function of this name does.
	Batch(query string, lists [][]any, each func(Row) error) error
}

// Batch runs one statement with each of several lists of arguments, one after the
// other, and calls each for every row. It stops at the first error.
func Batch(tx Tx, query string, lists [][]any, each func(Row) error) error {
	if b, ok := tx.(Batcher); ok {
		return b.Batch(query, lists, each)
	}
	for _, args := range lists {
		if err := tx.Query(query, args, each); err != nil {
			return err
		}
	}
	return nil
}

// Engine is a database. Its methods are safe for concurrent use.
//
// The engines take one SQL text: that of PostgreSQL, kept to what SQLite
// understands as well, with few accommodations. The SQLite engine ignores a
// trailing locking clause (FOR UPDATE, FOR SHARE …), since it has one writer.
// In Migrate the PostgreSQL engine reads the column type KEYTEXT as
// TEXT COLLATE "C", so that both order keys by their bytes, and ignores WITHOUT
// ROWID, which has SQLite keep the rows in the order of their primary key. For
// views, it there reads HEX(column) and INSTR(text, part) as its own functions.
type Engine interface {
	// View runs fn for reading. Each statement sees the newest committed
	// state; there is no snapshot across statements.
	View(ctx context.Context, fn func(Tx) error) error
	// Update runs fn in a transaction that is durable when Update returns
	// nil. An error from fn rolls everything back and is returned as it is.
	// fn may run more than once (after a serialization failure), so it sets
	// its results afresh each time and has no effects outside the database.
	Update(ctx context.Context, fn func(Tx) error) error
	// Migrate is Update under a lock that keeps other processes on the same
	// database from migrating at the same time.
	Migrate(ctx context.Context, fn func(Tx) error) error
	// Ping returns nil when the database can serve.
	Ping(ctx context.Context) error
	// Exclusive reports whether this process is the only one that can write
	// to the database, so that what it remembers cannot be stale.
	Exclusive() bool
	// Stats tells what the database is busy with. It waits for nothing.
	Stats() Stats
	// Close waits for running transactions and releases everything.
	Close() error
}

// Stats is what a database is busy with at a moment.
type Stats struct {
	// Conns is how many connections are open for Views and Updates, Busy how many
	// of them are in use, MaxConns how many there can be. A single writer is not
	// among them.
	Conns, Busy, MaxConns int
	// Waiting is how many Views and Updates wait for their turn, by what they
	// wait for: a writer, a reader or a connection.
	Waiting map[string]int
}
