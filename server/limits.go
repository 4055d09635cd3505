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
	gate               *gate // of callers
	proofs             *proofs
}

// room is for the requests that are under way, and for the bytes of their large
// bodies.
type room struct {
	places places
	bodies *shares
}

// places are where requests are that are under way, each counted under somebody.
type places interface {
	// enter takes one, and may wait for it; leave gives it back.
	enter(ctx context.Context, who string) error
	leave(who string)
}

// counted are places that are shared out.
type counted struct{ *shares }

func (c counted) enter(ctx context.Context, who string) error { return c.take(ctx, who, 1) }
func (c counted) leave(who string)                            { c.give(who, 1) }

// unlimited is the memory that limits are made for if there is no limit.
const unlimited = 1 << 30

// newLimits makes limits for an amount of memory in bytes. A body is in memory
// up to three times, as it came, decoded, and on its way to the database, and a
// request takes some 40 KiB besides.
func newLimits(memory int64, stopping <-chan struct{}) *limits {
	bodies := bodyMemory(memory)
	places := min(max(memory>>16, 512), 8192)
	gate := newGate(newShares(places, 0, stopping))
	return &limits{
		gate:      gate,
		callers:   room{gate, newShares(bodies*3/4, bodyPatience, stopping)},
		strangers: room{counted{newShares(places/16, strangerPatience, stopping)}, newShares(bodies/4, bodyPatience, stopping)},
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
func (a account) enter(ctx context.Context) error { return a.places.enter(ctx, a.name) }
func (a account) leave()                          { a.places.leave(a.name) }
