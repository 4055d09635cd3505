// Package jsonscan reads one JSON document strictly and without building a
// tree. It refuses what encoding/json lets through and a directory must not:
// members given twice, invalid UTF-8, documents nested deeper and lists longer
// than those of any request of the API, and strings with half a surrogate pair or the NUL character.
// Such strings may stand where nobody reads them: they are good JSON.
package jsonscan

import (
	"bytes"
	"fmt"
	"strconv"
)

// MaxDepth is how many arrays and objects may be open at once. The deepest
// request of the API needs four.
const MaxDepth = 32

// MaxLength is how many elements a list may have that is read, and how many
// members an object: a few bytes of the document become many in memory. No list
// of the API takes more than 1000. Lists that nobody reads take no memory.
const MaxLength = 1024

// Scanner walks through a document. After the first error every method
// returns at once and [Scanner.Finish] reports it. The zero Scanner is not
// useful; use [New].
type Scanner struct {
	data  []byte
	pos   int
	depth int32
	odd   oddity // of the string read last
	path  []segment
	err   error
}

// segment is one step of the path to the value being read: a member or, when
// name is empty, an index.
type segment struct {
	name  string
	index int
}

// New returns a Scanner over data, which must not change while it is in use.
func New(data []byte) *Scanner {
	return &Scanner{data: data}
}

// Error says why a document was refused.
type Error struct {
	// Path names the value, as in Items[2].UserId. It is empty when the
	// document is not JSON at all, and for the outermost value.
	Path string
	// Want is the type that was expected ("a string"), empty for other errors.
	Want string
	// Got is the type that was found, or the reason of a syntax error.
	Got string
	// Rule, if not empty, is what good JSON breaks here; it goes on after "must".
	Rule string
	// Offset is where it happened, in bytes from the start.
	Offset int
}

func (e *Error) Error() string {
	what := e.Path
	if what == "" {
		what = "the document"
	}
	switch {
	case e.Rule != "":
		return fmt.Sprintf("%s must %s", what, e.Rule)
	case e.Want != "":
		return fmt.Sprintf("%s must be %s, not %s", what, e.Want, e.Got)
	}
	return fmt.Sprintf("invalid JSON at byte %d: %s", e.Offset, e.Got)
}

// Finish returns the first error, or one for anything but white space after
// the document.
func (s *Scanner) Finish() error {
	if s.err == nil && s.peek() != 0 {
		s.syntax("unexpected text after the document")
	}
	return s.err
}

// Object reads an object and calls member for the name of each member that is
// not null. member reads the value and returns true, or returns false without
// reading, and the value is skipped. Object reports whether all went well.
func (s *Scanner) Object(member func(name []byte) bool) bool {
	return s.ObjectNulls(member, nil)
}

// ObjectNulls is Object and calls null, if not nil, for the name of each member
// that is null.
func (s *Scanner) ObjectNulls(member func(name []byte) bool, null func(name []byte)) bool {
	if !s.open('{', "an object") {
		return false
	}
	var seen names
	for more := s.peek() != '}'; more && s.err == nil; more = s.comma('}') {
		s.member(&seen, member, null)
	}
	s.close()
	return s.err == nil
}

func (s *Scanner) member(seen *names, member func(name []byte) bool, null func(name []byte)) {
	if s.peek() != '"' {
		s.syntax("expected a member name")
		return
	}
	name := s.text()
	switch {
	case s.err == nil && len(seen.many) == MaxLength:
		s.refuse(fmt.Sprintf("have %d members at most", MaxLength))
	case s.err == nil && !seen.add(name):
		s.refuse("not give a member twice")
	}
	if s.peek() != ':' {
		s.syntax("expected a colon")
	}
	if s.err != nil {
		return
	}
	s.pos++
	switch {
	case s.null():
		if null != nil {
			null(name)
		}
	case !member(name):
		s.skip()
	}
}

// Array reads an array and calls element for each value, which must read it.
// It reports whether all went well.
func (s *Scanner) Array(element func()) bool {
	if !s.open('[', "a list") {
		return false
	}
	s.path = append(s.path, segment{})
	s.elements(func() {
		if s.path[len(s.path)-1].index == MaxLength {
			s.refuseLength()
			return
		}
		element()
		s.path[len(s.path)-1].index++
	})
	s.path = s.path[:len(s.path)-1]
	return s.err == nil
}

// refuseLength refuses the list that is being read, not its element.
func (s *Scanner) refuseLength() {
	path := s.path
	s.path = path[:len(path)-1]
	s.refuse(fmt.Sprintf("have length less than or equal to %d", MaxLength))
	s.path = path
}

// elements reads the rest of an array.
func (s *Scanner) elements(element func()) {
	for more := s.peek() != ']'; more && s.err == nil; more = s.comma(']') {
		element()
	}
	s.close()
}

// In runs read with name as a step of the path that errors report.
func (s *Scanner) In(name string, read func()) {
	s.path = append(s.path, segment{name: name})
	read()
	s.path = s.path[:len(s.path)-1]
}

