package api

import (
	"strconv"
	"time"
	"unicode/utf8"

	"carillon/internal/jsonscan"
)

// The generated decoders call these with the scanner at a value.

func decodeText[S ~string](s *jsonscan.Scanner, name string, v *Opt[S]) bool {
	s.In(name, func() {
		text, ok := s.String()
		*v = Opt[S]{S(text), ok}
	})
	return true
}

func decodeBool(s *jsonscan.Scanner, name string, v *Opt[bool]) bool {
	s.In(name, func() { v.V, v.Set = s.Bool() })
	return true
}

func decodeInt(s *jsonscan.Scanner, name string, v *Opt[int]) bool {
	s.In(name, func() { v.V, v.Set = s.Int() })
	return true
}

func decodeTexts[S ~string](s *jsonscan.Scanner, name string, v *[]S) bool {
	*v = []S{}
	s.In(name, func() {
		s.Array(func() {
			text, _ := s.String()
			*v = append(*v, S(text))
		})
	})
	return true
}

// structure is a pointer to a shape that can read itself.
type structure[T any] interface {
	*T
	decode(*jsonscan.Scanner)
}

func decodeStruct[T any, P structure[T]](s *jsonscan.Scanner, name string, v *P) bool {
	*v = new(T)
	s.In(name, func() { (*v).decode(s) })
	return true
}

func decodeStructs[T any, P structure[T]](s *jsonscan.Scanner, name string, v *[]T) bool {
	*v = []T{}
	s.In(name, func() {
		s.Array(func() {
			var t T
			P(&t).decode(s)
			*v = append(*v, t)
		})
	})
	return true
}

// decodeBody reads a whole body. None at all is an empty object.
func decodeBody(body []byte, decode func(*jsonscan.Scanner)) error {
	if len(body) == 0 {
		return nil
	}
	s := jsonscan.New(body)
	decode(s)
	return malformed(s.Finish())
}

// ignoreBody reads the body of an operation that has no members there. Some
// clients send {} all the same.
func ignoreBody(s *jsonscan.Scanner) {
	s.Object(func([]byte) bool { return false })
}

// queryInt reads a number of the query: decimal digits as JSON has them, with
// neither a plus nor leading zeros.
func queryInt(member, value string) (Opt[int], error) {
	n, err := strconv.ParseInt(value, 10, 32)
	if err != nil || strconv.FormatInt(n, 10) != value {
		return Opt[int]{}, Invalid(member, "be an integer of 32 bits without sign and leading zeros, not a string of length %d", utf8.RuneCountInString(value))
	}
	return Some(int(n)), nil
}

// The generated encoders call these.

func appendOptText[S ~string](b []byte, v Opt[S]) []byte {
	if !v.Set {
		return append(b, "null"...)
	}
	return appendText(b, string(v.V))
}

const hexDigits = "0123456789abcdef"

// AppendText appends a JSON string, as all answers have them.
func AppendText(b []byte, v string) []byte { return appendText(b, v) }

// appendText appends a JSON string. Bytes that are not UTF-8 become U+FFFD, so
// that an answer is valid JSON whatever the store holds.
func appendText(b []byte, v string) []byte {
	b = append(b, '"')
	if isPlain(v) {
		return append(append(b, v...), '"')
	}
	start := 0
	for i := 0; i < len(v); {
		c := v[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(v[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		b = appendEscape(append(b, v[start:i]...), c)
		i++
		start = i
	}
	return append(append(b, v[start:]...), '"')
}

// plain are the bytes that stand for themselves in a JSON string of ASCII.
var plain = func() (set [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		set[c] = c != '"' && c != '\\'
	}
	return set
}()

func isPlain(v string) bool {
	for i := range len(v) {
		if !plain[v[i]] {
			return false
		}
	}
	return true
}

func appendEscape(b []byte, c byte) []byte {
	switch {
	case c == '"' || c == '\\':
		return append(b, '\\', c)
	case c == '\n':
		return append(b, '\\', 'n')
	case c == '\r':
		return append(b, '\\', 'r')
	case c == '\t':
		return append(b, '\\', 't')
	case c < ' ':
		return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
	return utf8.AppendRune(b, utf8.RuneError)
}

func appendOptBool(b []byte, v Opt[bool]) []byte {
	if !v.Set {
		return append(b, "null"...)
	}
	return strconv.AppendBool(b, v.V)
}

func appendOptInt(b []byte, v Opt[int]) []byte {
	if !v.Set {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, int64(v.V), 10)
}

func appendTimestamp(b []byte, t Timestamp) []byte {
	if t == 0 {
		return append(b, "null"...)
	}
	moment := time.UnixMilli(int64(t)).UTC()
	year, month, day := moment.Date()
	hour, minute, second := moment.Clock()
	b = appendDigits(append(b, '"'), year, 4)
	b = appendDigits(append(b, '-'), int(month), 2)
	b = appendDigits(append(b, '-'), day, 2)
	b = appendDigits(append(b, 'T'), hour, 2)
	b = appendDigits(append(b, ':'), minute, 2)
	b = appendDigits(append(b, ':'), second, 2)
	b = appendDigits(append(b, '.'), moment.Nanosecond()/1e6, 3)
	return append(b, 'Z', '"')
}

// appendDigits appends n with leading zeros. Formatting a time by a layout
// takes four times as long.
func appendDigits(b []byte, n, width int) []byte {
	b = append(b, "0000"[:width]...)
	for i := len(b) - 1; width > 0; width-- {
		b[i] = byte('0' + n%10)
		n /= 10
		i--
	}
	return b
}

func appendTexts[S ~string](b []byte, list []S) []byte {
	if list == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, string(v))
	}
	return append(b, ']')
}

// encodable is a pointer to a shape that can write itself.
type encodable[T any] interface {
	*T
	AppendJSON([]byte) []byte
}

func appendStruct[T any, P encodable[T]](b []byte, v P) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	return v.AppendJSON(b)
}

func appendStructs[T any, P encodable[T]](b []byte, list []T) []byte {
	if list == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = P(&list[i]).AppendJSON(b)
	}
	return append(b, ']')
}

// label returns one of the members that the path carries, or none.
func label(i int, members ...string) string {
	if i >= len(members) {
		return ""
	}
	return members[i]
}
