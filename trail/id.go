package trail

import (
	"encoding/hex"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync/atomic"
)

// Ids of events are UUIDs of version 7 whose time is that of the event, by the
// clock of the rules: so they sort by time, and an id says where to look for its
// record. Those of one process and millisecond are in the order in which they
// were made.
type ids struct{ made atomic.Uint32 }

// idAt returns a new id for a moment in milliseconds since 1970.
func (g *ids) at(ms int64) string {
	n := g.made.Add(1)
	var b [16]byte
	putTime(&b, ms)
	b[6] = 0x70 | byte(n>>26)&0x0f
	b[7] = byte(n >> 18)
	b[8] = 0x80 | byte(n>>12)&0x3f
	b[9], b[10] = byte(n>>4), byte(n<<4)|byte(rand.Uint32())&0x0f
	for i, noise := 11, rand.Uint64(); i < len(b); i++ {
		b[i] = byte(noise >> (8 * (i - 11)))
	}
	return format(&b)
}

func putTime(b *[16]byte, ms int64) {
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
}

func format(b *[16]byte) string {
	var text [36]byte
	hex.Encode(text[:], b[:4])
	text[8] = '-'
	hex.Encode(text[9:], b[4:6])
	text[13] = '-'
	hex.Encode(text[14:], b[6:8])
	text[18] = '-'
	hex.Encode(text[19:], b[8:10])
	text[23] = '-'
	hex.Encode(text[24:], b[10:])
	return string(text[:])
}

// before returns what sorts before all ids of a moment and after those of
// earlier ones.
func before(ms int64) string {
	var b [16]byte
	putTime(&b, ms)
	return format(&b)
}

// msOf returns the moment of an id.
func msOf(id string) int64 {
	if len(id) != 36 {
		return 0
	}
	ms, _ := strconv.ParseInt(id[:8]+id[9:13], 16, 64) // what is no id has no time
	return ms
}

// pack returns the bytes of an id.
func pack(id string) (b [16]byte, ok bool) {
	text := strings.ReplaceAll(id, "-", "")
	if len(id) != 36 || len(text) != 32 {
		return b, false
	}
	_, err := hex.Decode(b[:], []byte(text))
	return b, err == nil && format(&b) == id
}
