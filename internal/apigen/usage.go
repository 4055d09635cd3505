package main

import (
	"fmt"
	"slices"
	"strings"
)

// usage knows which shapes the served operations use, and for what.
type usage struct {
	model         *Model
	api           string // what names of the runtime begin with: nothing in package api itself
	live, removed []*Operation
	decoded       map[string]bool // structures read from bodies
	encoded       map[string]bool // structures written in answers
	enums         map[string]bool
	inputs        map[string]string // shape name → Go name, of operation inputs
	outputs       map[string]string
	errors        map[string]bool
}

func newUsage(m *Model) *usage {
	u := &usage{
		model: m, decoded: map[string]bool{}, encoded: map[string]bool{}, enums: map[string]bool{},
		inputs: map[string]string{}, outputs: map[string]string{}, errors: map[string]bool{},
	}
	if !m.rest() {
		u.api = "api."
	}
	u.live, u.removed = m.live()
	for _, op := range u.live {
		if op.Input != nil {
			u.inputs[op.Input.Shape] = op.Name + "Input"
			u.walk(op.Input.Shape, u.decoded)
		}
		if u.hasOutput(op) {
			if u.outputs[op.Output.Shape] == "" { // else another operation answers the same
				u.outputs[op.Output.Shape] = op.Name + "Output"
			}
			u.walk(op.Output.Shape, u.encoded)
		}
		for _, e := range op.Errors {
			u.errors[e.Shape] = true
		}
	}
	if m.rest() {
		u.enums["ErrorCode"] = true
	}
	return u
}

// pkg is the name of the package.
func (u *usage) pkg() string {
	if u.model.rest() {
		return "api"
	}
	return u.model.Metadata.EndpointPrefix
}

// service is the variable that describes the service.
func (u *usage) service() string {
	if u.model.rest() {
		return "Chime"
	}
	return "Service"
}

// hasOutput tells answers with members from the empty object and from 204,
// which has no body whatever the model says.
func (u *usage) hasOutput(op *Operation) bool {
	return op.Output != nil && op.status() != 204 && len(u.model.Shapes[op.Output.Shape].Members) > 0
}

func (u *usage) walk(name string, structures map[string]bool) {
	s := u.model.Shapes[name]
	switch {
	case s.Type == "structure" && !structures[name]:
		structures[name] = true
		for _, ref := range s.Members {
			u.walk(ref.Shape, structures)
		}
	case s.Type == "list":
		u.walk(s.Member.Shape, structures)
	case s.Enum != nil:
		u.enums[name] = true
	}
}

// goName is the Go type of a structure or enumeration.
func (u *usage) goName(shape string) string {
	if n := u.inputs[shape]; n != "" {
		return n
	}
	if n := u.outputs[shape]; n != "" {
		return n
	}
	return exported(shape)
}

// structures returns the names of all structures in use, sorted by Go name.
func (u *usage) structures() []string {
	var names []string
	for name := range u.model.Shapes {
		if u.decoded[name] || u.encoded[name] {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(u.goName(a), u.goName(b)) })
	return names
}

// category says how a member is handled.
type category int

const (
	text category = iota
	boolean
	integer
	timestamp
	structure
	texts
	structures
)

func (u *usage) category(shape string) category {
	s := u.model.Shapes[shape]
	switch s.Type {
	case "string":
		return text
	case "boolean":
		return boolean
	case "integer":
		return integer
	case "timestamp":
		return timestamp
	case "structure":
		return structure
	case "list":
		if u.category(s.Member.Shape) == structure {
			return structures
		}
		return texts
	}
	panic(fmt.Sprintf("shape %s: type %s is not supported", shape, s.Type))
}

// elem is the Go type of one value of a shape.
func (u *usage) elem(shape string) string {
	s := u.model.Shapes[shape]
	switch u.category(shape) {
	case text:
		if s.Enum != nil {
			return exported(shape)
		}
		return "string"
	case boolean:
		return "bool"
	case integer:
		return "int"
	case timestamp:
		return u.api + "Timestamp"
	case structure:
		return "*" + u.goName(shape)
	}
	return "[]" + strings.TrimPrefix(u.elem(s.Member.Shape), "*")
}

// plain reports whether a scalar member is held without Opt.
func (u *usage) plain(s *Shape, member string) bool {
	ref := s.Members[member]
	if ref.Location == "uri" {
		return true
	}
	return !u.decoded[s.Name] && s.requires(member)
}

// goType is the Go type of a structure's member.
func (u *usage) goType(s *Shape, member string) string {
	shape := s.Members[member].Shape
	elem := u.elem(shape)
	switch u.category(shape) {
	case text, boolean, integer:
		if !u.plain(s, member) {
			return u.api + "Opt[" + elem + "]"
		}
	case timestamp:
		if u.decoded[s.Name] {
			return u.api + "Opt[" + elem + "]"
		}
	}
	return elem
}

// bodyMembers returns the members that travel in the body, by name.
func (u *usage) bodyMembers(s *Shape) []string {
	return u.at(s, "")
}

// at returns the members of one location, by name.
func (u *usage) at(s *Shape, location string) []string {
	var names []string
	for _, name := range s.members() {
		if s.Members[name].Location == location {
			names = append(names, name)
		}
	}
	return names
}

// perItem returns the structures that are elements of lists whose elements are
// checked one by one, sorted.
func (u *usage) perItem() []string {
	names := map[string]bool{}
	for _, s := range u.model.Shapes {
		if s.Type == "list" && s.PerItem {
			names[s.Member.Shape] = true
		}
	}
	return sorted(names)
}
