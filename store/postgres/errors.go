package postgres

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"carillon/store/engine"
)

// classify wraps the error of a statement in the error of package engine that
// it amounts to, if any.
func (t *tx) classify(err error) error {
	var server *pgconn.PgError
	switch {
	case errors.As(err, &server):
		if kind := t.kindOf(server.Code); kind != nil {
			return fmt.Errorf("%w: postgres: %w", kind, err)
		}
	case t.ctx.Err() != nil:
		return contextError(t.ctx)
	case t.conn.IsClosed(): // which the driver does when a connection fails
		return unavailable(err)
	}
	return fmt.Errorf("postgres: %w", err)
}

// kindOf returns what an error code of the server amounts to.
func (t *tx) kindOf(code string) error {
	switch code {
	case "23505", // unique violation
		"42710", "42P07": // two CREATE … IF NOT EXISTS at the same time
		return engine.ErrExists
	case "23503":
		return engine.ErrReferenced
	case "25006": // read-only transaction: the fault of a view, or a standby server
		if t.update {
			return engine.ErrUnavailable
		}
		return nil
	case "25P03", // idle in transaction for too long
		"40003", // whether the statement completed is unknown
		"55P03": // lock not available
		return engine.ErrUnavailable
	}
	switch code[:2] {
	case "08", // connection failure
		"53", // out of resources: disk, memory, connections
		"57", // shutting down, starting up, statement timeout
		"58": // I/O error
		return engine.ErrUnavailable
	}
	return nil
}

// retryable reports whether the database has given up a transaction that may
// well succeed when it runs again.
func retryable(err error) bool {
	var server *pgconn.PgError
	return errors.As(err, &server) && (server.Code == "40001" || server.Code == "40P01")
}
