package main

import (
	"fmt"
	"slices"
	"strings"
)

func emitOps(p *printer, u *usage) {
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
	p.line("Action: %q, Resource: %q, Writes: %t, Shared: %t,", op.action(), op.resource(), op.HTTP.Method != "GET", op.Shared)
	p.line("Errors: []Kind{%s},", kindNames(op))
	if op.Audience != "" {
		p.line("Audience: %s,", op.Audience)
	}
	emitParams(p, u, op)
	p.line("New: func() Input { return new(%sInput) },\n},", op.Name)
}

// action returns the operation's name in policies.
func (op *Operation) action() string {
	switch {
	case op.Action != "":
		return op.Action
	case op.Audience == "":
		return "chime:" + op.Name
	}
	return "carillon:" + op.Name
}

// resource returns the template of what policies match.
func (op *Operation) resource() string {
	if op.Resource == "" {
		return "*"
	}
	return op.Resource
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
