// Package apitest walks over the table of operations for tests, so that what
// they say of every member holds for those to come.
package apitest

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"carillon/api"
)

// Member is one place of a request that carries a value.
type Member struct {
	Op       *api.Op
	Path     string // as in UpdateUserRequestItems[].UserId
	Location api.Location
	Kind     reflect.Kind // of the value
	Enum     bool         // a string that only takes listed values
}

// Members returns every member of every operation, nested ones included, and
// the elements of lists.
func Members() []Member {
	var all []Member
	for i := range api.Ops {
		op := &api.Ops[i]
		for _, p := range op.Params {
			field, _ := reflect.TypeOf(op.New()).Elem().FieldByName(p.Name)
			all = append(all, expand(Member{Op: op, Path: p.Name, Location: p.Location}, field.Type)...)
		}
	}
	return all
}

// expand returns a member of type t and the members inside of it.
func expand(m Member, t reflect.Type) []Member {
	switch {
	case t.Kind() == reflect.Pointer:
		return expand(m, t.Elem())
	case Optional(t):
		t = t.Field(0).Type
	}
	m.Kind = t.Kind()
	m.Enum = m.Kind == reflect.String && t.Name() != "string"
	all := []Member{m}
	switch m.Kind {
	case reflect.Slice:
		m.Path += "[]"
		all = append(all, expand(m, t.Elem())...)
	case reflect.Struct:
		for i := range t.NumField() {
			inner := m
			inner.Path += "." + t.Field(i).Name
			all = append(all, expand(inner, t.Field(i).Type)...)
		}
	}
	return all
}

// Optional tells the types [api.Opt].
func Optional(t reflect.Type) bool { return strings.HasPrefix(t.Name(), "Opt[") }

func (m Member) String() string { return m.Op.Name + "." + m.Path }

// Inside tells members of other members from those of the request itself.
func (m Member) Inside() bool { return strings.Contains(m.Path, ".") }

// Last is the name of the member itself, with [] for the elements of a list.
func (m Member) Last() string { return m.Path[strings.LastIndexByte(m.Path, '.')+1:] }

// Shown is the path as messages show it, in a request with one element a list.
func (m Member) Shown() string { return strings.ReplaceAll(m.Path, "[]", "[0]") }

// WireName is the name of a member of the path or the query there.
func (m Member) WireName() string {
	i := slices.IndexFunc(m.Op.Params, func(p api.Param) bool { return p.Name == m.Path })
	return m.Op.Params[i].WireName
}

// Body wraps the JSON form of a value in the objects and lists around it.
func (m Member) Body(value string) string {
	steps := strings.Split(m.Path, ".")
	slices.Reverse(steps)
	for _, step := range steps {
		name, inList := strings.CutSuffix(step, "[]")
		if inList {
			value = "[" + value + "]"
		}
		value = "{" + strconv.Quote(name) + ":" + value + "}"
	}
	return value
}
