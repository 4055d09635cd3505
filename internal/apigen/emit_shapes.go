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
		if u.hasOutput(op) && u.goName(op.Output.Shape) != op.Name+"Output" {
			p.line("\n// %sOutput is the answer of %s.\ntype %sOutput = %s", op.Name, op.Name, op.Name, u.goName(op.Output.Shape))
		}
	}
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
	name := exported(s.Name)
	p.line("\n// %s is an enumeration of the model.\ntype %s string", name, name)
	p.line("\n// The values of %s.\nconst (", name)
	for _, v := range s.Enum {
		p.line("%s%s %s = %q", name, identifier(v), name, v)
	}
	p.line(")")
}

// exported returns a name of the model with its first letter large.
func exported(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// identifier returns a value of an enumeration as the end of a Go name.
func identifier(value string) string {
	var words []string
	for _, word := range strings.Split(value, "-") {
		words = append(words, exported(word))
	}
	return strings.Join(words, "")
}

func emitStruct(p *printer, u *usage, s *Shape) {
	name := u.goName(s.Name)
	p.line("\n// %s is %s.\ntype %s struct {", name, u.describe(s), name)
	for _, location := range []string{"uri", "querystring", ""} {
		for _, m := range u.at(s, location) {
			p.line("%s %s%s%s", m, u.goType(s, m), u.tag(s, m), u.remark(s, m))
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

// tag marks members that must never reach a log, a trace or a record: the model
// says so, or our overlay.
func (u *usage) tag(s *Shape, member string) string {
	if u.sensitive(s, member) {
		return " `sensitive:\"true\"`"
	}
	return ""
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
		p.line("%s = %s", kindName(name), u.kind(u.model.Shapes[name]))
	}
	p.line(")")
}

// kind returns the literal of an error's kind. JSON 1.1 has nothing but the name.
func (u *usage) kind(s *Shape) string {
	if u.model.Metadata.Protocol == "json" {
		return fmt.Sprintf("api.Kind{Name: %q, Status: 400}", s.Name)
	}
	return fmt.Sprintf("%sKind{Name: %q, Code: %q, Status: %d}", u.api, s.Name, errorCode(s), s.Error.HTTPStatusCode)
}

func kindName(shape string) string { return strings.TrimSuffix(shape, "Exception") }

func errorCode(s *Shape) string {
	if s.Error.Code != "" {
		return s.Error.Code
	}
	return kindName(s.Name)
}
