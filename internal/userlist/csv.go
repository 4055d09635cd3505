package userlist

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// csvReader reads rows below a header.
type csvReader struct {
	lines    lines
	comma    byte
	cells    []string // of the header, as they stand there
	columns  []field  // what they mean
	warnings []string
}

// separators are what may be between cells, the likelier ones first.
const separators = ",;\t"

// newCSVReader reads the header, and refuses the file if nobody can tell by it
// which users the rows are.
func newCSVReader(in lines) (*csvReader, error) {
	r := &csvReader{lines: in, comma: separators[0]}
	header, err := r.firstLine()
	if err != nil {
		return nil, err
	}
	r.comma = separatorOf(header.bare())
	if r.cells, err = r.record(&header); err != nil {
		return nil, fmt.Errorf("the header: %w", err)
	}
	return r, r.readHeader()
}

// firstLine returns the line of the header. Before it may be one, as in "sep=;",
// that tells a spreadsheet what the separator is.
func (r *csvReader) firstLine() (line, error) {
	for {
		l, err := r.lines.next()
		switch {
		case errors.Is(err, io.EOF):
			return l, errors.New("the file is empty")
		case err != nil:
			return l, err
		case l.long:
			return l, fmt.Errorf("line %d is too long for a header", l.number)
		}
		text := strings.TrimSpace(l.bare())
		if text != "" && !strings.HasPrefix(strings.ToLower(text), "sep=") {
			return l, nil
		}
	}
}

// separatorOf returns the separator that makes the most of a header.
func separatorOf(header string) byte {
	best, most := separators[0], -1
	for _, comma := range []byte(separators) {
		cells, _ := splitRecord(header, comma)
		known := 0
		for _, c := range cells {
			if fieldOf(c) != unknown {
				known++
			}
		}
		if score := known*1000 + len(cells); score > most {
			best, most = comma, score
		}
	}
	return best
}

// readHeader finds out what the columns mean.
func (r *csvReader) readHeader() error {
	var strange []string
	for _, cell := range r.cells {
		f := fieldOf(cell)
		if f < fieldCount && slices.Contains(r.columns, f) {
			return fmt.Errorf("two columns say %s", names[f])
		}
		if f == unknown && strings.TrimSpace(cell) != "" {
			strange = append(strange, fmt.Sprintf("%q", cell))
		}
		r.columns = append(r.columns, f)
	}
	if !slices.Contains(r.columns, primaryEmail) {
		return fmt.Errorf("no column is the e-mail address; the columns are %s", strings.Join(r.cells, ", "))
	}
	if len(strange) > 0 {
		r.warnings = append(r.warnings, "columns that users do not have are left out: "+strings.Join(strange, ", "))
	}
	return nil
}

// Next implements [Reader].
func (r *csvReader) Next() (*Row, error) {
	for {
		l, err := r.lines.next()
		if err != nil {
			return nil, err
		}
		row := &Row{Line: l.number}
		if row.cells, err = r.record(&l); err != nil {
			row.fail("", err.Error())
			return row, nil
		}
		if slices.ContainsFunc(row.cells, notBlank) {
			r.fill(row)
			return row, nil
		}
	}
}

func notBlank(s string) bool { return strings.TrimSpace(s) != "" }

// The rules for rows that are no record.
var (
	errLong = fmt.Errorf("have at most %d bytes", maxRow)
	errOpen = errors.New("end the text that a quotation mark begins")
)

// record returns the cells of the record that begins with a line. If its quotation
// mark is never closed, it is this line alone that is bad.
func (r *csvReader) record(first *line) ([]string, error) {
	text := first.bare()
	if first.long {
		return []string{text}, errLong
	}
	cells, open := splitRecord(text, r.comma)
	if !open {
		return cells, nil
	}
	var more []line
	for whole := first.text; ; {
		l, err := r.lines.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if err == nil {
			more = append(more, l)
			whole += l.text
		}
		if err != nil || len(whole) > maxRow {
			r.lines.giveBack(more)
			return strings.Split(text, string(r.comma)), errOpen
		}
		if cells, open = splitRecord((&line{text: whole}).bare(), r.comma); !open {
			return cells, nil
		}
	}
}

// splitRecord returns the cells of a record, and whether it goes on in the next line
// since a quotation mark is open. One that does not end a cell is taken literally.
func splitRecord(s string, comma byte) (cells []string, open bool) {
	cells = make([]string, 0, 8)
	for {
		cell, rest, closed := splitCell(s, comma)
		if !closed {
			return cells, true
		}
		cells = append(cells, cell)
		if rest == "" {
			return cells, false
		}
		s = rest[1:]
	}
}

// splitCell returns the first cell and the rest, which begins with the separator.
func splitCell(s string, comma byte) (cell, rest string, closed bool) {
	if s == "" || s[0] != '"' {
		end := strings.IndexByte(s, comma)
		if end < 0 {
			end = len(s)
		}
		return s[:end], s[end:], true
	}
	doubled := false
	for i := 1; ; {
		at := strings.IndexByte(s[i:], '"')
		if at < 0 {
			return "", "", false
		}
		i += at + 1
		switch {
		case i == len(s) || s[i] == comma:
			cell = s[1 : i-1]
			if doubled {
				cell = strings.ReplaceAll(cell, `""`, `"`)
			}
			return cell, s[i:], true
		case s[i] == '"':
			doubled = true
			i++
		}
	}
}

// fill reads the members of a user from the cells of a row.
func (r *csvReader) fill(row *Row) {
	if len(row.cells) > len(r.columns) {
		row.fail("", fmt.Sprintf("have at most as many cells as the header, %d, not %d", len(r.columns), len(row.cells)))
		return
	}
	for i, cell := range row.cells {
		f := r.columns[i]
		if rule := unreadable(cell); rule != "" {
			row.fail(strings.TrimSpace(r.cells[i]), rule)
			return
		}
		if f < fieldCount && notBlank(cell) {
			row.set(f, unguarded(cell))
		}
	}
}

// Warnings implements [Reader].
func (r *csvReader) Warnings() []string { return r.warnings }
