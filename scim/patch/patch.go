// Package patch reads and applies the PATCH of SCIM (RFC 7644, section 3.5.2), and
// what identity providers send in its name: operations in any case, values without a
// path whose names are paths, booleans as text, and filters that select nothing, for
// which replace makes a value.
package patch

import (
	"strings"

	"carillon/scim/filter"
	"carillon/scim/schema"
)

// maxOperations bounds a request.
const maxOperations = 1000

// Operation is one change.
type Operation struct {
	// Op is add, replace or remove.
	Op    string
	path  schema.Path
	where filter.Filter // of the values of a list; nil: all
	Value any
	// given tells null from no value at all.
	given bool
}

// On reports whether an operation is about an attribute or some of it.
func (o *Operation) On(attribute string) bool {
	return o.path.URN == "" && o.path.Attribute != nil && o.path.Attribute.Name == attribute
}

// Named returns the values of a list that an operation adds or takes away, if it names
// them, so that the others need not be known. Errors are a *[schema.Error].
func (o *Operation) Named() (values []any, ok bool, err error) {
	switch {
	case o.path.Part != nil || o.Op == "replace":
		return nil, false, nil
	case o.where != nil:
		value := map[string]any{}
		ok = o.Op == "remove" && imply(o.where, value) && len(value) == 1 && value["value"] != nil
		return []any{value}, ok, nil
	case !o.given:
		return nil, o.Op == "add", nil
	}
	value, err := o.path.Attribute.Value(o.Value)
	values, _ = value.([]any)
	return values, true, err
}

// Parse reads the body of a request. Errors are a *[schema.Error]. What is
// read-only, as the id that Okta sends with every group, is left out.
func Parse(t *schema.Type, body map[string]any) ([]Operation, error) {
	sent, ok := member(body, "Operations").([]any)
	if !ok || len(sent) == 0 || len(sent) > maxOperations {
		return nil, schema.Refuse("invalidSyntax", "Operations has to be a list of 1 to %d operations", maxOperations)
	}
	var list []Operation
	for _, each := range sent {
		fields, ok := each.(map[string]any)
		if !ok {
			return nil, schema.Refuse("invalidSyntax", "an operation has to be an object")
		}
		ops, err := parse(t, fields)
		if err != nil {
			return nil, err
		}
		list = append(list, ops...)
	}
	return list, nil
}

// member returns a member of an object whose name may be in any case.
func member(object map[string]any, name string) any {
	if value, ok := object[name]; ok {
		return value
	}
	for _, key := range schema.Names(object) {
		if strings.EqualFold(key, name) {
			return object[key]
		}
	}
	return nil
}

func parse(t *schema.Type, fields map[string]any) ([]Operation, error) {
	name, _ := member(fields, "op").(string)
	o := Operation{Op: strings.ToLower(name), Value: member(fields, "value")}
	o.given = o.Value != nil
	if o.Op != "add" && o.Op != "replace" && o.Op != "remove" {
		return nil, schema.Refuse("invalidSyntax", "op has to be add, replace or remove")
	}
	path, _ := member(fields, "path").(string)
	switch {
	case path != "":
		return one(t, o, path)
	case o.Op == "remove":
		return nil, schema.Refuse("noTarget", "remove needs a path")
	}
	values, ok := o.Value.(map[string]any)
	if !ok {
		return nil, schema.Refuse("invalidValue", "without a path the value has to be an object")
	}
	return spread(t, o, "", values)
}

// spread makes an operation of each member of a value without a path. Their names are
// paths; those that the resource has not are ignored, as in a whole resource.
func spread(t *schema.Type, o Operation, prefix string, values map[string]any) ([]Operation, error) {
	var list []Operation
	for _, name := range schema.Names(values) {
		o.Value, o.given = values[name], true
		ops, err := one(t, o, prefix+name)
		if refused, ok := err.(*schema.Error); ok && refused.Type == "invalidPath" {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, ops...)
	}
	return list, nil
}

// one reads an operation with a path.
func one(t *schema.Type, o Operation, path string) ([]Operation, error) {
	if err := o.find(t, strings.TrimSpace(path)); err != nil {
		return nil, err
	}
	a := o.path.Attribute
	switch {
	case a == nil:
		return extension(t, o)
	case a.ReadOnly || a.WriteOnly, o.Op == "add" && o.Value == nil: // there is nothing to add
		return nil, nil
	}
	return []Operation{o}, nil
}

// extension makes operations of one that is about a whole extension.
func extension(t *schema.Type, o Operation) ([]Operation, error) {
	if o.Op == "remove" {
		return []Operation{o}, nil
	}
	values, ok := o.Value.(map[string]any)
	if !ok {
		return nil, schema.Refuse("invalidValue", "the value of an extension has to be an object")
	}
	return spread(t, o, o.path.URN+":", values)
}

// find reads a path: an attribute, [a filter], a part.
func (o *Operation) find(t *schema.Type, path string) error {
	name, rest, filtered := strings.Cut(path, "[")
	found, ok := t.Find(name)
	if !ok || filtered && (found.Attribute == nil || !found.Attribute.Many || found.Part != nil) {
		return schema.Refuse("invalidPath", "the path names an attribute that the resource has not")
	}
	o.path = found
	if !filtered {
		return nil
	}
	end := strings.LastIndexByte(rest, ']')
	if end < 0 {
		return schema.Refuse("invalidPath", "a bracket of the path is not closed")
	}
	if part := strings.TrimPrefix(rest[end+1:], "."); part != "" {
		if o.path.Part = found.Attribute.Part(part); o.path.Part == nil {
			return schema.Refuse("invalidPath", "the path names a part that the attribute has not")
		}
	}
	where, err := filter.Where(t, found, rest[:end])
	o.where = where
	return err
}
