package policy

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// word reads a number, true, false or null.
func (r *reader) word() (kind, string) {
	rest := r.text[r.pos:]
	n := strings.IndexFunc(rest, func(c rune) bool { return !strings.ContainsRune("+-.0123456789abcdefghijklmnopqrstuvwxyzE", c) })
	if n < 0 {
		n = len(rest)
	}
	word := rest[:n]
	k, ok := classify(word)
	if !ok {
		r.fail("expected a value")
	}
	r.pos = min(r.pos+n, len(r.text))
	return k, word
}

func classify(word string) (kind, bool) {
	switch {
	case word == "null":
		return null, true
	case word == "true", word == "false":
		return boolean, true
	}
	return number, isNumber(word)
}

// isNumber reports whether word is a number of JSON.
func isNumber(word string) bool {
	s := strings.TrimPrefix(word, "-")
	whole, s := digits(s)
	if whole == "" || len(whole) > 1 && whole[0] == '0' {
		return false
	}
	if fraction, ok := strings.CutPrefix(s, "."); ok {
		if whole, s = digits(fraction); whole == "" {
			return false
		}
	}
	if s == "" {
		return true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	whole, s = digits(s)
	return whole != "" && s == ""
}

// digits splits s behind its leading digits.
func digits(s string) (number, rest string) {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return s[:n], s[n:]
}

// string reads a string that begins at the next character.
func (r *reader) string() string {
	r.pos++
	start := r.pos
	n := strings.IndexAny(r.text[start:], "\"\\\n\r\t")
	if n >= 0 && r.text[start+n] == '"' {
		r.pos = start + n + 1
		return r.text[start : start+n]
	}
	return r.escaped()
}

// escaped reads the rest of a string, character by character.
func (r *reader) escaped() string {
	var b strings.Builder
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; c {
		case '"':
			r.pos++
			return b.String()
		case '\\':
			b.WriteRune(r.escape())
		case '\n', '\r', '\t':
			r.fail("a string with a line break or a tab in it")
		default:
			b.WriteByte(c)
			r.pos++
		}
	}
	r.fail("a string without an end")
	return ""
}

// escape reads what begins with a backslash.
func (r *reader) escape() rune {
	if r.pos+1 == len(r.text) {
		r.fail("a string without an end")
		return 0
	}
	const escapes, means = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if i := strings.IndexByte(escapes, r.text[r.pos+1]); i >= 0 {
		r.pos += 2
		return rune(means[i])
	}
	c := r.unit()
	if utf16.IsSurrogate(c) {
		c = utf16.DecodeRune(c, r.unit())
		if c == utf8.RuneError {
			r.fail("half of a surrogate pair")
		}
	}
	return c
}

// unit reads one \uXXXX.
func (r *reader) unit() rune {
	s := r.text[r.pos:]
	if len(s) >= 6 && s[:2] == `\u` {
		if v, err := strconv.ParseUint(s[2:6], 16, 16); err == nil {
			r.pos += 6
			return rune(v)
		}
	}
	r.fail("no escape of JSON")
	return utf8.RuneError
}
