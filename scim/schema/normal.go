package schema

import (
	"encoding/json"
	"strings"
)

// Limits of what is kept of an attribute.
const (
	maxText    = 4096   // bytes
	maxMembers = 20_000 // of a group that one request may name
	maxValues  = 100    // of a list; members of groups have a limit of their own
)

// Normal returns a resource in the form of the schema: names in its letters, values
// of its kinds, and nothing that it lacks or that is the server's. Providers send
// booleans as text, single values for lists and the other way round, and members
// that no schema has; none of this is refused. What cannot be read as what the schema
// wants is refused as invalidValue.
func (t *Type) Normal(sent map[string]any) (map[string]any, error) {
	resource := map[string]any{}
	for _, name := range Names(sent) {
		p, ok := t.Find(name)
		if !ok {
			continue
		}
		if err := t.put(resource, p, sent[name]); err != nil {
			return nil, err
		}
	}
	return resource, nil
}

// put sets what a name of a body stands for: an attribute, a part of one, as in
// name.givenName, or an extension.
func (t *Type) put(resource map[string]any, p Path, value any) error {
	if p.Attribute == nil {
		return t.putExtension(resource, p.URN, value)
	}
	if p.Attribute.ReadOnly || p.Attribute.WriteOnly {
		return nil
	}
	if p.Part != nil {
		return putPart(p, resource, value)
	}
	v, err := p.Attribute.Value(value)
	if err == nil && v != nil {
		p.In(resource, true)[p.Attribute.Name] = v
	}
	return err
}

func putPart(p Path, resource map[string]any, value any) error {
	v, err := p.Part.Value(value)
	if err != nil || v == nil || p.Attribute.Many {
		return err
	}
	in := p.In(resource, true)
	parts, _ := in[p.Attribute.Name].(map[string]any)
	if parts == nil {
		parts = map[string]any{}
		in[p.Attribute.Name] = parts
	}
	parts[p.Part.Name] = v
	return nil
}

func (t *Type) putExtension(resource map[string]any, urn string, value any) error {
	members, _ := value.(map[string]any)
	for _, name := range Names(members) {
		p, ok := t.Find(urn + ":" + name)
		if !ok || p.Attribute == nil {
			continue
		}
		if err := t.put(resource, p, members[name]); err != nil {
			return err
		}
	}
	return nil
}

// Value returns a value in the form of an attribute; nil: it is empty, which is as
// good as none.
func (a *Attribute) Value(value any) (any, error) {
	if !a.Many {
		if list, ok := value.([]any); ok && len(list) == 1 {
			value = list[0]
		}
		return a.single(value)
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	most := maxValues
	if a.Name == "members" {
		most = maxMembers
	}
	if len(list) > most {
		return nil, Refuse("invalidValue", "%s may have %d values", a.Name, most)
	}
	var values []any
	for _, v := range list {
		v, err := a.single(v)
		if err != nil {
			return nil, err
		}
		if v != nil {
			values = append(values, v)
		}
	}
	if values == nil {
		return nil, nil
	}
	onePrimary(values)
	return values, nil
}

// onePrimary leaves the first value primary of several that were sent so.
func onePrimary(values []any) {
	found := false
	for _, v := range values {
		parts, _ := v.(map[string]any)
		switch {
		case parts["primary"] != true:
		case found:
			parts["primary"] = false
		default:
			found = true
		}
	}
}

// single returns one value of an attribute.
func (a *Attribute) single(value any) (any, error) {
	if a.Kind != Complex {
		value = bare(value)
	}
	switch {
	case value == nil:
		return nil, nil
	case a.Kind == Boolean:
		return a.boolean(value)
	case a.Kind == Complex:
		return a.complex(value)
	}
	return a.text(value)
}

// bare takes a value out of the object that Microsoft's reference code puts around it,
// beside a $ref that is null.
func bare(value any) any {
	object, _ := value.(map[string]any)
	var inner any
	for name, v := range object {
		switch strings.ToLower(name) {
		case "value":
			inner = v
		case "$ref":
		default:
			return value
		}
	}
	if inner == nil {
		return value
	}
	return inner
}

func (a *Attribute) boolean(value any) (any, error) {
	switch v := value.(type) {
	case bool:
		return v, nil
	case string:
		switch strings.ToLower(v) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		case "":
			return nil, nil
		}
	}
	return nil, Refuse("invalidValue", "%s has to be true or false", a.Name)
}

func (a *Attribute) text(value any) (any, error) {
	switch v := value.(type) {
	case string:
		if len(v) > maxText || strings.ContainsRune(v, 0) {
			return nil, Refuse("invalidValue", "%s has to be a text of %d bytes at most, without NUL", a.Name, maxText)
		}
		if v == "" {
			return nil, nil
		}
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		if v {
			return "true", nil
		}
		return "false", nil
	}
	return nil, Refuse("invalidValue", "%s has to be a text", a.Name)
}

// complex takes a bare value for its part value, as Entra ID sends a manager.
func (a *Attribute) complex(value any) (any, error) {
	sent, ok := value.(map[string]any)
	if !ok {
		if a.Part("value") == nil {
			return nil, Refuse("invalidValue", "%s has to be an object", a.Name)
		}
		sent = map[string]any{"value": value}
	}
	parts := map[string]any{}
	for _, name := range Names(sent) {
		part := a.Part(name)
		if part == nil {
			continue
		}
		v, err := part.Value(sent[name])
		if err != nil {
			return nil, err
		}
		if v != nil {
			parts[part.Name] = v
		}
	}
	if a.Name == "members" && len(parts) > 0 && parts["value"] == nil {
		return nil, Refuse("invalidValue", "a member has to have a value, the id of a user")
	}
	if a.Many && isLabel(parts) || len(parts) == 0 {
		return nil, nil
	}
	return parts, nil
}

// isLabel reports whether a value of a list says of what type it is, and nothing else.
func isLabel(parts map[string]any) bool {
	for name := range parts {
		if name != "type" && name != "primary" {
			return false
		}
	}
	return true
}
