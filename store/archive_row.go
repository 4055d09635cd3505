package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ArchiveRow is a record of an archive.
type ArchiveRow struct {
	kind  *ArchiveKind
	cells []any // pointers, one for each member
	user  *User // if it is one: the cells point into it
}

// newRow returns an empty record.
func (k *ArchiveKind) newRow() *ArchiveRow {
	r := &ArchiveRow{kind: k}
	if k.isUsers() {
		r.user = &User{}
		r.cells = r.user.archiveCells()
		return r
	}
	for i := range k.members {
		r.cells = append(r.cells, newCell(k.members[i].kindOf()))
	}
	return r
}

func (r *ArchiveRow) cell(member string) any {
	i := slices.IndexFunc(r.kind.members, func(m archiveMember) bool { return m.name == member })
	if i < 0 {
		return nil
	}
	return r.cells[i]
}

// Text returns a text of the record; a kind without such a member has an empty one.
func (r *ArchiveRow) Text(member string) string {
	if text, ok := r.cell(member).(*string); ok {
		return *text
	}
	return ""
}

// Number returns a number of the record, a time in milliseconds since 1970; a kind
// without such a member has 0.
func (r *ArchiveRow) Number(member string) int64 {
	if n, ok := r.cell(member).(*int64); ok {
		return *n
	}
	return 0
}

// Room returns the room without which the record cannot be; empty: there is none.
func (r *ArchiveRow) Room() string {
	if r.kind.room == "" || r.Text("ContainerType") == InConversation {
		return ""
	}
	return r.Text(r.kind.room)
}

// Key names the record, as in AccountId "a", RoomId "b".
func (r *ArchiveRow) Key() string {
	var parts []string
	for i := range r.kind.key {
		parts = append(parts, r.kind.members[i].name+" "+string(r.appendValue(nil, i)))
	}
	return strings.Join(parts, ", ")
}

// Differences returns the members in which two records of a kind are not the same.
func (r *ArchiveRow) Differences(other *ArchiveRow) (names []string) {
	for i, m := range r.kind.members {
		if !bytes.Equal(r.appendValue(nil, i), other.appendValue(nil, i)) {
			names = append(names, m.name)
		}
	}
	return names
}

// appendTo appends the record as a line has it, without the end of the line. The same
// record is always the same line.
func (r *ArchiveRow) appendTo(b []byte) []byte {
	start := len(b)
	for i, m := range r.kind.members {
		if value := r.appendValue(nil, i); value != nil {
			b = append(append(b, `,"`+m.name+`":`...), value...)
		}
	}
	if len(b) == start {
		b = append(b, ' ')
	}
	b[start] = '{'
	return append(b, '}')
}

// appendValue appends a value; nothing, if there is none.
func (r *ArchiveRow) appendValue(b []byte, i int) []byte {
	switch v := r.cells[i].(type) {
	case *int64:
		if *v == 0 {
			return b
		}
		if r.kind.members[i].form == formMoment {
			return time.UnixMilli(*v).UTC().AppendFormat(b, `"`+momentForm+`"`)
		}
		return strconv.AppendInt(b, *v, 10)
	case *bool:
		if *v {
			return append(b, "true"...)
		}
	case *string:
		switch {
		case *v == "":
		case r.kind.members[i].form == formDocument:
			return append(b, *v...)
		default:
			return appendText(b, *v)
		}
	}
	return b
}

// momentForm is how times are written, in UTC.
const momentForm = "2006-01-02T15:04:05.000Z07:00"

// ArchiveError says what is wrong with a line; it never has a value in it.
type ArchiveError struct {
	// Member is what it is about; empty: the line.
	Member string
	// Rule is what it must do, as in "be a time".
	Rule string
}

// Error implements error.
func (e *ArchiveError) Error() string {
	if e.Member == "" {
		return "the line must " + e.Rule
	}
	return e.Member + " must " + e.Rule
}

