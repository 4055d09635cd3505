package store

import (
	"errors"

	"carillon/store/engine"
)

// Errors that a store method returns, possibly wrapped; compare with
// [errors.Is]. Those of the engine have the same names here, so that rules need
// not know of engines.
var (
	// ErrNotFound: no row answers to the key.
	ErrNotFound = errors.New("store: not found")
	// ErrNewerSchema: the database was migrated by a newer Carillon.
	ErrNewerSchema = errors.New("store: database schema is newer than this program")

	ErrExists         = engine.ErrExists
	ErrReferenced     = engine.ErrReferenced
	ErrUnavailable    = engine.ErrUnavailable
	ErrOutcomeUnknown = engine.ErrOutcomeUnknown
	ErrOccupied       = engine.ErrOccupied
)