// String reads a string that is text: without NUL and half surrogate pairs. It
// reports false for anything else, which is an error.
func (s *Scanner) String() (string, bool) {
	if !s.expect(s.peek() == '"', "a string") {
		return "", false
	}
	s.odd = isText
	v := string(s.text())
	if s.odd != isText {
		s.refuse(textRules[s.odd])
	}
	return v, s.err == nil
}

// Bool reads true or false. It reports false for anything else, which is an error.
func (s *Scanner) Bool() (value, ok bool) {
	c := s.peek()
	if !s.expect(c == 't' || c == 'f', "a boolean") {
		return false, false
	}
	if c == 't' {
		return true, s.word("true")
	}
	return false, s.word("false")
}

// Int reads an integer that an int holds, written without fraction or exponent.
func (s *Scanner) Int() (int, bool) {
	c := s.peek()
	if !s.expect(c == '-' || isDigit(c), "an integer") {
		return 0, false
	}
	start := s.pos
	s.number()
	if s.err != nil {
		return 0, false
	}
	text := s.data[start:s.pos]
	v, err := strconv.Atoi(string(text))
	if err != nil {
		s.pos = start
		s.fail("an integer", numberKind(text))
	}
	return v, err == nil
}

// numberKind tells why a number is not an integer that an int holds.
func numberKind(text []byte) string {
	if bytes.ContainsAny(text, ".eE") {
		return "a number with a fraction or an exponent"
	}
	return "a number of more than 64 bits"
}

// open enters an array or object.
func (s *Scanner) open(bracket byte, want string) bool {
	if !s.expect(s.peek() == bracket, want) {
		return false
	}
	s.pos++
	if s.depth++; s.depth > MaxDepth {
		s.refuse(fmt.Sprintf("be nested %d deep at most", MaxDepth))
	}
	return s.err == nil
}

// comma reports whether another element follows.
func (s *Scanner) comma(end byte) bool {
	if s.err != nil {
		return false
	}
	switch s.peek() {
	case ',':
		s.pos++
		return true
	case end:
		return false
	}
	s.syntax("expected a comma or the end of the list or object")
	return false
}

func (s *Scanner) close() {
	if s.err == nil {
		s.pos++
		s.depth--
	}
}

// skip reads a value of any type.
func (s *Scanner) skip() {
	switch c := s.peek(); {
	case c == '{':
		s.Object(func([]byte) bool { return false })
	case c == '[':
		if s.open('[', "a list") {
			s.elements(s.skip)
		}
	case c == '"':
		s.text()
	case c == 't' || c == 'f':
		s.Bool()
	case c == 'n':
		s.word("null")
	case c == '-' || isDigit(c):
		s.number()
	default:
		s.syntax("expected a value")
	}
}

func (s *Scanner) null() bool {
	return s.peek() == 'n' && s.word("null")
}

// word reads one of the three literal names.
func (s *Scanner) word(w string) bool {
	if !bytes.HasPrefix(s.data[s.pos:], []byte(w)) {
		s.syntax("unknown word")
		return false
	}
	s.pos += len(w)
	return s.err == nil
}

// peek returns the next byte that is not white space, 0 at the end.
func (s *Scanner) peek() byte {
	for s.err == nil && s.pos < len(s.data) {
		switch c := s.data[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		case 0:
			s.syntax("NUL byte")
		default:
			return c
		}
	}
	return 0
}

// expect records a type error unless ok.
func (s *Scanner) expect(ok bool, want string) bool {
	if !ok && s.err == nil {
		s.fail(want, s.kind())
	}
	return s.err == nil
}

// kind names the type of the next value.
func (s *Scanner) kind() string {
	switch c := s.peek(); {
	case c == '{':
		return "an object"
	case c == '[':
		return "a list"
	case c == '"':
		return "a string"
	case c == 't' || c == 'f':
		return "a boolean"
	case c == 'n':
		return "null"
	case c == '-' || isDigit(c):
		return "a number"
	}
	return ""
}

func (s *Scanner) fail(want, got string) {
	if got == "" {
		s.syntax("expected a value")
		return
	}
	if s.err == nil {
		s.err = &Error{Path: s.where(), Want: want, Got: got, Offset: s.pos}
	}
}

func (s *Scanner) syntax(reason string) {
	if s.err == nil {
		s.err = &Error{Got: reason, Offset: s.pos}
	}
}

// refuse records that good JSON breaks a rule of ours.
func (s *Scanner) refuse(rule string) {
	if s.err == nil {
		s.err = &Error{Path: s.where(), Rule: rule, Offset: s.pos}
	}
}

func (s *Scanner) where() string {
	var b []byte
	for _, p := range s.path {
		switch {
		case p.name == "":
			b = fmt.Appendf(b, "[%d]", p.index)
		case len(b) > 0:
			b = append(append(b, '.'), p.name...)
		default:
			b = append(b, p.name...)
		}
	}
	return string(b)
}
