package main

import (
	"fmt"
	"slices"
	"strings"
)

func emitEncoders(p *printer, u *usage) {
	for _, name := range u.structures() {
		if u.encoded[name] {
			emitEncoder(p, u, u.model.Shapes[name])
		}
	}
}

func emitEncoder(p *printer, u *usage, s *Shape) {
	p.line("\n// AppendJSON appends the compact JSON form of v.")
	p.line("func (v *%s) AppendJSON(b []byte) []byte {", u.goName(s.Name))
	separator := "{"
	for _, m := range s.members() {
		if s.Members[m].OmitNull {
			p.line("if v.%s.Set {", m)
		}
		p.line("b = append(b, %q...)", separator+`"`+m+`":`)
		p.line("%s", u.encode(s, m))
		if s.Members[m].OmitNull {
			p.line("}")
		}
		separator = ","
	}
	p.line("return append(b, '}')\n}")
}

// encode returns the statement that appends a member's value.
func (u *usage) encode(s *Shape, member string) string {
	shape := s.Members[member].Shape
	call := map[category]string{
		text: "appendOptText", boolean: "appendOptBool", integer: "appendOptInt", timestamp: "appendTimestamp",
		structure: "appendStruct", texts: "appendTexts", structures: "appendStructs",
	}[u.category(shape)]
	arg := "v." + member
	if call == "appendOptText" && u.plain(s, member) {
		call, arg = "appendText", fmt.Sprintf("string(%s)", arg)
		if u.elem(shape) == "string" {
			arg = "v." + member
		}
	}
	return fmt.Sprintf("b = %s(b, %s)", call, arg)
}

func emitDecoders(p *printer, u *usage) {
	p.imports = []string{"carillon/internal/jsonscan"}
	for _, name := range u.structures() {
		if u.decoded[name] && len(u.bodyMembers(u.model.Shapes[name])) > 0 {
			emitDecoder(p, u, u.model.Shapes[name])
		}
	}
	for _, op := range u.live {
		emitInput(p, u, op)
	}
}

func emitDecoder(p *printer, u *usage, s *Shape) {
	p.line("\nfunc (v *%s) decode(s *jsonscan.Scanner) {", u.goName(s.Name))
	boxed := slices.DeleteFunc(u.bodyMembers(s), func(m string) bool { return !s.Members[m].Box })
	read := "Object"
	if len(boxed) > 0 {
		read = "ObjectNulls"
	}
	p.line("s.%s(func(name []byte) bool {\nswitch string(name) {", read)
	for _, m := range u.bodyMembers(s) {
		call := map[category]string{
			text: "decodeText", boolean: "decodeBool", integer: "decodeInt",
			structure: "decodeStruct", texts: "decodeTexts", structures: "decodeStructs",
		}[u.category(s.Members[m].Shape)]
		p.line("case %q:\nreturn %s(s, %q, &v.%s)", m, call, m, m)
	}
	fmt.Fprint(&p.Buffer, "}\nreturn false\n}")
	if len(boxed) > 0 {
		p.line(", func(name []byte) {\nswitch string(name) {")
		for _, m := range boxed {
			p.line("case %q:\nv.%s = Some(%s(\"\"))", m, m, u.elem(s.Members[m].Shape))
		}
		fmt.Fprint(&p.Buffer, "}\n}")
	}
	p.line(")\n}")
}

// emitInput writes the methods that make a structure an Input.
func emitInput(p *printer, u *usage, op *Operation) {
	s := &Shape{}
	if op.Input != nil {
		s = u.model.Shapes[op.Input.Shape]
	}
	emitSetLabel(p, u, op, s)
	emitSetQuery(p, u, op, s)
	read := "ignoreBody"
	if len(u.bodyMembers(s)) > 0 {
		read = "v.decode"
	}
	p.line("\n// DecodeBody implements Input.")
	p.line("func (v *%sInput) DecodeBody(body []byte) error { return decodeBody(body, %s) }", op.Name, read)
}

// emitSetLabel writes both ways to the members that the path carries.
func emitSetLabel(p *printer, u *usage, op *Operation, s *Shape) {
	members := u.labelMembers(op, s)
	p.line("\n// Label implements Input.\nfunc (v *%sInput) Label(i int) string {", op.Name)
	if len(members) > 0 {
		p.line("return label(i, %s)\n}", "v."+strings.Join(members, ", v."))
	} else {
		p.line("return label(i)\n}")
	}
	p.line("\n// SetLabel implements Input.")
	if len(members) == 0 {
		p.line("func (v *%sInput) SetLabel(int, string) {}", op.Name)
		return
	}
	p.line("func (v *%sInput) SetLabel(i int, value string) {\nswitch i {", op.Name)
	for i, m := range members {
		p.line("case %d:\nv.%s = value", i, m)
	}
	p.line("}\n}")
}

// labelMembers returns the members that the path carries, in the order of the path.
func (u *usage) labelMembers(op *Operation, s *Shape) (members []string) {
	for _, label := range op.labels() {
		for _, m := range u.at(s, "uri") {
			if s.Members[m].LocationName == label {
				members = append(members, m)
			}
		}
	}
	return members
}

func emitSetQuery(p *printer, u *usage, op *Operation, s *Shape) {
	members := u.at(s, "querystring")
	p.line("\n// SetQuery implements Input.")
	if len(members) == 0 {
		p.line("func (v *%sInput) SetQuery(string, string) (bool, error) { return false, nil }", op.Name)
		return
	}
	p.line("func (v *%sInput) SetQuery(name, value string) (known bool, err error) {\nswitch name {", op.Name)
	for _, m := range members {
		ref := s.Members[m]
		p.line("case %q:", ref.LocationName)
		if u.category(ref.Shape) == integer {
			p.line("v.%s, err = queryInt(%q, value)", m, m)
		} else {
			p.line("v.%s = Some(%s(value))", m, u.elem(ref.Shape))
		}
	}
	p.line("default:\nreturn false, nil\n}\nreturn true, err\n}")
}
