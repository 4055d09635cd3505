package store

import "encoding/binary"

// The rows of an account are in the order of its list. That is the order of the
// ids that the server makes, UUIDs of version 7, which begin with their time: such
// an id, as its 16 bytes, is the place of its row. Other ids, which come from
// elsewhere, have the place of their creation time, and are found by an index.

// place is where a user's row is in its account.
type place struct {
	key []byte
	// other is the id in its short form, if it does not tell its place; else it
	// is empty.
	other []byte
}

// What other begins with; no byte in this place of a UUID of version 7 is so small.
const (
	otherUUID = 1 // and its 16 bytes
	otherText = 2 // and the id as it is
)

const (
	uuidBytes = 16
	timeBytes = 6 // of a place: milliseconds, with the high byte first
	latestMs  = 1<<(8*timeBytes) - 1
)

// placeOf returns the place of a user. The time is that of an id that has one,
// whatever createdMs says.
func placeOf(id string, createdMs int64) place {
	uuid, ok := parseUUID(id)
	if ok && uuid[6]>>4 == 7 && uuid[8]>>6 == 0b10 {
		return place{key: uuid, other: []byte{}}
	}
	other := append([]byte{otherText}, id...)
	if ok {
		other = append([]byte{otherUUID}, uuid...)
	}
	key := binary.BigEndian.AppendUint64(nil, uint64(min(max(createdMs, 0), latestMs)))
	return place{key: append(key[8-timeBytes:], other...), other: other}
}

// placeAt returns the place of a row by its key.
func placeAt(key []byte) place {
	if len(key) > timeBytes && key[timeBytes] <= otherText {
		return place{key: key, other: key[timeBytes:]}
	}
	return place{key: key}
}

// id returns the id of the user.
func (p place) id() string {
	switch {
	case len(p.other) == 0:
		return formatUUID(p.key)
	case p.other[0] == otherUUID:
		return formatUUID(p.other[1:])
	}
	return string(p.other[1:])
}

// createdMs returns the time by which the list is ordered.
func (p place) createdMs() int64 {
	var ms [8]byte
	copy(ms[8-timeBytes:], p.key)
	return int64(binary.BigEndian.Uint64(ms[:]))
}

// parseUUID returns the bytes of an id that has the form of a UUID in lower case;
// any other spelling would be lost.
func parseUUID(id string) (uuid []byte, ok bool) {
	if len(id) != 36 {
		return nil, false
	}
	uuid = make([]byte, 0, uuidBytes)
	for at := 0; at < len(id); at += 2 {
		switch at {
		case 8, 13, 18, 23:
			if id[at] != '-' {
				return nil, false
			}
			at++
		}
		high, low := hexDigit(id[at]), hexDigit(id[at+1])
		if high > 15 || low > 15 {
			return nil, false
		}
		uuid = append(uuid, high<<4|low)
	}
	return uuid, true
}

// hexDigit returns the value of a digit in lower case, or 255.
func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}

func formatUUID(uuid []byte) string {
	var text [36]byte
	at := 0
	for i, b := range uuid[:uuidBytes] {
		switch i {
		case 4, 6, 8, 10:
			text[at] = '-'
			at++
		}
		text[at], text[at+1] = hexDigits[b>>4], hexDigits[b&0xf]
		at += 2
	}
	return string(text[:])
}

const hexDigits = "0123456789abcdef"

// nearMs is how far the time of an id may be from that of a user before TimedID
// changes it: ids of one moment are in the order in which they were made.
const nearMs = 1000

// TimedID returns the id for a user who counts as created at a moment, made of a
// new UUID of version 7: it tells the place in the list. An id of another kind
// stays as it is.
func TimedID(id string, createdMs int64) string {
	p := placeOf(id, createdMs)
	if len(p.other) > 0 || max(createdMs-p.createdMs(), p.createdMs()-createdMs) <= nearMs {
		return id
	}
	for i := range timeBytes {
		p.key[i] = byte(createdMs >> (8 * (timeBytes - 1 - i)))
	}
	return formatUUID(p.key)
}
