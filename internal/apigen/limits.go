package main

import (
	"errors"
	"fmt"
	"slices"
)

// Limit is the most that a member may hold. Zero: no limit of that sort.
type Limit struct {
	// Max counts characters of a string, as the model does: code points, not
	// bytes; or the elements of a list.
	Max int `json:"max"`
	// MaxBytes counts the bytes of a string in UTF-8.
	MaxBytes int `json:"maxBytes"`
}

// limits is the part of carillon.json that bounds what the model leaves open.
// A string or list of a request that neither bounds is an error of generation,
// so a new one does not build before somebody has thought about it.
type limits struct {
	// Shapes holds the limit of all members of a shape.
	Shapes map[string]Limit `json:"shapes"`
	// Members holds narrower or wider ones: Structure.Member, *.Member for
	// the members of that name, each with [] for the elements of a list.
	Members map[string]Limit `json:"members"`
}

// place is a member of a request's structure, or the elements of that member.
type place struct {
	owner  *Shape
	member string
	each   bool
	shape  *Shape // of the value
}

func (p place) name() string { return p.owner.Name + p.suffix() }

func (p place) suffix() string {
	if p.each {
		return "." + p.member + "[]"
	}
	return "." + p.member
}

// place returns a member of a structure, elements those of a list that it is.
func (m *Model) place(owner *Shape, member string) place {
	return place{owner: owner, member: member, shape: m.Shapes[owner.Members[member].Shape]}
}

func (m *Model) elements(p place) place {
	return place{owner: p.owner, member: p.member, each: true, shape: m.Shapes[p.shape.Member.Shape]}
}

// limit returns the limit of a place and the key of the rule that has it: the
// name of a member's rule, else of the shape. Values of an enumeration are
// bounded by being listed, integers by the shape alone.
func (m *Model) limit(p place) (l Limit, key string, ok bool) {
	if p.shape.Type == "integer" {
		return Limit{}, p.shape.Name, p.shape.Min != nil && p.shape.Max != nil
	}
	for _, key := range []string{p.name(), "*" + p.suffix()} {
		if l, ok := m.limits.Members[key]; ok {
			return l, key, true
		}
	}
	if p.shape.Max != nil || p.shape.Enum != nil {
		return Limit{Max: deref(p.shape.Max)}, p.shape.Name, true
	}
	l, ok = m.limits.Shapes[p.shape.Name]
	return l, p.shape.Name, ok
}

// checkLimits returns an error that names everything in requests that has no
// limit, and every limit that is for nothing.
func (u *usage) checkLimits() error {
	var problems []error
	needless := map[string]bool{}
	for key := range u.model.limits.Shapes {
		needless[key] = true
	}
	for key := range u.model.limits.Members {
		needless[key] = true
	}
	for _, p := range u.places() {
		_, key, ok := u.model.limit(p)
		if !ok {
			problems = append(problems, fmt.Errorf("%s (%s) has no limit: add one to limits in the overlay", p.name(), p.shape.Name))
		}
		if key != p.shape.Name || p.shape.Max == nil && p.shape.Enum == nil {
			delete(needless, key)
		}
	}
	for _, key := range sorted(needless) {
		problems = append(problems, fmt.Errorf("the limit of %s is for nothing that lacks one", key))
	}
	return errors.Join(problems...)
}

// unbounded are the types whose values need no limit.
var unbounded = []string{"structure", "boolean", "timestamp"}

// places returns everything in requests that needs a limit: strings, lists,
// and integers, which must have theirs from the shape.
func (u *usage) places() (all []place) {
	for _, name := range u.structures() {
		if !u.decoded[name] {
			continue
		}
		s := u.model.Shapes[name]
		for _, m := range s.members() {
			p := u.model.place(s, m)
			all = append(all, p)
			if p.shape.Type == "list" {
				all = append(all, u.model.elements(p))
			}
		}
	}
	return slices.DeleteFunc(all, func(p place) bool { return slices.Contains(unbounded, p.shape.Type) })
}
