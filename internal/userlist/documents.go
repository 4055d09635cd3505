package userlist

import (
	"fmt"
	"io"
)

// documents writes objects as JSON lines, or as the list in a document.
type documents struct {
	out    io.Writer
	format Format
	count  int
}

func (d *documents) add(text []byte) error {
	form := ",\n    %s"
	switch d.count++; {
	case d.format == JSONLines:
		form = "%s\n"
	case d.count == 1:
		form = "{\"Users\": [\n    %s"
	}
	_, err := fmt.Fprintf(d.out, form, text)
	return err
}

// Close implements [Rejects].
func (d *documents) Close() error {
	end := "\n]}\n"
	switch {
	case d.format == JSONLines:
		return nil
	case d.count == 0:
		end = "{\"Users\": []}\n"
	}
	_, err := io.WriteString(d.out, end)
	return err
}
