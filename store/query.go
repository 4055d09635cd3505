package store

import (
	"math/bits"
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

// addPrefix adds the condition that a column begins with a prefix, as a range,
// so that an index can serve.
func (q *query) addPrefix(column, prefix string) {
	q.add(` AND `+column+` >= ?`, prefix)
	if end := afterPrefix(prefix); end != "" {
		q.add(` AND `+column+` < ?`, end)
	}
}

// afterPrefix returns the least text that comes, by its bytes, after all that
// begin with a prefix; empty: there is none.
func afterPrefix(prefix string) string {
	for prefix != "" {
		last, size := utf8.DecodeLastRuneInString(prefix)
		prefix = prefix[:len(prefix)-size]
		switch {
		case last == utf8.MaxRune: // the one before it must grow
		case last == firstSurrogate-1:
			return prefix + string(lastSurrogate+1)
		default:
			return prefix + string(last+1)
		}
	}
	return ""
}

// The code points between these are in no text.
const firstSurrogate, lastSurrogate = '\uD7FF' + 1, '\uE000' - 1

func (q *query) String() string { return q.text.String() }

// roundUp returns the least power of two that is not less than n, so that lists
// of any length come to few different statements.
func roundUp(n int) int { return 1 << bits.Len(uint(n-1)) }

// placeholders returns those of a list of n values that padded has lengthened.
func placeholders(n int) string {
	var q query
	n = roundUp(n)
	q.add(`?`+strings.Repeat(`, ?`, n-1), make([]any, n)...)
	return q.String()
}

// padded repeats the last value of a list, which must not be empty.
func padded(list []string) []any {
	args := make([]any, roundUp(len(list)))
	for i := range args {
		args[i] = list[min(i, len(list)-1)]
	}
	return args
}

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

// Position is where a row is in a list that is ordered by time, then id, or by
// id alone. The zero Position is before the first row.
type Position struct {
	Ms int64
	ID string
}

// page continues a list after a position, if there is one, and ends the query:
// order is ASC or DESC, key the columns of time and id.
func (q *query) page(order, ms, id string, after Position, limit int) {
	if after.ID != "" {
		sign := `>`
		if order == `DESC` {
			sign = `<`
		}
		q.add(` AND (`+ms+`, `+id+`) `+sign+` (?, ?)`, after.Ms, after.ID)
	}
	q.add(` ORDER BY `+ms+` `+order+`, `+id+` `+order+` LIMIT CAST(? AS BIGINT)`, limit)
}
