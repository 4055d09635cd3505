package store

import (
	"math/bits"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// query builds a statement from parts. Each ? becomes the next numbered
// placeholder.
type query struct {
	text *text // nil: none yet
	args []any
}

// usualArgs is how many arguments few queries exceed.
const usualArgs = 8

func (q *query) add(part string, args ...any) {
	if q.text == nil {
		q.text = &noText
	}
	q.text = q.text.and(part)
	if q.args == nil && len(args) > 0 {
		q.args = make([]any, 0, max(usualArgs, len(args)))
	}
	q.args = append(q.args, args...)
}

func (q *query) String() string {
	if q.text == nil {
		return ""
	}
	return q.text.sql
}

// text is the beginning of a statement. It remembers how it went on before, so
// that every statement is put together once. Parts come from the program, never
// from a caller: there are not many.
type text struct {
	sql    string
	params int

	mu     sync.RWMutex
	longer map[string]*text // by the part that follows
}

// noText is where all statements begin.
var noText text

// and returns the text with a part behind it.
func (t *text) and(part string) *text {
	t.mu.RLock()
	next := t.longer[part]
	t.mu.RUnlock()
	if next == nil {
		next = t.remember(part)
	}
	return next
}

func (t *text) remember(part string) *text {
	t.mu.Lock()
	defer t.mu.Unlock()
	if next := t.longer[part]; next != nil { // meanwhile
		return next
	}
	if t.longer == nil {
		t.longer = map[string]*text{}
	}
	next := &text{sql: t.sql + numbered(part, t.params), params: t.params + strings.Count(part, "?")}
	t.longer[part] = next
	return next
}

// numbered replaces each ? of a part by a placeholder; used is how many there are
// before.
func numbered(part string, used int) string {
	var s strings.Builder
	for {
		before, after, found := strings.Cut(part, "?")
		s.WriteString(before)
		if !found {
			return s.String()
		}
		used++
		s.WriteString("$" + strconv.Itoa(used))
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

// roundUp returns the least power of two that is not less than n, so that lists
// of any length come to few different statements.
func roundUp(n int) int { return 1 << bits.Len(uint(n-1)) }

// anonymous are the placeholders of a list that padded has lengthened, for query.add.
func anonymous(n int) string { return `?` + strings.Repeat(`, ?`, roundUp(n)-1) }

// placeholders returns those of a list of n values that padded has lengthened.
func placeholders(n int) string {
	var q query
	q.add(anonymous(n), make([]any, roundUp(n))...)
	return q.String()
}

// padded repeats the last value of a list, which must not be empty.
func padded[T any](list []T) []any {
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

// order is the order of a list, by two columns, as its query ends with it.
type order struct{ after, by string }

func ascending(first, second string) order  { return ordered(first, second, `>`, `ASC`) }
func descending(first, second string) order { return ordered(first, second, `<`, `DESC`) }

func ordered(first, second, sign, direction string) order {
	return order{
		after: ` AND (` + first + `, ` + second + `) ` + sign + ` (?, ?)`,
		by:    ` ORDER BY ` + first + ` ` + direction + `, ` + second + ` ` + direction + ` LIMIT CAST(? AS BIGINT)`,
	}
}

// page continues a list after a position, if there is one, and ends the query.
func (q *query) page(o order, after Position, limit int) {
	if after.ID != "" {
		q.add(o.after, after.Ms, after.ID)
	}
	q.add(o.by, limit)
}
