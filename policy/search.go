package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxTried bounds what is searched place by place, in steps: a machine takes about
// as long to make.
const maxTried = 128

// search returns where the first place in s ends that a piece of a pattern fits,
// -1 if there is none. The piece has no *.
func search(piece []token, values []string, s string, fold bool) int {
	switch {
	case len(piece) == 0:
		return 0
	case len(piece) == 1 && piece[0].kind != anyOne:
		return piece[0].search(values, s, fold)
	case len(piece)*len(s) <= maxTried:
		return try(piece, values, s, fold)
	}
	return newMachine(piece, values, fold).search(s)
}

// try is search, place by place.
func try(piece []token, values []string, s string, fold bool) int {
	for from := 0; ; {
		if n, length := run(piece, values, s[from:], fold); n == len(piece) {
			return from + length
		}
		if from == len(s) {
			return -1
		}
		_, n := utf8.DecodeRuneInString(s[from:])
		from += n
	}
}

// afterRune is i or, inside of a character, where that ends.
func afterRune(s string, i int) int {
	for i < len(s) && !utf8.RuneStart(s[i]) {
		i++
	}
	return i
}

// search is search for a piece that is text.
func (t *token) search(values []string, s string, fold bool) int {
	want := t.text
	if t.kind == variable {
		want = values[t.index]
	}
	if !fold {
		if i := strings.Index(s, want); i >= 0 {
			return i + len(want)
		}
		return -1
	}
	for i := 0; i+len(want) <= len(s); i++ {
		if hasPrefixFold(s[i:], want) {
			return i + len(want)
		}
	}
	return -1
}

// machine looks for a piece in a text, byte by byte, at all places at once: a bit
// for each byte of the piece says that what came last fits up to there. So a
// hostile piece, which fits almost everywhere and nowhere, takes no longer than
// others.
type machine struct {
	cells int
	state []uint64
	// fits has the bits of the bytes of the piece that a byte fits; nil: ? at most.
	fits [256][]uint64
	// anyOne has the bits of ?, which stands for one character of several bytes.
	anyOne []uint64
	none   []uint64
}

func newMachine(piece []token, values []string, fold bool) *machine {
	m := &machine{}
	for i := range piece {
		m.cells += piece[i].bytes(values)
	}
	words := (m.cells + 63) / 64
	m.state, m.anyOne, m.none = make([]uint64, words), make([]uint64, words), make([]uint64, words)
	at := 0
	for i := range piece {
		if piece[i].kind == anyOne {
			m.anyOne[at/64] |= 1 << (at % 64)
		}
		at += piece[i].bytes(values)
	}
	at = 0
	for i := range piece {
		for k, c := range []byte(piece[i].plain(values)) {
			m.accept(c, at+k)
			if fold && c >= 'a' && c <= 'z' {
				m.accept(c-'a'+'A', at+k)
			}
		}
		at += piece[i].bytes(values)
	}
	return m
}

// plain is the text that a token stands for; empty for ?.
func (t *token) plain(values []string) string {
	if t.kind == variable {
		return values[t.index]
	}
	return t.text
}

// bytes is how many a token has in a machine.
func (t *token) bytes(values []string) int {
	if t.kind == anyOne {
		return 1
	}
	return len(t.plain(values))
}

// accept lets a byte of the text fit one of the piece.
func (m *machine) accept(c byte, at int) {
	if m.fits[c] == nil {
		m.fits[c] = slices.Clone(m.fitting(c))
	}
	m.fits[c][at/64] |= 1 << (at % 64)
}

// fitting has the bits that a byte of the text fits. Every one that begins a
// character fits ?.
func (m *machine) fitting(c byte) []uint64 {
	switch {
	case m.fits[c] != nil:
		return m.fits[c]
	case utf8.RuneStart(c):
		return m.anyOne
	}
	return m.none
}

// search returns where the first place in s ends that the piece fits, -1 if there
// is none.
func (m *machine) search(s string) int {
	if m.cells == 0 { // variables that are empty
		return 0
	}
	for i := range len(s) {
		if m.step(s[i]) {
			return afterRune(s, i+1)
		}
	}
	return -1
}

// step takes the next byte of the text and reports whether all of the piece fits.
func (m *machine) step(c byte) bool {
	stays, fits := m.none, m.fitting(c)
	if !utf8.RuneStart(c) { // the rest of the character that ? has begun
		stays = m.anyOne
	}
	carry := uint64(1)
	for i, bits := range m.state {
		m.state[i] = (bits<<1|carry)&fits[i] | bits&stays[i]
		carry = bits >> 63
	}
	last := m.cells - 1
	return m.state[last/64]>>(last%64)&1 == 1
}
