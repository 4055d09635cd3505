package userlist

import "math/bits"

// hashSet is a set of hashes for lists of millions: some 10 bytes for each, where a map
// takes three times that. The zero value is empty.
type hashSet struct{ parts [256]hashPart }

// hashPart has the hashes that begin with the same byte, so that growing copies few.
// A hash is in the first slot from its place on that was empty; 0: it still is.
type hashPart struct {
	slots []uint64
	count int
}

// fullParts are the eighths of a part that may be taken.
const fullParts = 7

func (s *hashSet) part(hash uint64) *hashPart { return &s.parts[hash>>56] }

func (s *hashSet) has(hash uint64) bool {
	hash = max(hash, 1)
	p := s.part(hash)
	return len(p.slots) > 0 && p.slots[p.find(hash)] == hash
}

func (s *hashSet) add(hash uint64) {
	hash = max(hash, 1)
	p := s.part(hash)
	if 8*p.count >= fullParts*len(p.slots) {
		p.grow()
	}
	if at := p.find(hash); p.slots[at] == 0 {
		p.slots[at] = hash
		p.count++
	}
}

// find returns the slot of a hash, or the empty one where it would be.
func (p *hashPart) find(hash uint64) int {
	place, _ := bits.Mul64(hash<<8, uint64(len(p.slots)))
	at := int(place)
	for p.slots[at] != 0 && p.slots[at] != hash {
		if at++; at == len(p.slots) {
			at = 0
		}
	}
	return at
}

func (p *hashPart) grow() {
	old := p.slots
	p.slots = make([]uint64, 8+len(old)+len(old)/4)
	for _, hash := range old {
		if hash != 0 {
			p.slots[p.find(hash)] = hash
		}
	}
}
