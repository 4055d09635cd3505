package sqlite

import (
	"fmt"

	"zombiezen.com/go/sqlite"

	"carillon/store/engine"
)

// classify wraps an error of SQLite in the error of package engine that it
// amounts to, if any.
func classify(err error) error {
	if kind := kindOf(sqlite.ErrCode(err)); kind != nil {
		return fmt.Errorf("%w: %w", kind, err)
	}
	return err
}

func kindOf(code sqlite.ResultCode) error {
	switch code {
	case sqlite.ResultConstraintUnique, sqlite.ResultConstraintPrimaryKey, sqlite.ResultConstraintRowID:
		return engine.ErrExists
	case sqlite.ResultConstraintForeignKey:
		return engine.ErrReferenced
	}
	switch code.ToPrimary() {
	case sqlite.ResultFull, sqlite.ResultIOErr, sqlite.ResultReadOnly, sqlite.ResultCantOpen,
		sqlite.ResultPerm, sqlite.ResultBusy, sqlite.ResultLocked, sqlite.ResultProtocol, sqlite.ResultNoMem:
		return engine.ErrUnavailable
	}
	return nil
}

// damage names what SQLite says of a file that is cut off or overwritten.
func damage(err error) error {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultCorrupt, sqlite.ResultNotADB:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}
