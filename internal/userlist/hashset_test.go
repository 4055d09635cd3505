package userlist

import (
	"math/rand/v2"
	"testing"
)

// A set has what a map has, and takes less room.
func TestHashSet(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var s hashSet
	want := map[uint64]bool{}
	for range 50_000 {
		hash := random.Uint64()
		if random.IntN(4) == 0 {
			hash %= 5000 // all in one part, and some again
		}
		if s.has(hash) != want[max(hash, 1)] {
			t.Fatalf("%x: %v", hash, s.has(hash))
		}
		s.add(hash)
		want[max(hash, 1)] = true
	}
	slots := 0
	for hash := range want {
		if !s.has(hash) {
			t.Fatalf("%x is not there", hash)
		}
	}
	for i := range s.parts {
		slots += len(s.parts[i].slots)
	}
	if slots > 2*len(want) {
		t.Errorf("%d slots for %d hashes", slots, len(want))
	}
}
