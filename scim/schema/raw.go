package schema

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// Raw is a JSON object whose values are written already: a list of users is put
// together from what is kept of each, without reading it. Names are those of the
// schema, which need no escapes.
type Raw []Member

// Member is a member of an object with its value in JSON.
type Member struct{ Name, Value string }

// rawMembers is for how many members there is room from the beginning: few users have
// more.
const rawMembers = 16

// ParseRaw returns the members of an object, which has to be good JSON.
func ParseRaw(object string) Raw {
	r := make(Raw, 0, rawMembers)
	for name, value := range Members(object) {
		r = append(r, Member{name, value})
	}
	return r
}

// Get returns a value; empty: there is none, or it is null.
func (r Raw) Get(name string) string {
	for i := range r {
		if r[i].Name == name && r[i].Value != "null" {
			return r[i].Value
		}
	}
	return ""
}

// Set writes a value, in the place of one that there may be.
func (r *Raw) Set(name, value string) {
	for i := range *r {
		if (*r)[i].Name == name {
			(*r)[i].Value = value
			return
		}
	}
	*r = append(*r, Member{name, value})
}

// Read reads the values of some names.
func (r Raw) Read(names map[string]bool) map[string]any {
	read := make(map[string]any, len(names))
	for i := range r {
		if names[r[i].Name] {
			var v any
			_ = json.Unmarshal([]byte(r[i].Value), &v) // is good JSON
			read[r[i].Name] = v
		}
	}
	return read
}

// Append adds the object to a text, its members in the order in which encoding/json
// writes a map.
func (r Raw) Append(to []byte) []byte {
	slices.SortFunc(r, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	to = append(to, '{')
	for i := range r {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(append(append(to, '"'), r[i].Name...), `":`...)
		to = append(to, r[i].Value...)
	}
	return append(to, '}')
}

// Members yields the names and values of an object, which has to be good JSON.
func Members(object string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i := begin(object, '{'); i < len(object) && object[i] == '"'; {
			colon := stringEnd(object, i)
			value := skip(object, colon, ':')
			end := valueEnd(object, value)
			if colon-1 <= i || !yield(object[i+1:colon-1], trimmed(object[value:end])) {
				return
			}
			i = skip(object, end, ',')
		}
	}
}

// Elements yields the values of a list, which has to be good JSON.
func Elements(list string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := begin(list, '['); i < len(list) && list[i] != ']'; {
			end := valueEnd(list, i)
			if end == i || !yield(trimmed(list[i:end])) {
				return
			}
			i = skip(list, end, ',')
		}
	}
}

// trimmed returns a value without the white space behind it.
func trimmed(value string) string { return strings.TrimRight(value, " \t\r\n") }

// begin returns where the content of an object or a list begins; the end of the text:
// it is none.
func begin(text string, bracket byte) int {
	i := skip(text, 0, 0)
	if i == len(text) || text[i] != bracket {
		return len(text)
	}
	return skip(text, i+1, 0)
}

// skip passes over white space and one kind of separator.
func skip(text string, i int, separator byte) int {
	for i < len(text) && (text[i] == separator || text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r') {
		i++
	}
	return i
}

// stringEnd returns where a string ends that begins somewhere.
func stringEnd(text string, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// valueEnd returns where a value ends that begins somewhere.
func valueEnd(text string, i int) int {
	for depth := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"':
			i = stringEnd(text, i) - 1
		case c == '{' || c == '[':
			depth++
			continue
		case c == '}' || c == ']':
			depth--
		case c != ',' || depth > 0:
			continue
		}
		switch {
		case c == ',' || depth < 0: // behind a word or a number
			return i
		case depth == 0:
			return i + 1
		}
	}
	return len(text)
}

// Quote writes a text as encoding/json does.
func Quote(text string) string {
	if strings.IndexFunc(text, odd) < 0 {
		return `"` + text + `"`
	}
	quoted, _ := json.Marshal(text) // of any text
	return string(quoted)
}

// Unquote reads a text in good JSON.
func Unquote(value string) (text string) {
	if len(value) > 1 && strings.IndexByte(value, '\\') < 0 {
		return value[1 : len(value)-1]
	}
	_ = json.Unmarshal([]byte(value), &text)
	return text
}

// odd reports whether a character may have to be written in another way.
func odd(r rune) bool {
	return r < ' ' || r >= utf8.RuneSelf || strings.ContainsRune(`"\\<>&`, r)
}
