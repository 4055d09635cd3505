package policy

import (
	"slices"
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

// patternParser takes text apart. It copies no text twice, so that hostile
// patterns take time in proportion to their length.
type patternParser struct {
	pattern
	rest    string
	braces  int    // how many } there are in rest
	pending []byte // text that is not a token yet
}

// parsePattern reads text with variables and, if wild, with wildcards. What
// looks like a variable and has no end is text.
func parsePattern(s string, wild bool) pattern {
	special := "$"
	if wild {
		special = "$*?"
	}
	return scanPattern(s, special, strings.Count(s, "}"))
}

// scanPattern reads a pattern in which some characters are special. Without
// braces there are no variables.
func scanPattern(s, special string, braces int) pattern {
	p := &patternParser{rest: s, braces: braces}
	for p.rest != "" {
		n := strings.IndexAny(p.rest, special)
		if n < 0 {
			n = len(p.rest)
		}
		p.literal(n)
		p.special()
	}
	p.flush()
	p.classify()
	return p.pattern
}

// literal takes n bytes as they are.
func (p *patternParser) literal(n int) {
	p.braces -= strings.Count(p.rest[:n], "}")
	p.pending = append(p.pending, p.rest[:n]...)
	p.rest = p.rest[n:]
}

// flush makes a token of the text that has gathered.
func (p *patternParser) flush() {
	if len(p.pending) > 0 {
		p.tokens = append(p.tokens, token{kind: literal, text: string(p.pending)})
		p.pending = p.pending[:0]
	}
}

// special takes the wildcard, the variable or the dollar that comes next.
func (p *patternParser) special() {
	switch {
	case p.rest == "":
	case p.rest[0] == '*':
		p.wildcard(anything)
	case p.rest[0] == '?':
		p.wildcard(anyOne)
	case p.braces == 0 || !strings.HasPrefix(p.rest, "${"):
		p.literal(1)
	default:
		name, rest, _ := strings.Cut(p.rest[2:], "}")
		p.rest = rest
		p.braces--
		p.variable(name)
	}
}

// wildcard adds * or ?. Several * in a row are one.
func (p *patternParser) wildcard(kind tokenKind) {
	p.flush()
	p.rest = p.rest[1:]
	if n := len(p.tokens); kind == anyOne || n == 0 || p.tokens[n-1].kind != anything {
		p.tokens = append(p.tokens, token{kind: kind})
	}
}

// variable adds what stands between the braces of a variable: one of the
// characters * ? $, which is that character, or a key, and perhaps a comma and
// a default in apostrophes.
func (p *patternParser) variable(s string) {
	if s == "*" || s == "?" || s == "$" {
		p.pending = append(p.pending, s...)
		return
	}
	p.flush()
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

// glob matches s piece by piece: the first at its beginning, the last at its end,
// and between them each, from one * to the next, at the first place where it fits.
// The time is bounded by the product of the lengths, of which a step takes 64.
func glob(tokens []token, values []string, s string, fold bool) bool {
	n, length := run(tokens, values, s, fold)
	if n == len(tokens) {
		return length == len(s)
	}
	for tokens[n].kind == anything {
		tokens, s = tokens[n+1:], s[length:]
		if n = slices.IndexFunc(tokens, isAnything); n < 0 {
			return endsWith(tokens, values, s, fold)
		}
		if length = search(tokens[:n], values, s, fold); length < 0 {
			return false
		}
	}
	return false
}

func isAnything(t token) bool { return t.kind == anything }

// endsWith tells whether a piece fits the end of s.
func endsWith(piece []token, values []string, s string, fold bool) bool {
	characters := 0
	for i := range piece {
		characters += piece[i].characters(values)
	}
	start := len(s)
	for ; characters > 0 && start > 0; characters-- {
		_, n := utf8.DecodeLastRuneInString(s[:start])
		start -= n
	}
	n, length := run(piece, values, s[start:], fold)
	return len(piece) == 0 || n == len(piece) && length == len(s)-start
}

// characters is how many the token takes, which is not *.
func (t *token) characters(values []string) int {
	switch t.kind {
	case anyOne:
		return 1
	case variable:
		return utf8.RuneCountInString(values[t.index])
	}
	return utf8.RuneCountInString(t.text)
}

// run returns how many tokens before the next * fit the beginning of s, and
// how many bytes they take.
func run(tokens []token, values []string, s string, fold bool) (n, length int) {
	for n < len(tokens) && tokens[n].kind != anything {
		taken := tokens[n].take(s[length:], values, fold)
		if taken < 0 {
			break
		}
		n, length = n+1, length+taken
	}
	return n, length
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
	if fold && hasPrefixFold(s, want) || !fold && strings.HasPrefix(s, want) {
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
