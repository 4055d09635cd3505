package userlist

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding says which characters the bytes of a file stand for.
type Encoding string

// The encodings. Auto stands for what the file looks like: its byte order mark
// decides, else it is UTF-8 if all of it is valid, else Windows-1252.
const (
	Auto        Encoding = "auto"
	UTF8        Encoding = "utf-8"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
	Windows1252 Encoding = "windows-1252"
)

// Source opens a file from its beginning, as often as it is called.
type Source func() (io.ReadCloser, error)

// Form is what a look at a file tells.
type Form struct {
	Encoding Encoding
	// Gzip says that the file is compressed.
	Gzip bool
	// Guessed is the first line, from 1 on, that made it Windows-1252 for want of
	// anything better; 0: nothing was guessed.
	Guessed int
}

// badByte stands for what is no character of a file's encoding: it is valid nowhere
// in UTF-8, so that the row that has it is refused.
const badByte = 0xff

var byteOrderMarks = []struct {
	mark     string
	encoding Encoding
}{{"\xef\xbb\xbf", UTF8}, {"\xff\xfe", UTF16LE}, {"\xfe\xff", UTF16BE}}

// Look finds out the form of a file. With an encoding other than [Auto] it does not
// read all of it.
func Look(source Source, wanted Encoding) (Form, error) {
	f, err := source()
	if err != nil {
		return Form{}, err
	}
	defer f.Close()
	form := Form{Encoding: wanted}
	r, compressed, err := plain(f)
	form.Gzip = compressed
	if err != nil || wanted != Auto {
		return form, err
	}
	if form.Encoding = markedAs(r); form.Encoding != Auto {
		return form, nil
	}
	form.Encoding = UTF8
	form.Guessed, err = firstInvalid(r)
	if form.Guessed > 0 {
		form.Encoding = Windows1252
	}
	return form, err
}

// plain returns a reader of what was compressed, if it was.
func plain(in io.Reader) (r *bufio.Reader, compressed bool, err error) {
	r = bufio.NewReaderSize(in, 64<<10)
	if head, _ := r.Peek(2); string(head) != "\x1f\x8b" {
		return r, false, nil
	}
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, true, err
	}
	return bufio.NewReaderSize(z, 64<<10), true, nil
}

// markedAs returns the encoding that the beginning of a file gives away: by its
// mark, or by the zero bytes that UTF-16 has beside letters of English.
func markedAs(r *bufio.Reader) Encoding {
	head, _ := r.Peek(4)
	for _, m := range byteOrderMarks {
		if strings.HasPrefix(string(head), m.mark) {
			return m.encoding
		}
	}
	if len(head) < 4 {
		return Auto
	}
	switch zero := [4]bool{head[0] == 0, head[1] == 0, head[2] == 0, head[3] == 0}; zero {
	case [4]bool{false, true, false, true}:
		return UTF16LE
	case [4]bool{true, false, true, false}:
		return UTF16BE
	}
	return Auto
}

// firstInvalid returns the number of the first line that is not UTF-8; 0: all are.
func firstInvalid(r io.Reader) (int, error) {
	line, kept, buf := 1, 0, make([]byte, 64<<10)
	for {
		n, err := r.Read(buf[kept:])
		text := buf[:kept+n]
		if err == nil {
			text = text[:complete(text)]
		}
		if at := invalidAt(text); at >= 0 {
			return line + bytes.Count(text[:at], []byte("\n")), nil
		}
		line += bytes.Count(text, []byte("\n"))
		switch {
		case errors.Is(err, io.EOF):
			return 0, nil
		case err != nil:
			return 0, err
		}
		kept = copy(buf, buf[len(text):kept+n])
	}
}

// complete returns how much of a text ends with a whole character.
func complete(text []byte) int {
	for i := len(text) - 1; i >= 0 && i > len(text)-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			if !utf8.FullRune(text[i:]) {
				return i
			}
			break
		}
	}
	return len(text)
}

func invalidAt(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return -1
}

// decoded returns a reader of a file's text in UTF-8, without its mark.
func decoded(in io.Reader, form Form) (*bufio.Reader, error) {
	r, _, err := plain(in)
	if err != nil {
		return nil, err
	}
	for _, m := range byteOrderMarks {
		if head, _ := r.Peek(len(m.mark)); m.encoding == form.Encoding && string(head) == m.mark {
			_, _ = r.Discard(len(m.mark)) // it was peeked
		}
	}
	switch form.Encoding {
	case UTF8:
		return r, nil
	case Windows1252:
		return bufio.NewReaderSize(&converter{in: r, next: nextWindows1252}, 64<<10), nil
	case UTF16LE:
		return bufio.NewReaderSize(&converter{in: r, next: nextUTF16(binary.LittleEndian)}, 64<<10), nil
	case UTF16BE:
		return bufio.NewReaderSize(&converter{in: r, next: nextUTF16(binary.BigEndian)}, 64<<10), nil
	}
	return nil, fmt.Errorf("unknown encoding %q", form.Encoding)
}

// converter makes UTF-8 of what another encoding has.
type converter struct {
	in   *bufio.Reader
	next func(*bufio.Reader) (rune, error) // noRune: what was read is none
}

const noRune = -1

// Read implements [io.Reader].
func (c *converter) Read(p []byte) (int, error) {
	n := 0
	for n+utf8.UTFMax <= len(p) {
		r, err := c.next(c.in)
		if err != nil {
			return n, err
		}
		if r == noRune {
			p[n] = badByte
			n++
			continue
		}
		n += utf8.EncodeRune(p[n:], r)
	}
	return n, nil
}

// upper1252 are the characters of the bytes 0x80 to 0x9f; a blank: there is none.
var upper1252 = []rune("€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ")

func nextWindows1252(in *bufio.Reader) (rune, error) {
	b, err := in.ReadByte()
	if b < 0x80 || b > 0x9f {
		return rune(b), err
	}
	if r := upper1252[b-0x80]; r != ' ' {
		return r, err
	}
	return noRune, err
}

func nextUTF16(order binary.ByteOrder) func(*bufio.Reader) (rune, error) {
	return func(in *bufio.Reader) (rune, error) {
		unit, err := in.Peek(2)
		if len(unit) < 2 {
			_, _ = in.Discard(len(unit)) // it was peeked
			if len(unit) == 1 && errors.Is(err, io.EOF) {
				return noRune, nil // half a unit ends the file
			}
			return 0, err
		}
		first := rune(order.Uint16(unit))
		_, _ = in.Discard(2)
		if !utf16.IsSurrogate(first) {
			return first, nil
		}
		pair, _ := in.Peek(2)
		if len(pair) < 2 {
			return noRune, nil
		}
		r := utf16.DecodeRune(first, rune(order.Uint16(pair)))
		if r == utf8.RuneError {
			return noRune, nil
		}
		_, _ = in.Discard(2)
		return r, nil
	}
}
