package policy

import (
	"fmt"
	"strings"
)

// What IAM answers to a document that is not JSON or not of the right shape.
const syntaxErrors = "Syntax errors in policy."

// builder makes a Document of JSON. The first error ends the work.
type builder struct {
	err error
}

// build makes a Document of what was read, and refuses what IAM calls syntax
// errors: it looks for these in the whole document before anything else.
func build(root node) (*Document, error) {
	b := &builder{}
	d := &Document{version: text{where: where{Position: root.at}}}
	at := where{Position: root.at}
	if root.kind != object {
		return nil, b.syntax(at, "a policy is an object")
	}
	var statements bool
	for _, m := range root.members {
		statements = statements || m.name == "Statement"
		b.top(d, m)
	}
	if !statements {
		b.syntax(at, "Statement is missing")
	}
	return d, b.err
}

// syntax keeps the first error.
func (b *builder) syntax(at where, hint string) error {
	if b.err == nil {
		b.err = &Error{Text: syntaxErrors, Path: at.path, Hint: hint, Position: at.Position}
	}
	return b.err
}

func (b *builder) top(d *Document, m member) {
	at := where{m.value.at, m.name}
	switch m.name {
	case "Version":
		d.version = b.scalar(m.value, at)
		if v := d.version.string; v != "2012-10-17" && v != "2008-10-17" {
			b.syntax(at, "unknown version")
		}
	case "Id":
		b.scalar(m.value, at)
	case "Statement":
		b.statements(d, m.value, at)
	default:
		b.syntax(where{m.at, clip(m.name)}, "unknown element")
	}
}

// clip shortens a name that somebody else chose.
func clip(name string) string {
	if len(name) > 100 {
		return strings.ToValidUTF8(name[:100], "") + "…"
	}
	return name
}

// scalar returns a string.
func (b *builder) scalar(n node, at where) text {
	if n.kind != str {
		b.syntax(at, "must be a string")
	}
	return text{n.text, at}
}

// statements reads a statement or a list of them. Their positions are those
// that the simulator reports: how far its parser had read before a statement
// and behind it. Before the first of a list that is the bracket, before
// another the brace of the one before; a statement that is not in a list has
// its own brace read.
func (b *builder) statements(d *Document, n node, at where) {
	switch {
	case n.kind == object:
		n.before = Position{n.at.Line, n.at.Column + 1}
		d.statements = []statement{b.statement(n, at)}
	case n.kind == array && len(n.items) > 0:
		d.statements = make([]statement, len(n.items))
		for i, item := range n.items {
			d.statements[i] = b.statement(item, element(item, at, i))
		}
	default:
		b.syntax(at, "must be a statement or a list of statements")
	}
}

// element returns where the i-th element of a list is.
func element(n node, list where, i int) where {
	return where{n.at, fmt.Sprintf("%s[%d]", list.path, i)}
}

func (b *builder) statement(n node, at where) statement {
	s := statement{at: at, start: n.before, end: n.end}
	if n.kind != object {
		b.syntax(at, "a statement is an object")
		return s
	}
	for _, m := range n.members {
		b.element(&s, m, where{m.value.at, at.member(clip(m.name))})
	}
	switch e := s.effect.string; {
	case s.effect.path == "":
		b.syntax(at, "Effect is missing")
	case !strings.EqualFold(e, "Allow") && !strings.EqualFold(e, "Deny"):
		b.syntax(s.effect.where, "must be Allow or Deny")
	}
	return s
}

func (b *builder) element(s *statement, m member, at where) {
	switch m.name {
	case "Sid":
		s.sid = b.scalar(m.value, at)
	case "Effect":
		s.effect = b.scalar(m.value, at)
	case "Action", "NotAction":
		b.list(&s.actions, m, at)
	case "Resource", "NotResource":
		b.list(&s.resources, m, at)
	case "Condition":
		s.conditions = b.conditions(m.value, at)
	case "Principal", "NotPrincipal":
		s.principal = &where{m.at, at.path}
	default:
		b.syntax(where{m.at, at.path}, "unknown element")
	}
}

// list reads a string or a list of strings.
func (b *builder) list(l *list, m member, at where) {
	if l.given {
		b.syntax(where{m.at, at.path}, "cannot stand beside "+l.at.path[strings.LastIndexByte(l.at.path, '.')+1:])
	}
	*l = list{given: true, not: strings.HasPrefix(m.name, "Not"), at: at}
	each(m.value, at, func(n node, at where) {
		if n.kind != str {
			b.syntax(at, "must be a string")
		}
		l.values = append(l.values, text{n.text, at})
	})
}

// each calls do for the elements of a list, or for the value that is none.
func each(n node, at where, do func(node, where)) {
	if n.kind != array {
		do(n, at)
		return
	}
	for i, item := range n.items {
		do(item, element(item, at, i))
	}
}

func (b *builder) conditions(n node, at where) (clauses []clause) {
	if n.kind != object {
		b.syntax(at, "must be an object")
	}
	for _, m := range n.members {
		operator := where{m.at, at.member(clip(m.name))}
		if m.value.kind != object {
			b.syntax(where{m.value.at, operator.path}, "must be an object")
		}
		// IAM takes any name of an operator that has no keys.
		if _, ok := findOperator(m.name); !ok && len(m.value.members) > 0 {
			b.syntax(operator, "unknown condition operator")
		}
		for _, key := range m.value.members {
			clauses = append(clauses, b.clause(m.name, key, where{key.at, operator.member(clip(key.name))}))
		}
	}
	return clauses
}

func (b *builder) clause(operator string, m member, at where) clause {
	c := clause{operator: operator, key: text{m.name, at}}
	each(m.value, where{m.value.at, at.path}, func(n node, at where) {
		if n.kind != str && n.kind != number && n.kind != boolean {
			b.syntax(at, "must be a string, a number or a boolean")
		}
		c.values = append(c.values, text{n.text, at})
	})
	return c
}
