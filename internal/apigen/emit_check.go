package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

func emitChecks(p *printer, u *usage) {
	rules := map[string]string{}
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
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		p.line("%s = stringRule{%s}", name, rules[name])
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

func emitCheck(p *printer, u *usage, s *Shape, rules map[string]string) {
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

func emitMemberCheck(p *printer, u *usage, s *Shape, m string, rules map[string]string) {
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
		emitListCheck(p, u, s, m, rules)
	}
}

func emitTextCheck(p *printer, u *usage, s *Shape, m string, rules map[string]string) {
	rule := u.rule(u.model.place(s, m), rules)
	if u.plain(s, m) {
		p.line("c.text(%q, string(v.%s), &%s)", m, m, rule)
	} else {
		p.line("optText(c, %q, v.%s, &%s)", m, m, rule)
	}
}

func emitListCheck(p *printer, u *usage, s *Shape, m string, rules map[string]string) {
	at := u.model.place(s, m)
	elem := u.model.elements(at)
	limit, _, _ := u.model.limit(at)
	p.line("if v.%s != nil {\nc.size(%q, len(v.%s), %d, %d)\n}", m, m, m, deref(at.shape.Min), limit.Max)
	if at.shape.PerItem {
		p.line("c.limitsOnly = true")
	}
	if elem.shape.Type == "structure" {
		p.line("for i := range v.%s {\nc.in(%q, i)\nv.%s[i].check(c)\nc.out()\n}", m, m, m)
	} else {
		p.line("for i, e := range v.%s {\nc.in(%q, i)\nc.text(\"\", string(e), &%s)\nc.out()\n}", m, m, u.rule(elem, rules))
	}
	if at.shape.PerItem {
		p.line("c.limitsOnly = false")
	}
}

// rule returns the variable that holds the rule of a string and notes that it
// is needed.
func (u *usage) rule(at place, rules map[string]string) string {
	limit, key, _ := u.model.limit(at)
	name := "rule" + strings.NewReplacer(".", "", "*", "Any", "[]", "Element").Replace(key)
	rules[name] = ruleLiteral(at.shape, limit)
	return name
}

func deref(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// ruleLiteral returns the fields of a stringRule.
func ruleLiteral(s *Shape, limit Limit) string {
	var fields []string
	for _, f := range []struct {
		name string
		n    int
	}{{"min", deref(s.Min)}, {"max", limit.Max}, {"maxBytes", limit.MaxBytes}} {
		if f.n > 0 {
			fields = append(fields, fmt.Sprintf("%s: %d", f.name, f.n))
		}
	}
	if s.Pattern != "" {
		fields = append(fields, fmt.Sprintf("pattern: newPattern(%q)", s.Pattern))
	}
	if s.Enum != nil {
		fields = append(fields, fmt.Sprintf("enum: %#v", s.Enum))
	}
	return strings.Join(fields, ", ")
}
