package api

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"carillon/internal/jsonscan"
)

// maxViolations bounds the message of a refusal, not the check.
const maxViolations = 10

// check collects the constraints that an input violates. Values never show in
// its messages, only what they are: they may be sensitive.
type check struct {
	path       []step
	violations []string
	count      int
	// limitsOnly is set inside of lists whose elements fail on their own: what
	// is too large or no text fails the request all the same.
	limitsOnly bool
}

// step is a list member and the index of the element being checked, or a
// structure member with index -1.
type step struct {
	member string
	index  int
}

// stringRule is what the model, or carillon.json in its place, says about a
// string. A request's string always has a limit: max, maxBytes or enum.
type stringRule struct {
	min, max int // in code points
	maxBytes int // in UTF-8
	pattern  *pattern
	enum     []string
}

// pattern is a regular expression that the whole value must match.
type pattern struct {
	text  string
	match func(string) bool
}

// newPattern compiles a pattern of the model: anchored, with a dot that also
// matches a newline. The most frequent one needs no regular expression.
func newPattern(text string) *pattern {
	if text == `.*\S.*` {
		return &pattern{text, func(s string) bool { return strings.ContainsFunc(s, notBlank) }}
	}
	return &pattern{text, regexp.MustCompile(`\A(?s:` + text + `)\z`).MatchString}
}

func notBlank(r rune) bool { return !strings.ContainsRune(" \t\n\v\f\r", r) }

func (c *check) in(member string, index int) { c.path = append(c.path, step{member, index}) }

func (c *check) out() { c.path = c.path[:len(c.path)-1] }

// fail records a violation. rule completes the sentence "Member must …".
func (c *check) fail(member, rule string, args ...any) {
	if c.count++; c.count <= maxViolations {
		c.violations = append(c.violations, violation(c.where(member), fmt.Sprintf(rule, args...)))
	}
}

func violation(path, rule string) string {
	return fmt.Sprintf("Value at '%s' failed to satisfy constraint: Member must %s", path, rule)
}

func (c *check) where(member string) string {
	var parts []string
	for _, s := range c.path {
		if s.index >= 0 {
			s.member = fmt.Sprintf("%s[%d]", s.member, s.index)
		}
		parts = append(parts, s.member)
	}
	if member != "" { // empty: the element of a list itself
		parts = append(parts, member)
	}
	return strings.Join(parts, ".")
}

// refusal returns nil when nothing was violated.
func (c *check) refusal() error {
	switch c.count {
	case 0:
		return nil
	case 1:
		return BadRequest.Errorf("1 validation error detected: %s", c.violations[0])
	}
	return BadRequest.Errorf("%d validation errors detected: %s", c.count, strings.Join(c.violations, "; "))
}

func (c *check) required(member string, present bool) {
	if !present && !c.limitsOnly {
		c.fail(member, "not be null")
	}
}

func (c *check) text(member, v string, r *stringRule) {
	n := utf8.RuneCountInString(v)
	switch {
	case r.max > 0 && n > r.max:
		c.fail(member, "have length less than or equal to %d, not %d", r.max, n)
	case r.maxBytes > 0 && len(v) > r.maxBytes:
		c.fail(member, "have length less than or equal to %d bytes, not %d", r.maxBytes, len(v))
	case strings.IndexByte(v, 0) >= 0:
		c.fail(member, "not hold the NUL character")
	case !c.limitsOnly:
		c.form(member, v, n, r)
	}
}

// form checks what a string of n characters looks like.
func (c *check) form(member, v string, n int, r *stringRule) {
	switch {
	case n < r.min:
		c.fail(member, "have length greater than or equal to %d, not %d", r.min, n)
	case r.enum != nil && !contains(r.enum, v):
		c.fail(member, "satisfy enum value set: [%s]; it is a string of length %d", strings.Join(r.enum, ", "), n)
	case r.pattern != nil && !r.pattern.match(v):
		c.fail(member, "satisfy regular expression pattern: %s; it is %s", r.pattern.text, describe(v, n))
	}
}

// describe tells what a string is without showing it.
func describe(v string, n int) string {
	if n > 0 && !strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsSpace(r) }) {
		return fmt.Sprintf("a blank string of length %d", n)
	}
	return fmt.Sprintf("a string of length %d", n)
}

func contains(list []string, v string) bool {
	for _, s := range list {
		if s == v {
			return true
		}
	}
	return false
}

func optText[S ~string](c *check, member string, v Opt[S], r *stringRule) {
	if v.Set {
		c.text(member, string(v.V), r)
	}
}

func (c *check) optInt(member string, v Opt[int], least, most int) {
	switch {
	case !v.Set || c.limitsOnly:
	case v.V < least:
		c.fail(member, "have value greater than or equal to %d, not %d", least, v.V)
	case v.V > most:
		c.fail(member, "have value less than or equal to %d, not %d", most, v.V)
	}
}

// size checks the number of elements of a list.
func (c *check) size(member string, n, least, most int) {
	switch {
	case n < least && !c.limitsOnly:
		c.fail(member, "have length greater than or equal to %d, not %d", least, n)
	case n > most:
		c.fail(member, "have length less than or equal to %d, not %d", most, n)
	}
}

// Invalid returns the refusal of a value that breaks a rule that the model
// does not state. rule completes the sentence "Member must …".
func Invalid(member, rule string, args ...any) *Error {
	return BadRequest.Errorf("1 validation error detected: %s", violation(member, fmt.Sprintf(rule, args...)))
}

// malformed turns what the scanner found into a refusal.
func malformed(err error) error {
	var e *jsonscan.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &e):
		return BadRequest.Wrap(err, "The request body could not be read")
	case e.Rule == "" && e.Want == "":
		return BadRequest.Errorf("The request body is not valid JSON: %s at byte %d", e.Got, e.Offset)
	}
	rule := e.Rule
	if rule == "" {
		rule = fmt.Sprintf("be %s, not %s", e.Want, e.Got)
	}
	if e.Path == "" {
		return BadRequest.Errorf("The request body must %s", rule)
	}
	return Invalid(e.Path, "%s", rule)
}
