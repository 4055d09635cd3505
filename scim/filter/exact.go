package filter

import "carillon/scim/schema"

// Exact returns the value with which a filter wants an attribute to be equal, whatever
// else it asks for; false: it may match without that. Values of a list count by their
// part value.
func Exact(f Filter, attribute string) (string, bool) {
	switch f := f.(type) {
	case And:
		for _, each := range f {
			if value, ok := Exact(each, attribute); ok {
				return value, ok
			}
		}
	case Compare:
		part := f.Path.Part == nil || f.Path.Part.Name == "value"
		value, ok := f.Value.(string)
		if ok && f.Op == "eq" && part && f.Path.URN == "" && f.Path.Attribute.Name == attribute {
			return value, true
		}
	}
	return "", false
}

// Values returns the values with which a filter compares the values of a list by eq or
// ne; false: it also asks for them in another way.
func Values(f Filter, attribute string) (values []string, only bool) {
	of := func(list ...Filter) ([]string, bool) {
		for _, each := range list {
			more, ok := Values(each, attribute)
			if !ok {
				return nil, false
			}
			values = append(values, more...)
		}
		return values, true
	}
	switch f := f.(type) {
	case And:
		return of(f...)
	case Or:
		return of(f...)
	case Not:
		return of(f.Filter)
	case Compare:
		return f.compared(attribute)
	}
	return nil, f == nil
}

// Names adds to names those of the attributes and extensions that a filter looks at.
func Names(f Filter, names map[string]bool) {
	switch f := f.(type) {
	case And:
		for _, each := range f {
			Names(each, names)
		}
	case Or:
		for _, each := range f {
			Names(each, names)
		}
	case Not:
		Names(f.Filter, names)
	case Compare:
		names[f.Path.Member()] = true
	}
}

// compared is Values of a comparison.
func (c Compare) compared(attribute string) ([]string, bool) {
	if c.Path.URN != "" || c.Path.Attribute.Name != attribute {
		return nil, true
	}
	if c.Where != nil {
		isValue := func(p schema.Path) bool { return p.Attribute.Name == "value" }
		values, ok := Values(c.Where, "value")
		return values, ok && c.Op == "pr" && c.Path.Part == nil && Asks(c.Where, isValue)
	}
	value, ok := c.Value.(string)
	part := c.Path.Part == nil || c.Path.Part.Name == "value"
	return []string{value}, ok && part && (c.Op == "eq" || c.Op == "ne")
}

// Where reads the filter in the brackets of a path: it selects values of a list.
func Where(t *schema.Type, attribute schema.Path, text string) (Filter, error) {
	if len(text) > maxLength {
		return nil, malformed("the filter may have %d bytes", maxLength)
	}
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := parser{t: t, tokens: tokens, within: &attribute}
	f, err := p.or()
	if err == nil && p.peek().kind != end {
		err = malformed("the filter in brackets goes on where it should end")
	}
	return f, err
}
