package filter

import (
	"slices"
	"strings"
	"time"

	"carillon/scim/schema"
)

// Match implements [Filter].
func (f And) Match(r map[string]any) bool {
	return !slices.ContainsFunc(f, func(each Filter) bool { return !each.Match(r) })
}

// Match implements [Filter].
func (f Or) Match(r map[string]any) bool {
	return slices.ContainsFunc(f, func(each Filter) bool { return each.Match(r) })
}

// Match implements [Filter].
func (f Not) Match(r map[string]any) bool { return !f.Filter.Match(r) }

// Match implements [Filter]. A list meets a condition if one of its values does; ne
// is the contrary of eq.
func (c Compare) Match(r map[string]any) bool {
	if c.Op == "ne" {
		equal := c
		equal.Op = "eq"
		return !equal.Match(r)
	}
	values := c.values(r)
	if c.Value == nil && c.Op == "eq" {
		return len(values) == 0
	}
	return slices.ContainsFunc(values, c.holds)
}

// values returns what is compared. A complex attribute without a part stands for its
// part value.
func (c Compare) values(r map[string]any) []any {
	value, ok := c.Path.In(r, false)[c.Path.Attribute.Name]
	if !ok || value == nil {
		return nil
	}
	list, many := value.([]any)
	if !many {
		list = []any{value}
	}
	var values []any
	for _, v := range list {
		if parts, ok := v.(map[string]any); ok && (c.Where == nil || c.Where.Match(parts)) {
			v = c.part(parts)
		} else if ok {
			continue
		}
		if v != nil {
			values = append(values, v)
		}
	}
	return values
}

func (c Compare) part(parts map[string]any) any {
	switch {
	case c.Path.Part != nil:
		return parts[c.Path.Part.Name]
	case c.Op == "pr":
		return parts
	}
	return parts["value"]
}

// attribute returns what says how values are compared.
func (c Compare) attribute() *schema.Attribute {
	if c.Path.Part != nil {
		return c.Path.Part
	}
	if c.Path.Attribute.Kind == schema.Complex {
		if value := c.Path.Attribute.Part("value"); value != nil {
			return value
		}
	}
	return c.Path.Attribute
}

// check refuses comparisons that mean nothing.
func (c *Compare) check() error {
	switch c.attribute().Kind {
	case schema.Boolean:
		if text, ok := c.Value.(string); ok {
			c.Value = bare(text)
		}
		if _, ok := c.Value.(bool); !ok && c.Value != nil || c.Op != "eq" && c.Op != "ne" {
			return malformed("%s can only be compared with true or false, by eq or ne", c.attribute().Name)
		}
	case schema.DateTime:
		text, _ := c.Value.(string)
		if _, ok := moment(text); !ok && strings.IndexByte("egl", c.Op[0]) >= 0 && c.Op != "ew" {
			return malformed("%s can only be compared with a time such as 2026-01-31T12:00:00Z", c.attribute().Name)
		}
	case schema.Complex:
		return malformed("%s has parts: compare one of them", c.attribute().Name)
	default:
		if b, ok := c.Value.(bool); ok {
			c.Value = map[bool]string{true: "true", false: "false"}[b]
		}
	}
	return nil
}

func (c Compare) holds(value any) bool {
	if c.Op == "pr" {
		return value != ""
	}
	if truth, ok := value.(bool); ok {
		return truth == c.Value
	}
	have, ok := value.(string)
	want, wanted := c.Value.(string)
	if !ok || !wanted {
		return false
	}
	if c.attribute().Kind == schema.DateTime {
		if a, ok := moment(have); ok {
			if b, ok := moment(want); ok {
				return ordered(c.Op, a.Compare(b))
			}
		}
	}
	if !c.attribute().Exact {
		have, want = fold(have), fold(want)
	}
	return compareTexts(c.Op, have, want)
}

func compareTexts(op, have, want string) bool {
	switch op {
	case "co":
		return strings.Contains(have, want)
	case "sw":
		return strings.HasPrefix(have, want)
	case "ew":
		return strings.HasSuffix(have, want)
	}
	return ordered(op, strings.Compare(have, want))
}

func ordered(op string, sign int) bool {
	switch op {
	case "eq":
		return sign == 0
	case "gt":
		return sign > 0
	case "ge":
		return sign >= 0
	case "lt":
		return sign < 0
	case "le":
		return sign <= 0
	}
	return false
}

// fold joins letters with more than one small form by way of capitals.
func fold(s string) string { return strings.ToLower(strings.ToUpper(s)) }

// moment reads a time with any number of digits of a second, and with or without a
// zone.
func moment(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