// Parse reads a line. What is wrong with it is an [*ArchiveError].
func (k *ArchiveKind) Parse(line string) (*ArchiveRow, error) {
	if !utf8.ValidString(line) {
		return nil, &ArchiveError{"", "be UTF-8"}
	}
	r := k.newRow()
	if err := r.read(line); err != nil {
		return nil, err
	}
	for i := range k.members {
		if err := r.check(i); err != nil {
			return nil, err
		}
	}
	return r, r.checkPlace()
}

var errNoObject = &ArchiveError{"", "be one JSON object"}

func (r *ArchiveRow) read(line string) error {
	d := json.NewDecoder(strings.NewReader(line))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errNoObject
	}
	seen := make([]bool, len(r.cells))
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return errNoObject
		}
		i := slices.IndexFunc(r.kind.members, func(m archiveMember) bool { return m.name == name })
		if i < 0 {
			return &ArchiveError{"", "have no members but those that it is described with"}
		}
		if seen[i] {
			return &ArchiveError{name, "be there once"}
		}
		seen[i] = true
		if err := r.readValue(d, i); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil { // the end of the object
		return errNoObject
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errNoObject
	}
	return nil
}

// readValue reads a value of the member's form.
func (r *ArchiveRow) readValue(d *json.Decoder, i int) error {
	m := &r.kind.members[i]
	switch m.form {
	case formMoment:
		return r.readMoment(d, i)
	case formDocument:
		var text json.RawMessage
		if d.Decode(&text) != nil {
			return errNoObject
		}
		*r.cells[i].(*string) = string(text)
		return nil
	}
	var raw json.RawMessage
	if d.Decode(&raw) != nil {
		return errNoObject
	}
	if bytes.Equal(raw, []byte("null")) || json.Unmarshal(raw, r.cells[i]) != nil {
		return &ArchiveError{m.name, "be " + m.form.String()}
	}
	return nil
}

// String says what a value of the form is.
func (f form) String() string {
	return [...]string{"a text", "a whole number", "a time such as 2019-01-08T17:59:18.006Z", "true or false", "JSON"}[f]
}

// latestYear is the last one that four digits can write.
const latestYear = 9999

func (r *ArchiveRow) readMoment(d *json.Decoder, i int) error {
	var text string
	if d.Decode(&text) != nil {
		return &ArchiveError{r.kind.members[i].name, "be " + formMoment.String()}
	}
	t, err := time.Parse(momentForm, text)
	if err != nil || t.Year() > latestYear || t.UnixMilli() <= 0 {
		return &ArchiveError{r.kind.members[i].name, "be " + formMoment.String() + ", after 1970"}
	}
	*r.cells[i].(*int64) = t.UnixMilli()
	return nil
}

// check returns what is wrong with a value.
func (r *ArchiveRow) check(i int) error {
	m := &r.kind.members[i]
	if n, ok := r.cells[i].(*int64); ok && *n < 0 {
		return &ArchiveError{m.name, "not be negative"}
	}
	text, ok := r.cells[i].(*string)
	switch {
	case !ok:
		return nil
	case i < r.kind.key && *text == "":
		return &ArchiveError{m.name, "be there"}
	case len(*text) > m.most:
		return &ArchiveError{m.name, fmt.Sprintf("have at most %d bytes", m.most)}
	case strings.IndexByte(*text, 0) >= 0:
		return &ArchiveError{m.name, "have no NUL"}
	case m.values != nil && !slices.Contains(m.values, *text):
		return &ArchiveError{m.name, "be one of " + strings.Join(m.values, ", ")}
	case m.check != nil && *text != "":
		if err := m.check(*text); err != nil {
			return &ArchiveError{m.name, err.Error()}
		}
	}
	return nil
}

// checkPlace: the id of a user may tell when they were created.
func (r *ArchiveRow) checkPlace() error {
	if r.user != nil && placeOf(r.user.UserID, r.user.CreatedMs).createdMs() != r.user.CreatedMs {
		return &ArchiveError{"CreatedTimestamp", "be the time that UserId tells"}
	}
	return nil
}
