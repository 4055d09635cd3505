package store

import (
	"strconv"
	"strings"
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

// foldKey is the form under which names and addresses are compared without
// regard to case.
func foldKey(s string) string { return strings.ToLower(s) }
