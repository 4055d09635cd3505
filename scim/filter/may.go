package filter

import (
	"slices"

	"carillon/scim/schema"
)

// May reports whether a resource can meet a filter if only some of its attributes are
// known; the others may be anything.
func May(f Filter, resource map[string]any, known func(schema.Path) bool) bool {
	return may(f, true, resource, known)
}

// may reports whether a filter can come out as wanted.
func may(f Filter, want bool, r map[string]any, known func(schema.Path) bool) bool {
	each := func(f Filter) bool { return may(f, want, r, known) }
	switch f := f.(type) {
	case And:
		if want {
			return !slices.ContainsFunc(f, func(f Filter) bool { return !each(f) })
		}
		return slices.ContainsFunc(f, each)
	case Or:
		if want {
			return slices.ContainsFunc(f, each)
		}
		return !slices.ContainsFunc(f, func(f Filter) bool { return !each(f) })
	case Not:
		return may(f.Filter, !want, r, known)
	case Compare:
		return f.Where != nil || !known(f.Path) || f.Match(r) == want
	}
	return true
}

// Asks reports whether a filter asks for nothing but known attributes.
func Asks(f Filter, known func(schema.Path) bool) bool {
	each := func(f Filter) bool { return !Asks(f, known) }
	switch f := f.(type) {
	case And:
		return !slices.ContainsFunc(f, each)
	case Or:
		return !slices.ContainsFunc(f, each)
	case Not:
		return Asks(f.Filter, known)
	case Compare:
		return f.Where == nil && known(f.Path)
	}
	return false
}
