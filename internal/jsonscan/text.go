package jsonscan

import (
	"unicode/utf16"
	"unicode/utf8"
)

// names remembers the members of one object to find those given twice. Past a
// few it becomes a map, so that a hostile body costs no quadratic time.
type names struct {
	few  [8][]byte
	n    int
	many map[string]struct{}
}

// add reports whether name is new.
func (n *names) add(name []byte) bool {
	if n.many != nil {
		return n.addMany(name)
	}
	for _, other := range n.few[:n.n] {
		if string(other) == string(name) {
			return false
		}
	}
	if n.n < len(n.few) {
		n.few[n.n] = name
		n.n++
		return true
	}
	n.many = make(map[string]struct{}, 4*len(n.few))
	for _, other := range n.few {
		n.many[string(other)] = struct{}{}
	}
	return n.addMany(name)
}

func (n *names) addMany(name []byte) bool {
	before := len(n.many)
	n.many[string(name)] = struct{}{}
	return len(n.many) > before
}

// text reads a string and returns its value: a part of the document when it
// has no escapes, a new slice otherwise.
func (s *Scanner) text() []byte {
	start := s.pos + 1
	for i := start; i < len(s.data); i++ {
		switch c := s.data[i]; {
		case c == '"':
			s.pos = i + 1
			return s.utf8(s.data[start:i])
		case c == '\\':
			return s.escaped(start, i)
		case c < ' ':
			s.pos = i
			s.syntax("control character in a string")
			return nil
		}
	}
	s.pos = len(s.data)
	s.syntax("string without end")
	return nil
}

func (s *Scanner) utf8(b []byte) []byte {
	if !utf8.Valid(b) {
		s.syntax("invalid UTF-8 in a string")
	}
	return b
}

// escaped reads the rest of a string whose first backslash is at i.
func (s *Scanner) escaped(start, i int) []byte {
	out := append(make([]byte, 0, i-start+32), s.data[start:i]...)
	for s.pos = i; s.pos < len(s.data); {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return s.utf8(out)
		case c == '\\':
			out = s.escape(out)
		case c < ' ':
			s.syntax("control character in a string")
		default:
			out = append(out, c)
			s.pos++
		}
		if s.err != nil {
			return nil
		}
	}
	s.syntax("string without end")
	return nil
}

// escapes maps the character after a backslash to its value.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (s *Scanner) escape(out []byte) []byte {
	if s.pos+1 >= len(s.data) {
		s.syntax("string without end")
		return nil
	}
	c := s.data[s.pos+1]
	if c == 'u' {
		return s.unicode(out)
	}
	if escapes[c] == 0 {
		s.syntax("unknown escape in a string")
		return nil
	}
	s.pos += 2
	return append(out, escapes[c])
}

// oddity says why a string is good JSON but no text.
type oddity uint8

const (
	isText oddity = iota
	hasNUL
	hasHalf
)

var textRules = [...]string{hasNUL: "not hold the NUL character", hasHalf: "not hold half of a surrogate pair"}

// unicode reads \uXXXX, or two of them that make up a surrogate pair. Half a
// pair is kept as U+FFFD.
func (s *Scanner) unicode(out []byte) []byte {
	r := s.hex4(s.pos)
	if r < 0 {
		s.syntax("invalid \\u escape in a string")
		return nil
	}
	s.pos += 6
	if utf16.IsSurrogate(r) {
		if r = utf16.DecodeRune(r, s.hex4(s.pos)); r == utf8.RuneError {
			s.odd = hasHalf
		} else {
			s.pos += 6
		}
	}
	if r == 0 {
		s.odd = hasNUL
	}
	return utf8.AppendRune(out, r)
}

// hex4 returns the value of a \uXXXX escape at i, -1 if there is none.
func (s *Scanner) hex4(i int) rune {
	if i+6 > len(s.data) || s.data[i] != '\\' || s.data[i+1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range s.data[i+2 : i+6] {
		switch {
		case isDigit(c):
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// number moves past a number and checks its form.
func (s *Scanner) number() {
	if s.pos < len(s.data) && s.data[s.pos] == '-' {
		s.pos++
	}
	if s.pos < len(s.data) && s.data[s.pos] == '0' {
		s.pos++
	} else {
		s.digits()
	}
	if s.pos < len(s.data) && s.data[s.pos] == '.' {
		s.pos++
		s.digits()
	}
	s.exponent()
}

func (s *Scanner) exponent() {
	if s.pos >= len(s.data) || s.data[s.pos]|0x20 != 'e' {
		return
	}
	s.pos++
	if s.pos < len(s.data) && (s.data[s.pos] == '+' || s.data[s.pos] == '-') {
		s.pos++
	}
	s.digits()
}

// digits moves past one digit or more.
func (s *Scanner) digits() {
	start := s.pos
	for s.pos < len(s.data) && isDigit(s.data[s.pos]) {
		s.pos++
	}
	if s.pos == start {
		s.syntax("malformed number")
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
