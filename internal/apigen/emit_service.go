package main

import (
	"fmt"
	"slices"
	"strings"
)

// group is the operations that one type implements for one audience.
type group struct {
	name string
	ops  []*Operation
}

// param is the name of the implementation as a parameter.
func (g *group) param() string { return strings.ToLower(g.name[:1]) + g.name[1:] }

// groups returns the operations by service and audience, sorted.
func (u *usage) groups() []*group {
	byName := map[string]*group{}
	for _, op := range u.live {
		name := u.group(op)
		if byName[name] == nil {
			byName[name] = &group{name: name}
		}
		byName[name].ops = append(byName[name].ops, op)
	}
	list := make([]*group, 0, len(byName))
	for _, g := range byName {
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b *group) int { return strings.Compare(a.name, b.name) })
	return list
}

func (u *usage) group(op *Operation) string {
	if !u.model.rest() {
		return "Rules"
	}
	service, audience := op.Service, op.Audience
	if service == "" {
		service = "Chime"
	}
	if audience == "" {
		audience = "Public"
	}
	return service + audience
}

// emitService writes an interface for each group, and what joins them.
func emitService(p *printer, u *usage) {
	groups := u.groups()
	var params []string
	for _, g := range groups {
		p.line("\n// %s are the rules of operations, a method each; W is the unit of work.", g.name)
		p.line("type %s[W any] interface {", g.name)
		for _, op := range g.ops {
			emitMethods(p, u, op)
		}
		p.line("}")
		params = append(params, fmt.Sprintf("%s %s[W]", g.param(), g.name))
	}
	p.line("\n// Bind joins the rules of all operations.")
	p.line("func Bind[W any](%s) map[*%[2]sOp]%[2]sRule[W] {\nreturn map[*%[2]sOp]%[2]sRule[W]{", strings.Join(params, ", "), u.api)
	for _, g := range groups {
		for _, op := range g.ops {
			p.line("Operation(%q): {%s},", op.Name, u.binding(g, op))
		}
	}
	p.line("}\n}")
}

func emitMethods(p *printer, u *usage, op *Operation) {
	if op.Prepared {
		p.line("Prepare%s(W, *%sInput) (Errand, error)", op.Name, op.Name)
	}
	if op.Divided {
		p.line("Divide%s(*%sInput) Parts[*%sInput, *%sOutput]", op.Name, op.Name, op.Name, op.Name)
	}
	switch {
	case op.Shared:
		p.line("%s([]*Item[W, *%sInput, *%sOutput]) error", op.Name, op.Name, op.Name)
	case u.hasOutput(op):
		p.line("%s(W, *%sInput) (*%sOutput, error)", op.Name, op.Name, op.Name)
	default:
		p.line("%s(W, *%sInput) error", op.Name, op.Name)
	}
}

func (u *usage) binding(g *group, op *Operation) string {
	method := g.param() + "." + op.Name
	text := "Call: " + u.api + "Answer(" + method + ")"
	switch {
	case op.Shared:
		text = "Share: share(" + method + ")"
	case !u.hasOutput(op):
		text = "Call: " + u.api + "Effect(" + method + ")"
	}
	if op.Prepared {
		text = fmt.Sprintf("Prepare: prepare(%s.Prepare%s), %s", g.param(), op.Name, text)
	}
	if op.Divided {
		text = fmt.Sprintf("Divide: divide(%s.Divide%s), %s", g.param(), op.Name, text)
	}
	return text
}

// emitCalls writes the operations as typed methods.
func emitCalls(p *printer, u *usage) {
	p.imports = []string{"context"}
	if !u.model.rest() {
		p.line("\n// Calls runs operations by typed methods, for those who come without a protocol.")
		p.line("type Calls func(ctx context.Context, op *api.Op, in api.Input) (api.Output, error)")
	}
	for _, op := range u.live {
		p.line("\n// %s runs the operation of this name.", op.Name)
		if u.hasOutput(op) {
			p.line("func (c Calls) %s(ctx context.Context, in *%sInput) (*%sOutput, error) {", op.Name, op.Name, op.Name)
			p.line("return %sTyped[*%sOutput](c(ctx, Operation(%q), in))\n}", u.api, op.Name, op.Name)
		} else {
			p.line("func (c Calls) %s(ctx context.Context, in *%sInput) error {", op.Name, op.Name)
			p.line("_, err := c(ctx, Operation(%q), in)\nreturn err\n}", op.Name)
		}
	}
}
