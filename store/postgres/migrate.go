package postgres

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"carillon/store/engine"
)

// migrationLock is the key of the advisory lock: "carillon" in ASCII.
const migrationLock = 0x636172696c6c6f6e

// dialect is what migrations must know about the kind of database.
type dialect struct {
	// keyText is the type for KEYTEXT.
	keyText string
	// rowLock has migrations lock a row of a table of its own, where there
	// are no advisory locks or they lock nothing.
	rowLock bool
}

// dialectOf tells the dialect by what SELECT version() returns.
func dialectOf(version string) dialect {
	d := dialect{keyText: `TEXT COLLATE "C"`}
	switch {
	case strings.Contains(version, "CockroachDB"):
		return dialect{keyText: "TEXT", rowLock: true} // orders by bytes as it is
	case strings.Contains(version, "-YB-"):
		d.rowLock = true
	}
	return d
}

var (
	keyText      = regexp.MustCompile(`\bKEYTEXT\b`)
	withoutRowID = regexp.MustCompile(`\bWITHOUT ROWID\b`)
)

func (d dialect) adapt(query string) string {
	query = withoutRowID.ReplaceAllLiteralString(query, "")
	return keyText.ReplaceAllLiteralString(query, d.keyText)
}

// Migrate implements [engine.Engine]. Only ctx limits how long it takes. On a
// database without advisory locks it makes the table carillon_migration_lock.
func (e *Engine) Migrate(ctx context.Context, fn func(engine.Tx) error) error {
	d, err := e.dialect(ctx)
	if err != nil {
		return err
	}
	return e.migrate(ctx, d, fn)
}

// dialect asks the database for its kind.
func (e *Engine) dialect(ctx context.Context) (dialect, error) {
	var version string
	err := e.View(ctx, func(tx engine.Tx) error {
		return tx.Query("SELECT version()", nil, func(r engine.Row) error { return r.Scan(&version) })
	})
	return dialectOf(version), err
}

func (e *Engine) migrate(ctx context.Context, d dialect, fn func(engine.Tx) error) error {
	if d.rowLock {
		if err := e.makeLockTable(ctx); err != nil {
			return err
		}
	}
	return e.retry(ctx, d.adapt, func(tx engine.Tx) error {
		if err := d.lock(tx); err != nil {
			return err
		}
		return fn(tx)
	})
}

// lock lets the transaction wait for others that migrate, however long.
func (d dialect) lock(tx engine.Tx) error {
	for _, setting := range []string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"} {
		if _, err := tx.Exec("SET LOCAL " + setting + " = 0"); err != nil {
			return err
		}
	}
	if d.rowLock {
		_, err := tx.Exec("SELECT id FROM carillon_migration_lock FOR UPDATE")
		return err
	}
	_, err := tx.Exec("SELECT pg_advisory_xact_lock($1)", int64(migrationLock))
	return err
}

func (e *Engine) makeLockTable(ctx context.Context) error {
	for _, statement := range []string{
		"CREATE TABLE IF NOT EXISTS carillon_migration_lock (id BIGINT NOT NULL PRIMARY KEY)",
		"INSERT INTO carillon_migration_lock (id) VALUES (1) ON CONFLICT DO NOTHING",
	} {
		err := e.Update(ctx, func(tx engine.Tx) error {
			_, err := tx.Exec(statement)
			return err
		})
		// IF NOT EXISTS does not keep two that create it at the same time
		// from colliding.
		if err != nil && !errors.Is(err, engine.ErrExists) {
			return err
		}
	}
	return nil
}
