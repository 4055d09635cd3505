// Package filter reads the filters of SCIM (RFC 7644, section 3.4.2.2) and says
// which resources meet them. It also takes what identity providers send beyond the
// standard: values without quotation marks, a part behind a value filter, as in
// emails[type eq "work"].value eq "a@b.example", and names in any case.
package filter

import (
	"slices"
	"strings"

	"carillon/scim/schema"
)

// Bounds of a filter, which a stranger to the server may send.
const (
	maxLength = 8192 // bytes
	maxTerms  = 200
	maxDepth  = 20
)

// Filter is a condition that resources meet or not.
type Filter interface {
	// Match reports whether a resource, or a value of a list, meets it.
	Match(resource map[string]any) bool
}

// And, Or and Not join filters.
type (
	And []Filter
	Or  []Filter
	Not struct{ Filter }
)

// Compare compares an attribute with a value; Op is one of eq, ne, co, sw, ew, gt,
// ge, lt, le and pr, which has no value.
type Compare struct {
	Path schema.Path
	Op   string
	// Value is a text, a bool or nil.
	Value any
	// Where, if not nil, selects the values of a list that are looked at.
	Where Filter
}

var operators = []string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"}

type parser struct {
	t      *schema.Type
	within *schema.Path // in brackets: whose values are selected
	tokens []token
	terms  int
	depth  int
}

// Parse reads a filter for a type of resources. Errors are a *[schema.Error] of type
// invalidFilter, and do not repeat values.
func Parse(t *schema.Type, text string) (Filter, error) {
	if len(text) > maxLength {
		return nil, malformed("the filter may have %d bytes", maxLength)
	}
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := parser{t: t, tokens: tokens}
	f, err := p.or()
	if err == nil && p.peek().kind != end {
		err = malformed("the filter goes on where it should end")
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (p *parser) peek() token {
	if len(p.tokens) == 0 {
		return token{}
	}
	return p.tokens[0]
}

func (p *parser) next() token {
	t := p.peek()
	if len(p.tokens) > 0 {
		p.tokens = p.tokens[1:]
	}
	return t
}

// takes reports whether a word comes next, in any case, and takes it.
func (p *parser) takes(text string) bool {
	t := p.peek()
	found := t.kind == word && strings.EqualFold(t.text, text)
	if found {
		p.next()
	}
	return found
}

func (p *parser) or() (Filter, error) {
	return p.joined("or", p.and, func(list []Filter) Filter { return Or(list) })
}

func (p *parser) and() (Filter, error) {
	return p.joined("and", p.term, func(list []Filter) Filter { return And(list) })
}

func (p *parser) joined(by string, each func() (Filter, error), join func([]Filter) Filter) (Filter, error) {
	var list []Filter
	for {
		f, err := each()
		if err != nil {
			return nil, err
		}
		if list = append(list, f); !p.takes(by) {
			break
		}
	}
	if len(list) == 1 {
		return list[0], nil
	}
	return join(list), nil
}

func (p *parser) term() (Filter, error) {
	if p.terms++; p.terms > maxTerms {
		return nil, malformed("the filter may have %d conditions", maxTerms)
	}
	if p.peek().kind == open {
		return p.group()
	}
	if p.takes("not") {
		f, err := p.group()
		return Not{f}, err
	}
	return p.condition()
}

// group reads a filter in parentheses.
func (p *parser) group() (Filter, error) {
	if p.next().kind != open {
		return nil, malformed("a parenthesis has to follow not")
	}
	return p.nested(closing)
}

// nested reads a filter up to what ends it.
func (p *parser) nested(until kind) (Filter, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, malformed("the filter may be nested %d times", maxDepth)
	}
	f, err := p.or()
	p.depth--
	if err == nil && p.next().kind != until {
		err = malformed("a parenthesis or bracket of the filter is not closed")
	}
	return f, err
}

func (p *parser) condition() (Filter, error) {
	name := p.next()
	if name.kind != word {
		return nil, malformed("the filter lacks the name of an attribute")
	}
	c := Compare{}
	var ok bool
	if c.Path, ok = p.find(name.text); !ok {
		return nil, malformed("the filter names an attribute that the resource has not")
	}
	if p.peek().kind == bracket {
		return p.selected(c)
	}
	return p.compared(c)
}

// find returns the attribute of a name; in brackets it is a part of the list's values.
func (p *parser) find(name string) (schema.Path, bool) {
	if p.within == nil {
		found, ok := p.t.Find(name)
		return found, ok && found.Attribute != nil
	}
	part := p.within.Attribute.Part(name)
	return schema.Path{Attribute: part}, part != nil
}

// selected reads a value filter and what may follow it.
func (p *parser) selected(c Compare) (Filter, error) {
	if p.within != nil || len(c.Path.Attribute.Parts) == 0 || c.Path.Part != nil {
		return nil, malformed("brackets follow the name of a list only")
	}
	p.next()
	p.within = &c.Path
	where, err := p.nested(closed)
	p.within = nil
	if err != nil {
		return nil, err
	}
	c.Where = where
	rest := p.peek()
	if rest.kind != word || !strings.HasPrefix(rest.text, ".") {
		c.Op = "pr"
		return c, nil
	}
	p.next()
	if c.Path.Part = c.Path.Attribute.Part(rest.text[1:]); c.Path.Part == nil {
		return nil, malformed("the filter names a part that the attribute has not")
	}
	return p.compared(c)
}

// compared reads operator and value.
func (p *parser) compared(c Compare) (Filter, error) {
	operator := p.next()
	c.Op = strings.ToLower(operator.text)
	switch {
	case operator.kind == word && c.Op == "pr":
		return c, nil
	case operator.kind != word || !slices.Contains(operators, c.Op):
		return nil, malformed("the filter lacks an operator: %s or pr", strings.Join(operators, ", "))
	}
	value := p.next()
	switch value.kind {
	case quoted:
		c.Value = value.text
	case word:
		c.Value = bare(value.text)
	default:
		return nil, malformed("the filter lacks a value")
	}
	return c, c.check()
}

// bare is what a value without quotation marks stands for.
func bare(text string) any {
	switch strings.ToLower(text) {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	return text
}
