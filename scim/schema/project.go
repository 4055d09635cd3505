package schema

import (
	"slices"
	"strings"
)

// always are shown whatever is asked for.
var always = map[string]bool{"id": true, "schemas": true}

// Show returns what a request wants to see of a resource: only some attributes, or
// all but some, both lists as they stand in the query. Names that no schema has count
// for nothing.
func (t *Type) Show(resource map[string]any, attributes, excluded string) map[string]any {
	switch {
	case strings.TrimSpace(attributes) != "":
		return t.only(resource, t.paths(attributes))
	case strings.TrimSpace(excluded) != "":
		return t.without(resource, t.paths(excluded))
	}
	return resource
}

// Narrow leaves out the attributes that Show leaves out as a whole, before anybody reads
// them.
func (t *Type) Narrow(r Raw, attributes, excluded string) Raw {
	only := strings.TrimSpace(attributes) != ""
	if !only {
		attributes = excluded
	}
	named := map[string]bool{}
	for _, p := range t.paths(attributes) {
		switch {
		case p.URN != "":
			named[p.URN] = only || p.Attribute == nil || named[p.URN]
		default:
			named[p.Attribute.Name] = only || p.Part == nil || named[p.Attribute.Name]
		}
	}
	return slices.DeleteFunc(r, func(m Member) bool { return named[m.Name] != only && !always[m.Name] })
}

// Lists reports whether a list of a query names an attribute or a part of it.
func (t *Type) Lists(list, attribute string) bool {
	for _, p := range t.paths(list) {
		if p.Attribute != nil && p.Attribute.Name == attribute {
			return true
		}
	}
	return false
}

// paths reads a list of attributes. What is in brackets selects values and is not
// asked for here.
func (t *Type) paths(list string) (paths []Path) {
	for _, name := range splitList(list) {
		if p, ok := t.Find(name); ok {
			paths = append(paths, p)
		}
	}
	return paths
}

// splitList splits at commas outside of brackets, which it drops with what is in them.
func splitList(list string) []string {
	var kept strings.Builder
	depth := 0
	for _, r := range list {
		switch {
		case r == '[':
			depth++
		case r == ']':
			depth--
		case depth <= 0:
			kept.WriteRune(r)
		}
	}
	names := strings.Split(kept.String(), ",")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}

func (t *Type) only(resource map[string]any, paths []Path) map[string]any {
	shown := map[string]any{}
	for name := range always {
		if v, ok := resource[name]; ok {
			shown[name] = v
		}
	}
	for _, p := range paths {
		if p.Attribute == nil {
			copyMember(shown, resource, p.URN)
			continue
		}
		from := p.In(resource, false)
		if value, ok := from[p.Attribute.Name]; ok {
			to := p.In(shown, true)
			to[p.Attribute.Name] = parts(value, to[p.Attribute.Name], p)
		}
	}
	return shown
}

func copyMember(to, from map[string]any, name string) {
	if v, ok := from[name]; ok {
		to[name] = v
	}
}

// parts returns a value with only the part of a path, beside those that are shown
// already.
func parts(value, shown any, p Path) any {
	if p.Part == nil {
		return value
	}
	switch v := value.(type) {
	case map[string]any:
		to, _ := shown.(map[string]any)
		if to == nil {
			to = map[string]any{}
		}
		copyMember(to, v, p.Part.Name)
		return to
	case []any:
		before, _ := shown.([]any)
		list := make([]any, len(v))
		for i := range v {
			var have any
			if i < len(before) {
				have = before[i]
			}
			list[i] = parts(v[i], have, p)
		}
		return list
	}
	return value
}

func (t *Type) without(resource map[string]any, paths []Path) map[string]any {
	shown := Clone(resource).(map[string]any)
	for _, p := range paths {
		switch {
		case p.Attribute == nil:
			delete(shown, p.URN)
		case always[p.Attribute.Name]:
		case p.Part == nil:
			delete(p.In(shown, false), p.Attribute.Name)
		default:
			drop(p.In(shown, false)[p.Attribute.Name], p.Part.Name)
		}
	}
	return shown
}

func drop(value any, part string) {
	switch v := value.(type) {
	case map[string]any:
		delete(v, part)
	case []any:
		for _, each := range v {
			drop(each, part)
		}
	}
}

// Clone returns a copy of a value that shares nothing with it.
func Clone(value any) any {
	switch v := value.(type) {
	case map[string]any:
		c := make(map[string]any, len(v))
		for name, each := range v {
			c[name] = Clone(each)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, each := range v {
			c[i] = Clone(each)
		}
		return c
	}
	return value
}
