package wire

import (
	"reflect"
	"strings"
	"sync"
	"time"

	"carillon/api"
)

// member is one member of a shape: inputs and outputs of these protocols are
// plain data, which is read and written by reflection.
type member struct {
	name     string
	index    int
	optional bool // an api.Opt
}

// shapes has the members of every structure met, by type.
var shapes sync.Map

func membersOf(t reflect.Type) []member {
	if members, ok := shapes.Load(t); ok {
		return members.([]member)
	}
	members := make([]member, t.NumField())
	for i := range members {
		f := t.Field(i)
		members[i] = member{f.Name, i, strings.HasPrefix(f.Type.Name(), "Opt[")}
	}
	shapes.Store(t, members)
	return members
}

// find returns the index of a member of the name; -1: there is none.
func find[S ~string | ~[]byte](members []member, name S) int {
	for i := range members {
		if members[i].name == string(name) {
			return i
		}
	}
	return -1
}

// place returns where to put the value of a member of a structure.
func (m *member) place(structure reflect.Value) reflect.Value {
	f := structure.Field(m.index)
	if !m.optional {
		return f
	}
	f.Field(1).SetBool(true) // Set
	return f.Field(0)        // V
}

// get returns the value of a member of a structure, and whether it is there.
func (m *member) get(structure reflect.Value) (reflect.Value, bool) {
	f := structure.Field(m.index)
	switch {
	case m.optional:
		return f.Field(0), f.Field(1).Bool()
	case f.Kind() == reflect.Pointer, f.Kind() == reflect.Slice, f.Type() == momentType:
		return f, !f.IsZero()
	}
	return f, true
}

var momentType = reflect.TypeFor[api.Timestamp]()

// moment returns the time that a value of the kind Int64 is: there are no others.
func moment(v reflect.Value) time.Time { return api.Timestamp(v.Int()).Time() }
