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
		emitValidate(p, u, op)
	}
	for _, name := range u.perItem() {
		p.line("\n// Validate checks one element of a list whose elements fail on their own.")
		p.line("func (v *%s) Validate() error {\nvar c %sCheck\nv.check(&c)\nreturn c.Refusal(%s.Invalid)\n}", name, u.api, u.service())
	}
	emitInvalid(p, u)
	p.line("\nvar (")
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		p.line("%s = %sStringRule{%s}", name, u.api, rules[name])
	}
	p.line(")")
}

// emitInvalid writes the table of members whose violations have kinds of their own.
func emitInvalid(p *printer, u *usage) {
	if len(u.model.invalid) == 0 {
		return
	}
	p.line("\nvar invalid = map[string]%sKind{", u.api)
	for _, member := range slices.Sorted(maps.Keys(u.model.invalid)) {
		p.line("%q: %s,", member, kindName(u.model.invalid[member]))
	}
	p.line("}")
}

func emitValidate(p *printer, u *usage, op *Operation) {
	p.line("\n// Validate implements Input.")
	if op.Input == nil {
		p.line("func (v *%sInput) Validate() error { return nil }", op.Name)
		return
	}
	refusal := "Refusal("
	if len(u.model.invalid) > 0 {
		refusal = "RefusalOf(invalid, "
	}
	p.line("func (v *%sInput) Validate() error {\nvar c %sCheck\nv.check(&c)\nreturn c.%s%s.Invalid)\n}", op.Name, u.api, refusal, u.service())
}

func emitCheck(p *printer, u *usage, s *Shape, rules map[string]string) {
	p.line("\nfunc (v *%s) check(c *%sCheck) {", u.goName(s.Name), u.api)
	for _, m := range s.members() {
		if s.requires(m) && s.Members[m].Location != "uri" {
			p.line("c.Required(%q, %s)", m, u.present(s, m))
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
		p.line("c.OptInt(%q, v.%s, %d, %d)", m, m, *target.Min, *target.Max)
	case structure:
		p.line("if v.%s != nil {\nc.In(%q, -1)\nv.%s.check(c)\nc.Out()\n}", m, m, m)
	case texts, structures:
		emitListCheck(p, u, s, m, rules)
	}
}

func emitTextCheck(p *printer, u *usage, s *Shape, m string, rules map[string]string) {
	rule := u.rule(u.model.place(s, m), rules)
	if u.plain(s, m) {
		p.line("c.Text(%q, string(v.%s), &%s)", m, m, rule)
	} else {
		p.line("%sOptText(c, %q, v.%s, &%s)", u.api, m, m, rule)
	}
}

func emitListCheck(p *printer, u *usage, s *Shape, m string, rules map[string]string) {
	at := u.model.place(s, m)
	elem := u.model.elements(at)
	limit, _, _ := u.model.limit(at)
	p.line("if v.%s != nil {\nc.Size(%q, len(v.%s), %d, %d)\n}", m, m, m, deref(at.shape.Min), limit.Max)
	if at.shape.PerItem {
		p.line("c.LimitsOnly = true")
	}
	if elem.shape.Type == "structure" {
		p.line("for i := range v.%s {\nc.In(%q, i)\nv.%s[i].check(c)\nc.Out()\n}", m, m, m)
	} else {
		p.line("for i, e := range v.%s {\nc.In(%q, i)\nc.Text(\"\", string(e), &%s)\nc.Out()\n}", m, m, u.rule(elem, rules))
	}
	if at.shape.PerItem {
		p.line("c.LimitsOnly = false")
	}
}

// rule returns the variable that holds the rule of a string and notes that it
// is needed.
func (u *usage) rule(at place, rules map[string]string) string {
	limit, key, _ := u.model.limit(at)
	name := "rule" + exported(strings.NewReplacer(".", "", "*", "Any", "[]", "Element").Replace(key))
	rules[name] = u.ruleLiteral(at.shape, limit)
	return name
}

func deref(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// ruleLiteral returns the fields of a StringRule.
func (u *usage) ruleLiteral(s *Shape, limit Limit) string {
	var fields []string
	for _, f := range []struct {
		name string
		n    int
	}{{"Min", deref(s.Min)}, {"Max", limit.Max}, {"MaxBytes", limit.MaxBytes}} {
		if f.n > 0 {
			fields = append(fields, fmt.Sprintf("%s: %d", f.name, f.n))
		}
	}
	if s.Pattern != "" {
		fields = append(fields, fmt.Sprintf("Pattern: %sNewPattern(%q)", u.api, s.Pattern))
	}
	if s.Enum != nil {
		fields = append(fields, fmt.Sprintf("Enum: %#v", s.Enum))
	}
	return strings.Join(fields, ", ")
}
