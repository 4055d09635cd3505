package server

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How long what callers choose may be in a line of the log, in bytes as they
// are written there.
const (
	maxField = 256
	maxCause = 512
)

// clip cuts a text for the log. What is not text is escaped, and all counts as
// long as the log's format makes it, so that nobody can blow up a line.
func clip(text string, most int) string {
	if len(text) <= most && plain(text) {
		return text
	}
	var b strings.Builder
	for length := 0; text != ""; {
		r, size := utf8.DecodeRuneInString(text)
		part := escape(text[:size], r)
		if length += len(part) + strings.Count(part, `\`) + strings.Count(part, `"`); length > most-len("…") {
			b.WriteString("…")
			break
		}
		b.WriteString(part)
		text = text[size:]
	}
	return b.String()
}

// plain reports whether a text needs no escape in any format.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// escape returns a character as it is if it can be shown, else its bytes in
// hexadecimal.
func escape(char string, r rune) string {
	if unicode.IsPrint(r) && (r != utf8.RuneError || len(char) > 1) {
		return char
	}
	var b strings.Builder
	for i := range len(char) {
		b.WriteString(`\x`)
		b.WriteString(strconv.FormatUint(uint64(char[i])|0x100, 16)[1:])
	}
	return b.String()
}
