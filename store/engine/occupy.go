package engine

import (
	"context"
	"errors"
)

// ErrOccupied: the database is in use, in a way that leaves no room for another.
var ErrOccupied = errors.New("store: the database is in use")

// Occupier is an [Engine] whose database several processes can use, and which
// tells whether they do. An engine without it has the database to itself. What
// is held ends with the engine, or with the process.
type Occupier interface {
	// Occupy is for those that serve: any number of them at a time. While the
	// database is reserved it fails with [ErrOccupied].
	Occupy(ctx context.Context) error
	// Reserve is for who needs the database alone. While others serve, or reserve,
	// it fails with [ErrOccupied].
	Reserve(ctx context.Context) error
}
