package policy

import (
	"strings"
	"unicode/utf8"
)

// tokenKind is what a piece of a pattern stands for.
type tokenKind uint8

const (
	literal  tokenKind = iota
	anything           // *
	anyOne             // ?
	variable           // ${…}
)

// token is a piece of a pattern.
type token struct {
	kind  tokenKind
	text  string // of a literal
	index int    // of a variable, among those of the pattern
}

// reference is a policy variable.
type reference struct {
	key      string // in lower case
	name     string // as spelled
	fallback string
	optional bool // has a fallback
}

// pattern is text of a policy with its wildcards and variables.
type pattern struct {
	tokens    []token
	variables []reference
	shape     shape
	text      string // of a pattern that is exact or a prefix
}

// shape tells patterns apart that need no matching piece by piece.
type shape uint8

const (
	general  shape = iota
	constant       // text
	leading        // text, then anything
)

// parsePattern reads text with variables and, if wild, with wildcards. What
// looks like a variable and has no end is text.
func parsePattern(s string, wild bool) pattern {
	var p pattern
	for s != "" {
		n := strings.IndexFunc(s, func(c rune) bool { return c == '$' || wild && (c == '*' || c == '?') })
		if n < 0 {
			n = len(s)
		}
		p.literal(s[:n])
		s = p.special(s[n:])
	}
	p.classify()
	return p
}

// special takes the wildcard, the variable or the dollar that s begins with.
func (p *pattern) special(s string) string {
	if s == "" {
		return s
	}
	if s[0] == '*' || s[0] == '?' {
		p.wildcard(s[0])
		return s[1:]
	}
	end := strings.IndexByte(s, '}')
	if !strings.HasPrefix(s, "${") || end < 0 {
		p.literal(s[:1])
		return s[1:]
	}
	p.variable(s[2:end])
	return s[end+1:]
}

// wildcard adds * or ?. Several * in a row are one.
func (p *pattern) wildcard(c byte) {
	kind := anything
	if c == '?' {
		kind = anyOne
	}
	if n := len(p.tokens); kind == anything && n > 0 && p.tokens[n-1].kind == anything {
		return
	}
	p.tokens = append(p.tokens, token{kind: kind})
}

// literal adds text, to the text before it if there is some.
func (p *pattern) literal(s string) {
	n := len(p.tokens)
	switch {
	case s == "":
	case n > 0 && p.tokens[n-1].kind == literal:
		p.tokens[n-1].text += s
	default:
		p.tokens = append(p.tokens, token{kind: literal, text: s})
	}
}

// variable adds what stands between the braces of a variable: one of the
// characters * ? $, which is that character, or a key, and perhaps a comma and
// a default in apostrophes.
func (p *pattern) variable(s string) {
	if s == "*" || s == "?" || s == "$" {
		p.literal(s)
		return
	}
	name, fallback, found := strings.Cut(s, ",")
	name, fallback = strings.TrimSpace(name), strings.TrimSpace(fallback)
	r := reference{key: strings.ToLower(name), name: name}
	if found && len(fallback) >= 2 && fallback[0] == '\'' && fallback[len(fallback)-1] == '\'' {
		r.fallback, r.optional = fallback[1:len(fallback)-1], true
	}
	p.tokens = append(p.tokens, token{kind: variable, index: len(p.variables)})
	p.variables = append(p.variables, r)
}

func (p *pattern) classify() {
	t := p.tokens
	switch {
	case len(t) == 0:
		p.shape = constant
	case len(t) == 1 && t[0].kind == literal:
		p.shape, p.text = constant, t[0].text
	case len(t) == 1 && t[0].kind == anything:
		p.shape = leading
	case len(t) == 2 && t[0].kind == literal && t[1].kind == anything:
		p.shape, p.text = leading, t[0].text
	}
}

// matches tells whether the pattern describes all of s. One with a variable
// that has no value describes nothing.
func (p *pattern) matches(s string, ctx Context) bool {
	switch p.shape {
	case constant:
		return s == p.text
	case leading:
		return strings.HasPrefix(s, p.text)
	}
	var room [4]string
	values, ok := p.resolve(room[:0], ctx)
	return ok && glob(p.tokens, values, s, false)
}

// resolve appends the values of the pattern's variables. It reports false if
// one has no value: the key is absent or has several, and there is no default.
func (p *pattern) resolve(values []string, ctx Context) ([]string, bool) {
	for i := range p.variables {
		v := &p.variables[i]
		found := lookup(ctx, v.key)
		switch {
		case len(found) == 1:
			values = append(values, found[0])
		case v.optional:
			values = append(values, v.fallback)
		default:
			return values, false
		}
	}
	return values, true
}

// expand returns the text of a pattern without wildcards.
func (p *pattern) expand(ctx Context) (string, bool) {
	if p.shape == constant {
		return p.text, true
	}
	values, ok := p.resolve(nil, ctx)
	var b strings.Builder
	for _, t := range p.tokens {
		switch {
		case t.kind == literal:
			b.WriteString(t.text)
		case ok:
			b.WriteString(values[t.index])
		}
	}
	return b.String(), ok
}

// glob matches s piece by piece. When a piece does not fit, the last * takes
// one character more; the ones before it need not, so the time is bounded by
// the product of the lengths.
func glob(tokens []token, values []string, s string, fold bool) bool {
	t, pos, star, from := 0, 0, -1, 0
	for {
		switch n := -1; {
		case t == len(tokens) && pos == len(s):
			return true
		case t < len(tokens) && tokens[t].kind == anything:
			star, from = t, pos
			t++
			continue
		case t < len(tokens):
			if n = tokens[t].take(s[pos:], values, fold); n >= 0 {
				t, pos = t+1, pos+n
				continue
			}
		}
		if star < 0 || from == len(s) {
			return false
		}
		_, n := utf8.DecodeRuneInString(s[from:])
		from += n
		t, pos = star+1, from
	}
}

// take returns how many bytes at the beginning of s fit the token, -1 if it
// does not fit.
func (t *token) take(s string, values []string, fold bool) int {
	want := t.text
	switch t.kind {
	case anyOne:
		if s == "" {
			return -1
		}
		_, n := utf8.DecodeRuneInString(s)
		return n
	case variable:
		want = values[t.index]
	}
	if strings.HasPrefix(s, want) || fold && hasPrefixFold(s, want) {
		return len(want)
	}
	return -1
}

// hasPrefixFold is strings.HasPrefix for a prefix in lower case and text in
// any, as far as ASCII has it.
func hasPrefixFold(s, lower string) bool {
	if len(s) < len(lower) {
		return false
	}
	for i := range len(lower) {
		if lowerByte(s[i]) != lower[i] {
			return false
		}
	}
	return true
}

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = lowerByte(c)
	}
	return string(b)
}
