package server

import (
	"context"
	"math"
	"time"
)

// How long a request waits for room.
const (
	bodyPatience     = 5 * time.Second
	strangerPatience = 2 * time.Second
)

// limits are what bounds the requests under way. Callers that have proved who
// they are have their own room, shared out by AWS account; all others together
// have a small one, shared out by address. Neither can take the other's.
type limits struct {
	callers, strangers room
	proofs             *proofs
}

// room is how many requests may be under way, and how many bytes their large
// bodies may have.
type room struct{ places, bodies *shares }

// unlimited is the memory that limits are made for if there is no limit.
const unlimited = 1 << 30

// newLimits makes limits for an amount of memory in bytes. A body is in memory
// up to three times, as it came, decoded, and on its way to the database, and a
// request takes some 40 KiB besides.
func newLimits(memory int64, stopping <-chan struct{}) *limits {
	bodies := bodyMemory(memory)
	places := min(max(memory>>16, 512), 8192)
	return &limits{
		callers:   room{newShares(places, 0, stopping), newShares(bodies*3/4, bodyPatience, stopping)},
		strangers: room{newShares(places/16, strangerPatience, stopping), newShares(bodies/4, bodyPatience, stopping)},
		proofs:    newProofs(),
	}
}

// bodyMemory is what large bodies may take together, and small ones that are
// being read, in bytes.
func bodyMemory(memory int64) int64 {
	if memory == math.MaxInt64 {
		memory = unlimited
	}
	return max(memory/8, 6*maxBody)
}

// account is what a request is counted under.
type account struct {
	room
	name string
}

// enter takes a place; leave gives it back.
func (a account) enter(ctx context.Context) error { return a.places.take(ctx, a.name, 1) }
func (a account) leave()                          { a.places.give(a.name, 1) }
