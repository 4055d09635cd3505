package main

import (
	"fmt"
	"slices"
	"strings"
)

func emitOps(p *printer, u *usage) {
	p.line("\nimport \"context\"")
	p.line("\n// Ops is the table of the operations that Carillon serves, by name.\nvar Ops = []Op{")
	for _, op := range u.live {
		emitOp(p, u, op)
	}
	p.line("}")
}

func emitRemoved(p *printer, u *usage) {
	p.line("\n// RemovedOps are the operations that older clients know and that Amazon")
	p.line("// removed from this API. They are refused by name.\nvar RemovedOps = []Op{")
	for _, op := range u.removed {
		path, name, value := op.route()
		p.line("{Name: %q, Method: %q, Path: %q%s},", op.Name, op.HTTP.Method, path, queryFields(name, value))
	}
	p.line("}")
}

func queryFields(name, value string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf(", QueryName: %q, QueryValue: %q", name, value)
}

func emitOp(p *printer, u *usage, op *Operation) {
	path, name, value := op.route()
	p.line("{\nName: %q, Method: %q, Path: %q%s, Status: %d,", op.Name, op.HTTP.Method, path, queryFields(name, value), op.status())
	p.line("Errors: []Kind{%s},", kindNames(op))
	if op.Audience != "" {
		p.line("Audience: %s,", op.Audience)
	}
	emitParams(p, u, op)
	p.line("New: func() Input { return new(%sInput) },", op.Name)
	p.line("Call: func(ctx context.Context, s Service, in Input) (Output, error) {")
	call := fmt.Sprintf("s.%s(ctx, in.(*%sInput))", op.Name, op.Name)
	if u.hasOutput(op) {
		p.line("return result(%s)\n},\n},", call)
	} else {
		p.line("return nil, %s\n},\n},", call)
	}
}

func kindNames(op *Operation) string {
	var names []string
	for _, e := range op.Errors {
		names = append(names, kindName(e.Shape))
	}
	return strings.Join(names, ", ")
}

func emitParams(p *printer, u *usage, op *Operation) {
	if op.Input == nil {
		return
	}
	s := u.model.Shapes[op.Input.Shape]
	p.line("Params: []Param{")
	for _, location := range []string{"uri", "querystring", ""} {
		for _, m := range u.inOrder(op, s, location) {
			wire := s.Members[m].LocationName
			if wire == "" {
				wire = m
			}
			in := map[string]string{"uri": "InPath", "querystring": "InQuery", "": "InBody"}[location]
			p.line("{Name: %q, WireName: %q, Location: %s},", m, wire, in)
		}
	}
	p.line("},")
}

// inOrder returns the members of a location: those of the path in the order of
// the path, others by name.
func (u *usage) inOrder(op *Operation, s *Shape, location string) []string {
	names := u.at(s, location)
	if location == "uri" {
		labels := op.labels()
		slices.SortFunc(names, func(a, b string) int {
			return slices.Index(labels, s.Members[a].LocationName) - slices.Index(labels, s.Members[b].LocationName)
		})
	}
	return names
}

func emitService(p *printer, u *usage) {
	p.line("\nimport \"context\"")
	p.line("\n// Service is the behaviour behind the operations, a method each.\ntype Service interface {")
	for _, op := range u.live {
		p.line("%s%s", op.Name, u.signature(op))
	}
	p.line("}")
	p.line("\n// Unimplemented answers every operation with an honest refusal. Embed it in a")
	p.line("// Service that lacks some.\ntype Unimplemented struct{}")
	for _, op := range u.live {
		p.line("\n// %s implements Service.", op.Name)
		values := ""
		if u.hasOutput(op) {
			values = "nil, "
		}
		p.line("func (Unimplemented) %s%s { return %snotImplemented(%q) }", op.Name, u.signature(op), values, op.Name)
	}
}

func (u *usage) signature(op *Operation) string {
	result := "error"
	if u.hasOutput(op) {
		result = fmt.Sprintf("(*%sOutput, error)", op.Name)
	}
	return fmt.Sprintf("(context.Context, *%sInput) %s", op.Name, result)
}
