package userlist

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// maxRow is the most bytes of a row: far more than all members of a user have.
const maxRow = 64 << 10

// line is a line of a file as it stands there.
type line struct {
	text   string // with what ends it; the beginning, if it is long
	number int    // from 1 on
	long   bool   // it has more than maxRow bytes
}

// bare is the text without what ends it.
func (l *line) bare() string { return strings.TrimSuffix(strings.TrimSuffix(l.text, "\n"), "\r") }

// lines reads a file line by line, with a bound for each.
type lines struct {
	in     *bufio.Reader
	number int
	end    byte   // what ends a line; 0: not known yet
	again  []line // those that were given back
}

// endOf looks at the beginning of a file. Lines end with a line feed, but those of
// old programs for the Mac with a carriage return alone.
func endOf(in *bufio.Reader) byte {
	head, _ := in.Peek(in.Size())
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		return '\r'
	}
	return '\n'
}

// next returns the next line, or io.EOF.
func (l *lines) next() (line, error) {
	if len(l.again) > 0 {
		first := l.again[0]
		l.again = l.again[1:]
		return first, nil
	}
	if l.end == 0 {
		l.end = endOf(l.in)
	}
	var text []byte
	long := false
	for {
		part, err := l.in.ReadSlice(l.end)
		if room := maxRow - len(text); len(part) > room {
			part, long = part[:room], true
		}
		text = append(text, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !(errors.Is(err, io.EOF) && len(text) > 0):
			return line{}, err
		}
		l.number++
		return line{string(text), l.number, long}, nil
	}
}

// giveBack has next return some lines again.
func (l *lines) giveBack(list []line) { l.again = append(list, l.again...) }
