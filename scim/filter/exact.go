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
