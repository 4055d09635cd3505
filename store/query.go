package store

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// query builds a statement from parts. Each ? becomes the next numbered
// placeholder.
type query struct {
	text strings.Builder
	args []any
}

func (q *query) add(part string, args ...any) {
	for {
		before, after, found := strings.Cut(part, "?")
		q.text.WriteString(before)
		if !found {
			return
		}
		q.args, args = append(q.args, args[0]), args[1:]
		q.text.WriteString("$" + strconv.Itoa(len(q.args)))
		part = after
	}
}

func (q *query) String() string { return q.text.String() }

// Fold returns the form in which names and addresses are compared without
// regard to case. Going by way of capitals joins letters that have more than
// one small form, as σ and ς.
func Fold(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return strings.ToLower(strings.ToUpper(s))
		}
	}
	return strings.ToLower(s)
}
