package policy

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxDepth is how many lists and objects may be open at once. A good document
// needs six: itself, Statement, a statement, Condition, an operator, values.
const maxDepth = 12

// maxFew is how many names of an object are compared one by one; more go into
// a map.
const maxFew = 8

type kind uint8

const (
	null kind = iota
	boolean
	number
	str
	array
	object
)

// node is a JSON value with its places.
type node struct {
	kind    kind
	text    string // a string's characters; a number or a boolean as it stands
	items   []node // of a list
	members []member
	at      Position // of the first character
	end     Position // behind the last character
	before  Position // in a list: behind the bracket or the element before it
}

type member struct {
	name  string
	at    Position
	value node
}

// reader reads a document. After the first error it reads nothing more.
type reader struct {
	text  string
	pos   int
	depth int
	// at is the position of text[mark], from where here goes on counting.
	at   Position
	mark int
	err  error
}

// readJSON reads the whole text as one JSON value.
func readJSON(text string) (node, error) {
	r := &reader{text: text, at: Position{1, 1}}
	r.characters()
	root := r.value()
	r.space()
	if r.err == nil && r.pos < len(text) {
		r.fail("text after the document")
	}
	return root, r.err
}

// characters refuses what IAM's pattern of policy documents does not have.
func (r *reader) characters() {
	for i, c := range r.text {
		bad := c > 0xFF || c < ' ' && !isSpace(byte(c))
		if bad {
			r.pos = i
			r.fail("a character outside of U+0009, U+000A, U+000D, U+0020 to U+00FF")
			return
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// here returns the position of the next character.
func (r *reader) here() Position {
	for ; r.mark < r.pos; r.mark++ {
		switch c := r.text[r.mark]; {
		case c == '\n', c == '\r' && !strings.HasPrefix(r.text[r.mark+1:], "\n"):
			r.at = Position{r.at.Line + 1, 1}
		case utf8.RuneStart(c):
			r.at.Column++
		}
	}
	return r.at
}

// fail keeps the first error and ends the reading.
func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = &Error{Text: syntaxErrors, Hint: fmt.Sprintf(format, args...), Position: r.here()}
	}
	r.pos = len(r.text)
}

func (r *reader) space() {
	for r.pos < len(r.text) && isSpace(r.text[r.pos]) {
		r.pos++
	}
}

// peek returns the next character that is not white space, 0 at the end.
func (r *reader) peek() byte {
	r.space()
	if r.pos == len(r.text) {
		return 0
	}
	return r.text[r.pos]
}

// accept takes the next character if it is c.
func (r *reader) accept(c byte) bool {
	ok := r.peek() == c
	if ok {
		r.pos++
	}
	return ok
}

func (r *reader) value() (n node) {
	c := r.peek()
	n.at = r.here()
	switch {
	case c == '{':
		r.nested(func() { n.kind, n.members = object, r.object() })
	case c == '[':
		r.nested(func() { n.kind, n.items = array, r.array() })
	case c == '"':
		n.kind, n.text = str, r.string()
	default:
		n.kind, n.text = r.word()
	}
	n.end = r.here()
	return n
}

func (r *reader) nested(read func()) {
	if r.depth == maxDepth {
		r.fail("nested too deep")
		return
	}
	r.depth++
	r.pos++
	read()
	r.depth--
}

func (r *reader) array() (items []node) {
	before := r.here()
	if r.accept(']') {
		return nil
	}
	for more := true; more && r.err == nil; more = r.more(']') {
		n := r.value()
		n.before, before = before, n.end
		items = append(items, n)
	}
	return items
}

func (r *reader) object() (members []member) {
	if r.accept('}') {
		return nil
	}
	names := &names{}
	for more := true; more && r.err == nil; more = r.more('}') {
		members = append(members, r.member(names))
	}
	return members
}

func (r *reader) member(names *names) (m member) {
	if r.peek() != '"' {
		r.fail("expected the name of a member")
		return m
	}
	start := r.pos
	m.at = r.here()
	m.name = r.string()
	if r.err == nil && !names.add(m.name) {
		r.pos = start
		r.fail("%.100q is given twice", m.name)
	}
	if !r.accept(':') {
		r.fail("expected a colon")
	}
	m.value = r.value()
	return m
}

// more takes the comma before another element, or the end.
func (r *reader) more(end byte) bool {
	if r.accept(',') {
		return true
	}
	if !r.accept(end) {
		r.fail("expected a comma or %c", end)
	}
	return false
}

// names are those of the members of one object.
type names struct {
	few  []string
	many map[string]bool
}

// add reports whether the name is new.
func (n *names) add(name string) bool {
	if len(n.few) < maxFew {
		for _, s := range n.few {
			if s == name {
				return false
			}
		}
		n.few = append(n.few, name)
		return true
	}
	if n.many == nil {
		n.many = map[string]bool{}
		for _, s := range n.few {
			n.many[s] = true
		}
	}
	known := n.many[name]
	n.many[name] = true
	return !known
}
