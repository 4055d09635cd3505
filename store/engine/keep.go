package engine

import "context"

// Backuper is an [Engine] that can copy its database into a file while it serves.
// Whoever needs it asks by a type assertion; an engine without it has backups of
// its own.
type Backuper interface {
	// Backup writes all that is committed, as of one moment, into a new file at
	// path, in the database's own format. A database that is known to be damaged
	// is refused. What is written when it fails is the caller's to remove.
	Backup(ctx context.Context, path string) error
}

// Checker is an [Engine] that can check what is beneath tables and rows.
type Checker interface {
	// Check reads everything, and returns what is wrong in words for the operator,
	// and what it could not look at. An error says that it could not go on.
	Check(ctx context.Context) (problems, notes []string, err error)
	// Tables counts the rows of all tables, by their names.
	Tables(ctx context.Context) (map[string]int64, error)
}

// Watcher is an [Engine] that checks its database in the background.
type Watcher interface {
	// DamagedPages returns how many pages are known not to be what was written.
	DamagedPages() int64
}

// Sizer is an [Engine] that knows how large its database is.
type Sizer interface {
	// Size returns how many bytes the database takes, as of a transaction.
	Size(tx Tx) (bytes int64, err error)
}
