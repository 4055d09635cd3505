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

// Check collects the constraints that an input violates; generated code has one
// walk through it. Values never show in its messages, only what they are: they may
// be sensitive. The zero value is ready.
type Check struct {
	// LimitsOnly is set inside of lists whose elements fail on their own: what
	// is too large or no text fails the request all the same.
	LimitsOnly bool

	path       []step
	violations []string
	count      int
	first      string // the outermost member of the first violation
}

// step is a list member and the index of the element being checked, or a
// structure member with index -1.
type step struct {
	member string
	index  int
}

// StringRule is what the model, or our overlay in its place, says about a
// string. A request's string always has a limit: Max, MaxBytes or Enum.
type StringRule struct {
	Min, Max int // in code points
	MaxBytes int // in UTF-8
	Pattern  *Pattern
	Enum     []string
}

// Pattern is a regular expression that the whole value must match.
type Pattern struct {
	text  string
	match func(string) bool
}

// NewPattern compiles a pattern of the model: anchored, with a dot that also
// matches a newline. The most frequent one needs no regular expression. The
// model writes characters as Java does, \u0020 for a blank.
func NewPattern(text string) *Pattern {
	if text == `.*\S.*` {
		return &Pattern{text, func(s string) bool { return strings.ContainsFunc(s, notBlank) }}
	}
	return &Pattern{text, regexp.MustCompile(`\A(?s:` + javaEscape.ReplaceAllString(text, `\x{$1}`) + `)\z`).MatchString}
}

var javaEscape = regexp.MustCompile(`\\u([0-9A-F]{4})`)

func notBlank(r rune) bool { return !strings.ContainsRune(" \t\n\v\f\r", r) }

// In enters a structure that is a member, with index -1, or the element of a list.
func (c *Check) In(member string, index int) { c.path = append(c.path, step{member, index}) }

// Out leaves what In has entered.
func (c *Check) Out() { c.path = c.path[:len(c.path)-1] }

// fail records a violation. rule completes the sentence "Member must …".
func (c *Check) fail(member, rule string, args ...any) {
	if c.count++; c.count == 1 {
		c.first = c.outermost(member)
	}
	if c.count <= maxViolations {
		c.violations = append(c.violations, violation(c.where(member), fmt.Sprintf(rule, args...)))
	}
}

func violation(path, rule string) string {
	return fmt.Sprintf("Value at '%s' failed to satisfy constraint: Member must %s", path, rule)
}

func (c *Check) where(member string) string {
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

func (c *Check) outermost(member string) string {
	if len(c.path) > 0 {
		return c.path[0].member
	}
	return member
}

// Refusal returns nil when nothing was violated, or a refusal of a kind.
func (c *Check) Refusal(kind Kind) error {
	switch c.count {
	case 0:
		return nil
	case 1:
		return kind.Errorf("1 validation error detected: %s", c.violations[0])
	}
	return kind.Errorf("%d validation errors detected: %s", c.count, strings.Join(c.violations, "; "))
}

// RefusalOf is Refusal for a service that has kinds of its own for some members
// of a request: that of the first violation counts.
func (c *Check) RefusalOf(members map[string]Kind, others Kind) error {
	if kind, ok := members[c.first]; ok {
		return c.Refusal(kind)
	}
	return c.Refusal(others)
}

// Required checks that a member is there.
func (c *Check) Required(member string, present bool) {
	if !present && !c.LimitsOnly {
		c.fail(member, "not be null")
	}
}

// Text checks a string; member is empty for the element of a list.
func (c *Check) Text(member, v string, r *StringRule) {
	n := utf8.RuneCountInString(v)
	switch {
	case r.Max > 0 && n > r.Max:
		c.fail(member, "have length less than or equal to %d, not %d", r.Max, n)
	case r.MaxBytes > 0 && len(v) > r.MaxBytes:
		c.fail(member, "have length less than or equal to %d bytes, not %d", r.MaxBytes, len(v))
	case strings.IndexByte(v, 0) >= 0:
		c.fail(member, "not hold the NUL character")
	case !utf8.ValidString(v):
		c.fail(member, "be valid UTF-8")
	case !c.LimitsOnly:
		c.form(member, v, n, r)
	}
}

// form checks what a string of n characters looks like.
func (c *Check) form(member, v string, n int, r *StringRule) {
	switch {
	case n < r.Min:
		c.fail(member, "have length greater than or equal to %d, not %d", r.Min, n)
	case r.Enum != nil && !contains(r.Enum, v):
		c.fail(member, "satisfy enum value set: [%s]; it is a string of length %d", strings.Join(r.Enum, ", "), n)
	case r.Pattern != nil && !r.Pattern.match(v):
		c.fail(member, "satisfy regular expression pattern: %s; it is %s", r.Pattern.text, describe(v, n))
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

// OptText checks a string that may be absent.
func OptText[S ~string](c *Check, member string, v Opt[S], r *StringRule) {
	if v.Set {
		c.Text(member, string(v.V), r)
	}
}

// OptInt checks an integer that may be absent.
func (c *Check) OptInt(member string, v Opt[int], least, most int) {
	switch {
	case !v.Set || c.LimitsOnly:
	case v.V < least:
		c.fail(member, "have value greater than or equal to %d, not %d", least, v.V)
	case v.V > most:
		c.fail(member, "have value less than or equal to %d, not %d", most, v.V)
	}
}

// Size checks the number of elements of a list.
func (c *Check) Size(member string, n, least, most int) {
	switch {
	case n < least && !c.LimitsOnly:
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
