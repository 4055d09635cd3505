package engine

import "context"

// Snapshotter is an [Engine] that can show one moment of everything for as long as
// somebody reads. Whoever needs it asks by a type assertion.
type Snapshotter interface {
	// Snapshot runs fn for reading, as View does, but all statements see the state that
	// was committed when it began. Others go on meanwhile. It has no limit of time but
	// ctx, and takes nothing that requests wait for.
	Snapshot(ctx context.Context, fn func(Tx) error) error
}
