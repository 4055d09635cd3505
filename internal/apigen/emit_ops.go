package main

import (
	"fmt"
	"slices"
	"strings"
)

func emitOps(p *printer, u *usage) {
	p.line("\n// Ops is the table of the operations that Carillon serves, by name.\nvar Ops = []%sOp{", u.api)
	for _, op := range u.live {
		emitOp(p, u, op)
	}
	p.line("}")
	if !u.model.rest() {
		emitDescription(p, u)
	}
}

// emitDescription writes what the model says of a service as a whole.
func emitDescription(p *printer, u *usage) {
	m, protocol := u.model.Metadata, "Query"
	if m.Protocol == "json" {
		protocol = "JSON"
	}
	p.line("\n// Service is %s.\nvar Service = &api.Service{", strings.TrimPrefix(m.ServiceFullName, "AWS "))
	p.line("Name: %q, Version: %q, Protocol: api.%s,", m.EndpointPrefix, m.APIVersion, protocol)
	_, target, _ := strings.Cut(m.TargetPrefix, m.EndpointPrefix+".v"+strings.ReplaceAll(m.APIVersion, "-", "")+".")
	p.line("Namespace: %q, Target: %q,", m.XMLNamespace, target)
	p.line("Common: api.%sCommon, Nearest: nearest,\n}", protocol)
	p.line("\n// Operation returns the operation of a name, which must exist.")
	p.line("func Operation(name string) *api.Op { return api.Find(Ops, name) }")
}

func emitRemoved(p *printer, u *usage) {
	p.line("\n// RemovedOps are the operations that older clients know and that Amazon")
	p.line("// removed from this API. They are refused by name.\nvar RemovedOps = []Op{")
	for _, op := range u.removed {
		path, name, value := op.route()
		p.line("{Service: Chime, Name: %q, Method: %q, Path: %q%s},", op.Name, op.HTTP.Method, path, queryFields(name, value))
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
	p.line("{\nService: %s, Name: %q, Method: %q, Path: %q%s, Status: %d,", u.service(), op.Name, op.HTTP.Method, path, queryFields(name, value), op.status())
	p.line("Action: %q, Resource: %q, Writes: %t, Shared: %t, Free: %t,", u.action(op), op.resource(), u.writes(op), op.Shared, op.Free)
	p.line("Errors: []%sKind{%s},", u.api, kindNames(op))
	if op.Audience != "" {
		p.line("Audience: %s,", op.Audience)
	}
	emitParams(p, u, op)
	p.line("New: func() %sInput { return new(%sInput) },\n},", u.api, op.Name)
}

// action returns the operation's name in policies.
func (u *usage) action(op *Operation) string {
	switch {
	case op.Action != "":
		return op.Action
	case op.Audience == "":
		return u.model.Metadata.EndpointPrefix + ":" + op.Name
	}
	return "carillon:" + op.Name
}

// readers begin the names of operations that change nothing, where methods do
// not tell.
var readers = []string{"Get", "List", "Lookup", "Simulate"}

func (u *usage) writes(op *Operation) bool {
	if u.model.rest() {
		return op.HTTP.Method != "GET" && !op.Reads
	}
	return op.Writes || !slices.ContainsFunc(readers, func(verb string) bool { return strings.HasPrefix(op.Name, verb) })
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
	p.line("Params: []%sParam{", u.api)
	for _, location := range []string{"uri", "querystring", ""} {
		for _, m := range u.inOrder(op, s, location) {
			wire := s.Members[m].LocationName
			if wire == "" {
				wire = m
			}
			in := map[string]string{"uri": "InPath", "querystring": "InQuery", "": "InBody"}[location]
			p.line("{Name: %q, WireName: %q, Location: %s},", m, wire, u.api+in)
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
