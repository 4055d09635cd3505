package userlist

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
)

// Format is how a list is written.
type Format string

// The formats.
const (
	CSV       Format = "csv"
	JSON      Format = "json"  // {"Users": […]}
	JSONLines Format = "jsonl" // a user a line
)

// Reader reads the rows of a list.
type Reader interface {
	// Next returns the next row, good or bad, or io.EOF. Another error ends the
	// list: nobody can tell where the next row begins.
	Next() (*Row, error)
	// Warnings returns what is odd about the list and yet no error.
	Warnings() []string
}

// List is a list that is open.
type List struct {
	Reader
	Format Format
	Form   Form

	file *counted
}

// counted is a file that tells how much of it was read.
type counted struct {
	io.ReadCloser
	n atomic.Int64
}

// Read implements [io.Reader].
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// Read returns how many bytes of the file were read so far.
func (l *List) Read() int64 { return l.file.n.Load() }

// Open opens a list and finds out what it is. An error says why none of it can be
// imported. Close it.
func Open(source Source, wanted Encoding) (*List, error) {
	form, err := Look(source, wanted)
	if err != nil {
		return nil, err
	}
	f, err := source()
	if err != nil {
		return nil, err
	}
	l := &List{Form: form, file: &counted{ReadCloser: f}}
	if err := l.open(l.file); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return l, nil
}

func (l *List) open(f io.Reader) error {
	r, err := decoded(f, l.Form)
	if err != nil {
		return err
	}
	switch l.Format = formatOf(r); l.Format {
	case JSON:
		l.Reader = newJSONReader(r)
	case JSONLines:
		l.Reader = &jsonLines{lines{in: r}}
	default:
		l.Reader, err = newCSVReader(lines{in: r})
	}
	return err
}

// OpenOnce opens a list that can be read but once, and is UTF-8 or begins with the
// mark of its encoding. There is nothing to close.
func OpenOnce(in io.Reader) (*List, error) {
	l := &List{Form: Form{Encoding: UTF8}, file: &counted{ReadCloser: io.NopCloser(in)}}
	r := bufio.NewReaderSize(l.file, 64<<10)
	if marked := markedAs(r); marked != Auto {
		l.Form.Encoding = marked
	}
	return l, l.open(r)
}

// Close closes the file.
func (l *List) Close() error { return l.file.Close() }

// Warnings returns what is odd about the list and yet no error.
func (l *List) Warnings() []string {
	list := l.Reader.Warnings()
	if l.Form.Guessed > 0 {
		list = append(list, fmt.Sprintf("the file is not UTF-8 (first in line %d) and is read as Windows-1252; --encoding says otherwise", l.Form.Guessed))
	}
	return list
}

// formatOf looks at the beginning of a file. Lines of JSON have no document that
// goes on in the next line, and hold users themselves.
func formatOf(r *bufio.Reader) Format {
	head, _ := r.Peek(r.Size())
	text := strings.TrimLeft(string(head), " \t\r\n")
	if text == "" || text[0] != '{' && text[0] != '[' {
		return CSV
	}
	first, _, _ := strings.Cut(text, "\n")
	first = strings.TrimSpace(first)
	if first[0] == '{' && strings.HasSuffix(first, "}") && !holdsList(first) {
		return JSONLines
	}
	return JSON
}

// holdsList reports whether a line is, or begins, an object with a list of users.
func holdsList(line string) bool {
	var page struct{ Users json.RawMessage }
	if json.Unmarshal([]byte(line), &page) == nil {
		return page.Users != nil
	}
	return strings.HasPrefix(spelled(line), `{"users":`)
}
