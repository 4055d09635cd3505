package main

import (
	"fmt"
	"slices"
	"strings"
)

func emitShapes(p *printer, u *usage) {
	for _, name := range sorted(u.enums) {
		emitEnum(p, u.model.Shapes[name])
	}
	for _, name := range u.structures() {
		emitStruct(p, u, u.model.Shapes[name])
	}
	for _, op := range u.live {
		if op.Input == nil {
			p.line("\n// %sInput is the request of %s, which has no members.\ntype %sInput struct{}", op.Name, op.Name, op.Name)
		}
	}
	emitSensitive(p, u)
}

func sorted(set map[string]bool) []string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func emitEnum(p *printer, s *Shape) {
	p.line("\n// %s is an enumeration of the model.\ntype %s string", s.Name, s.Name)
	p.line("\n// The values of %s.\nconst (", s.Name)
	for _, v := range s.Enum {
		p.line("%s%s %s = %q", s.Name, v, s.Name, v)
	}
	p.line(")")
}

func emitStruct(p *printer, u *usage, s *Shape) {
	name := u.goName(s.Name)
	p.line("\n// %s is %s.\ntype %s struct {", name, u.describe(s), name)
	for _, location := range []string{"uri", "querystring", ""} {
		for _, m := range u.at(s, location) {
			p.line("%s %s%s", m, u.goType(s, m), u.remark(s, m))
		}
	}
	p.line("}")
}

func (u *usage) describe(s *Shape) string {
	switch {
	case u.inputs[s.Name] != "":
		return "the request of " + strings.TrimSuffix(u.inputs[s.Name], "Input")
	case u.outputs[s.Name] != "":
		return "the answer of " + strings.TrimSuffix(u.outputs[s.Name], "Output")
	}
	return "the shape of that name"
}

// remark tells what the model says of a member.
func (u *usage) remark(s *Shape, member string) string {
	ref := s.Members[member]
	var notes []string
	if ref.LocationName != "" {
		notes = append(notes, map[string]string{"uri": "path", "querystring": "query"}[ref.Location]+" "+ref.LocationName)
	}
	if s.requires(member) {
		notes = append(notes, "required")
	}
	notes = append(notes, u.limits(s, member)...)
	if u.sensitive(s, member) {
		notes = append(notes, "sensitive")
	}
	if len(notes) == 0 {
		return ""
	}
	return " // " + strings.Join(notes, ", ")
}

// limits tells the bounds of a member: the model's, and in requests ours.
func (u *usage) limits(owner *Shape, member string) []string {
	at := u.model.place(owner, member)
	s, most := at.shape, Limit{Max: deref(at.shape.Max)}
	if u.decoded[owner.Name] {
		most, _, _ = u.model.limit(at)
	}
	unit := map[string]string{"string": " characters", "list": " elements"}[s.Type]
	var notes []string
	switch {
	case s.Min != nil && most.Max > 0:
		notes = append(notes, fmt.Sprintf("%d–%d%s", *s.Min, most.Max, unit))
	case s.Min != nil:
		notes = append(notes, fmt.Sprintf("at least %d%s", *s.Min, unit))
	case most.Max > 0:
		notes = append(notes, fmt.Sprintf("at most %d%s", most.Max, unit))
	case most.MaxBytes > 0:
		notes = append(notes, fmt.Sprintf("at most %d bytes", most.MaxBytes))
	}
	if s.Pattern != "" {
		notes = append(notes, "pattern "+s.Pattern)
	}
	return notes
}

// emitSensitive writes the table of members that must never reach a log.
func emitSensitive(p *printer, u *usage) {
	p.line("\n// sensitive reports whether a member of a shape (by its Go name) must never")
	p.line("// reach a log, a trace or a record: the model marks it, or carillon.json.")
	p.line("func sensitive(shape, member string) bool {\nswitch shape {")
	for _, name := range u.structures() {
		s := u.model.Shapes[name]
		var members []string
		for _, m := range s.members() {
			if u.sensitive(s, m) {
				members = append(members, fmt.Sprintf("%q", m))
			}
		}
		if len(members) > 0 {
			p.line("case %q:\nswitch member {\ncase %s:\nreturn true\n}", u.goName(name), strings.Join(members, ", "))
		}
	}
	p.line("}\nreturn false\n}")
}

func (u *usage) sensitive(s *Shape, member string) bool {
	target := u.model.Shapes[s.Members[member].Shape]
	if target.Type == "list" {
		target = u.model.Shapes[target.Member.Shape]
	}
	return target.Sensitive || slices.Contains(u.model.hidden, member)
}

func emitErrors(p *printer, u *usage) {
	p.line("\n// The kinds of errors of the model.\nvar (")
	for _, name := range sorted(u.errors) {
		p.line("%s = Kind{Name: %q, Code: %q, Status: %d}", kindName(name), name, errorCode(u.model.Shapes[name]), u.model.Shapes[name].Error.HTTPStatusCode)
	}
	p.line(")")
}

func kindName(shape string) string { return strings.TrimSuffix(shape, "Exception") }

func errorCode(s *Shape) string {
	if s.Error.Code != "" {
		return s.Error.Code
	}
	return kindName(s.Name)
}
