package userlist

import (
	"encoding/csv"
	"encoding/json"
	"io"
)

// Export writes users as a list that an import takes.
type Export interface {
	Write(*User) error
	// Close ends the list; what it goes into stays open.
	Close() error
}

// NewExport returns what writes users in a format.
func NewExport(out io.Writer, format Format) Export {
	if format == CSV {
		w := &csvExport{csv.NewWriter(out)}
		_ = w.Writer.Write(names[:]) // an error comes up again at the end
		return w
	}
	return &jsonExport{documents: documents{out: out, format: format}}
}

// ParseUser reads a user as the API shows it.
func ParseUser(text []byte) (*User, error) {
	var u jsonUser
	if err := json.Unmarshal(text, &u); err != nil {
		return nil, err
	}
	return &User{u.texts()}, nil
}

// csvExport has a column for each field.
type csvExport struct{ *csv.Writer }

// Write implements [Export].
func (w *csvExport) Write(u *User) error {
	cells := u.values // a copy
	for i, value := range cells {
		cells[i] = Guarded(value)
	}
	return w.Writer.Write(cells[:])
}

// Close implements [Export].
func (w *csvExport) Close() error {
	w.Flush()
	return w.Error()
}

type jsonExport struct {
	documents
	text []byte // room for a user
}

// Write implements [Export].
func (w *jsonExport) Write(u *User) error {
	w.text = u.AppendAll(w.text[:0])
	return w.add(w.text)
}

// AppendAll appends the user as lists show it: with the members that say where it
// belongs, which an import takes from elsewhere.
func (u *User) AppendAll(b []byte) []byte {
	b = u.appendMember(append(b, '{'), accountID)
	b = u.appendMembers(b)
	b = u.appendMember(b, provisionedNumber)
	return append(b, '}')
}
