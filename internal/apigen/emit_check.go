package main

import (
	"fmt"
	"strings"
)

func emitChecks(p *printer, u *usage) {
	rules := map[string]bool{}
	for _, name := range u.structures() {
		if s := u.model.Shapes[name]; u.decoded[name] {
			emitCheck(p, u, s, rules)
		}
	}
	for _, op := range u.live {
		emitValidate(p, op)
	}
	for _, name := range u.perItem() {
		p.line("\n// Validate checks one element of a list whose elements fail on their own.")
		p.line("func (v *%s) Validate() error {\nvar c check\nv.check(&c)\nreturn c.refusal()\n}", name)
	}
	p.line("\nvar (")
	for _, name := range sorted(rules) {
		p.line("rule%s = stringRule{%s}", name, ruleLiteral(u.model.Shapes[name]))
	}
	p.line(")")
}

func emitValidate(p *printer, op *Operation) {
	p.line("\n// Validate implements Input.")
	if op.Input == nil {
		p.line("func (v *%sInput) Validate() error { return nil }", op.Name)
		return
	}
	p.line("func (v *%sInput) Validate() error {\nvar c check\nv.check(&c)\nreturn c.refusal()\n}", op.Name)
}

func emitCheck(p *printer, u *usage, s *Shape, rules map[string]bool) {
	p.line("\nfunc (v *%s) check(c *check) {", u.goName(s.Name))
	for _, m := range s.members() {
		if s.requires(m) && s.Members[m].Location != "uri" {
			p.line("c.required(%q, %s)", m, u.present(s, m))
		}
		emitMemberCheck(p, u, s, m, rules)
	}
	p.line("}")
}

func (u *usage) present(s *Shape, m string) string {
	switch u.category(s.Members[m].Shape) {
	case structure, texts, structures:
		return "v." + m + " != nil"
	}
	return "v." + m + ".Set"
}

func emitMemberCheck(p *printer, u *usage, s *Shape, m string, rules map[string]bool) {
	name := s.Members[m].Shape
	target := u.model.Shapes[name]
	switch u.category(name) {
	case text:
		emitTextCheck(p, u, s, m, rules)
	case integer:
		p.line("c.optInt(%q, v.%s, %d, %d)", m, m, *target.Min, *target.Max)
	case structure:
		p.line("if v.%s != nil {\nc.in(%q, -1)\nv.%s.check(c)\nc.out()\n}", m, m, m)
	case texts, structures:
		emitListCheck(p, u, m, target, rules)
	}
}

func emitTextCheck(p *printer, u *usage, s *Shape, m string, rules map[string]bool) {
	name := s.Members[m].Shape
	if ruleLiteral(u.model.Shapes[name]) == "" {
		return
	}
	rules[name] = true
	if u.plain(s, m) {
		p.line("c.text(%q, string(v.%s), &rule%s)", m, m, name)
	} else {
		p.line("optText(c, %q, v.%s, &rule%s)", m, m, name)
	}
}

func emitListCheck(p *printer, u *usage, m string, list *Shape, rules map[string]bool) {
	if list.Min != nil || list.Max != nil {
		p.line("if v.%s != nil {\nc.size(%q, len(v.%s), %d, %d)\n}", m, m, m, deref(list.Min), deref(list.Max))
	}
	elem := u.model.Shapes[list.Member.Shape]
	switch {
	case list.PerItem:
	case elem.Type == "structure":
		p.line("for i := range v.%s {\nc.in(%q, i)\nv.%s[i].check(c)\nc.out()\n}", m, m, m)
	case ruleLiteral(elem) != "":
		rules[elem.Name] = true
		p.line("for i, e := range v.%s {\nc.in(%q, i)\nc.text(\"\", string(e), &rule%s)\nc.out()\n}", m, m, elem.Name)
	}
}

func deref(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// ruleLiteral returns the fields of a stringRule, empty if anything goes.
func ruleLiteral(s *Shape) string {
	var fields []string
	if n := deref(s.Min); n > 0 {
		fields = append(fields, fmt.Sprintf("min: %d", n))
	}
	if n := deref(s.Max); n > 0 {
		fields = append(fields, fmt.Sprintf("max: %d", n))
	}
	if s.Pattern != "" {
		fields = append(fields, fmt.Sprintf("pattern: newPattern(%q)", s.Pattern))
	}
	if s.Enum != nil {
		fields = append(fields, fmt.Sprintf("enum: %#v", s.Enum))
	}
	return strings.Join(fields, ", ")
}
