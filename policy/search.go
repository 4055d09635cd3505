package policy

import (
	"strings"
	"unicode/utf8"
)

// search returns where the first place in s ends that a piece of a pattern fits,
// -1 if there is none. The piece has no *.
func search(piece []token, values []string, s string, fold bool) int {
	switch {
	case len(piece) == 0:
		return 0
	case len(piece) == 1 && piece[0].kind != anyOne:
		return piece[0].search(values, s, fold)
	}
	m := newMachine(piece, values, fold)
	for i := range len(s) {
		if m.step(s[i]) {
			return afterRune(s, i+1)
		}
	}
	if m.cells == 0 { // of variables that are empty
		return 0
	}
	return -1
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
	// fits has the bits of the bytes of the piece that a byte fits; nil: only ?.
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
			at++
		}
		for _, c := range []byte(piece[i].plain(values)) {
			m.accept(c, at)
			if fold && c >= 'a' && c <= 'z' {
				m.accept(c-'a'+'A', at)
			}
			at++
		}
	}
	m.acceptAny()
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
		m.fits[c] = make([]uint64, len(m.state))
	}
	m.fits[c][at/64] |= 1 << (at % 64)
}

// acceptAny lets every byte that begins a character fit ?.
func (m *machine) acceptAny() {
	for c := range m.fits {
		begins := utf8.RuneStart(byte(c))
		switch {
		case m.fits[c] == nil && begins:
			m.fits[c] = m.anyOne
		case m.fits[c] == nil:
			m.fits[c] = m.none
		case begins:
			for i, bits := range m.anyOne {
				m.fits[c][i] |= bits
			}
		}
	}
}

// step takes the next byte of the text and reports whether all of the piece fits.
func (m *machine) step(c byte) bool {
	stays, fits := m.none, m.fits[c]
	if !utf8.RuneStart(c) { // the rest of the character that ? has begun
		stays = m.anyOne
	}
	carry := uint64(1)
	for i, bits := range m.state {
		m.state[i] = (bits<<1|carry)&fits[i] | bits&stays[i]
		carry = bits >> 63
	}
	last := m.cells - 1
	return last >= 0 && m.state[last/64]>>(last%64)&1 == 1
}
