package userlist

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Rejects writes the rows that were refused, so that they can be corrected and
// imported: in the format of the list, with the members Line, Member and Rule, which
// an import ignores.
type Rejects interface {
	Write(*Row) error
	// Close ends the file; what it goes into stays open.
	Close() error
}

// Rejects returns what writes the rows of this list that are refused.
func (l *List) Rejects(out io.Writer) Rejects {
	if r, ok := l.Reader.(*csvReader); ok {
		return newCSVRejects(out, r, l.Form)
	}
	return &jsonRejects{documents{out: out, format: l.Format}}
}

// csvRejects begins each row with its own columns, since a row may be too long.
type csvRejects struct {
	*csv.Writer
	own []bool // which columns of the list are those of a file of rejects
	err error
}

func newCSVRejects(out io.Writer, r *csvReader, form Form) *csvRejects {
	w := &csvRejects{Writer: csv.NewWriter(out)}
	w.Comma = rune(r.comma)
	if form.Encoding != UTF8 { // spreadsheets would take it for the old encoding
		_, w.err = io.WriteString(out, byteOrderMarks[0].mark)
	}
	for _, cell := range r.cells {
		w.own = append(w.own, slices.Contains([]string{"line", "member", "rule"}, spelled(cell)))
	}
	w.write([]string{"Line", "Member", "Rule"}, r.cells)
	return w
}

func (w *csvRejects) write(first, cells []string) {
	for i, cell := range cells {
		if i >= len(w.own) || !w.own[i] {
			first = append(first, strings.ToValidUTF8(cell, "\ufffd"))
		}
	}
	if w.err == nil {
		w.err = w.Writer.Write(first)
	}
}

// Write implements [Rejects].
func (w *csvRejects) Write(r *Row) error {
	w.write([]string{strconv.Itoa(r.Line), r.Problem.Member, r.Problem.Rule}, r.cells)
	return w.err
}

// Close implements [Rejects].
func (w *csvRejects) Close() error {
	w.Flush()
	if w.err == nil {
		w.err = w.Error()
	}
	return w.err
}

type jsonRejects struct{ documents }

// Write implements [Rejects].
func (w *jsonRejects) Write(r *Row) error {
	members := map[string]any{}
	var known map[string]json.RawMessage
	if json.Unmarshal(r.raw, &known) == nil {
		for name, value := range known {
			members[name] = value
		}
	} else {
		members["Row"] = strings.ToValidUTF8(string(r.raw), "\ufffd")
	}
	members["Line"], members["Member"], members["Rule"] = r.Line, r.Problem.Member, r.Problem.Rule
	text, err := json.Marshal(members)
	if err != nil {
		return err
	}
	return w.add(text)
}
