package patch

import (
	"reflect"
	"slices"

	"carillon/scim/filter"
	"carillon/scim/schema"
)

// Apply changes a resource, which has the form of its schema. Errors are a
// *[schema.Error]; the resource is no good then.
func Apply(resource map[string]any, operations []Operation) error {
	for i := range operations {
		if err := operations[i].apply(resource); err != nil {
			return err
		}
	}
	return nil
}

func (o *Operation) apply(resource map[string]any) error {
	a := o.path.Attribute
	if a == nil {
		delete(resource, o.path.URN)
		return nil
	}
	in := o.path.In(resource, true)
	defer o.tidy(resource)
	if a.Many && (o.where != nil || o.path.Part != nil) {
		return o.applyToSome(in)
	}
	if o.path.Part != nil {
		return o.applyToPart(in)
	}
	return o.applyToWhole(in)
}

// tidy takes an extension away in which nothing is left.
func (o *Operation) tidy(resource map[string]any) {
	if extension, ok := resource[o.path.URN].(map[string]any); ok && len(extension) == 0 {
		delete(resource, o.path.URN)
	}
}

// set sets a member, or takes it away if the value is empty.
func set(in map[string]any, name string, value any) {
	if value == nil {
		delete(in, name)
		return
	}
	in[name] = value
}

func (o *Operation) applyToWhole(in map[string]any) error {
	a := o.path.Attribute
	value, err := a.Value(o.Value)
	if err != nil {
		return err
	}
	list, _ := value.([]any)
	have, _ := in[a.Name].([]any)
	switch {
	case o.Op == "remove" && a.Many && o.given:
		set(in, a.Name, without(have, list)) // as Entra ID takes members away
	case o.Op == "remove":
		delete(in, a.Name)
	case a.Many && o.Op == "add":
		set(in, a.Name, union(have, list))
	case a.Kind == schema.Complex && !a.Many && value != nil:
		in[a.Name] = merged(in[a.Name], value)
	default:
		set(in, a.Name, value)
	}
	return nil
}

// merged adds parts to those that are there: a complex attribute that is replaced
// keeps the parts that are not named.
func merged(have, value any) any {
	parts, _ := have.(map[string]any)
	if parts == nil {
		return value
	}
	for name, v := range value.(map[string]any) {
		parts[name] = v
	}
	return parts
}

// same reports whether two values of a list are the same: by their part value, if they
// have one.
func same(a, b any) bool {
	x, _ := a.(map[string]any)
	y, _ := b.(map[string]any)
	if x["value"] == nil || y["value"] == nil {
		return reflect.DeepEqual(a, b)
	}
	return x["value"] == y["value"] && (x["type"] == y["type"] || x["type"] == nil || y["type"] == nil)
}

// byValue returns where in a list the values with each part value are: lists of members
// are long.
func byValue(list []any) map[any][]int {
	at := make(map[any][]int, len(list))
	for i, v := range list {
		at[valueOf(v)] = append(at[valueOf(v)], i)
	}
	return at
}

// valueOf returns the part value, if it is a text, else nil.
func valueOf(v any) any {
	parts, _ := v.(map[string]any)
	if text, ok := parts["value"].(string); ok {
		return text
	}
	return nil
}

// indexOf returns where in a list the same value as v is, or -1.
func indexOf(list []any, named map[any][]int, v any) int {
	for _, i := range named[valueOf(v)] {
		if same(list[i], v) {
			return i
		}
	}
	return -1
}

func without(have, gone []any) any {
	named := byValue(gone)
	left := slices.DeleteFunc(slices.Clone(have), func(v any) bool { return indexOf(gone, named, v) >= 0 })
	if len(left) == 0 {
		return nil
	}
	return left
}

func union(have, more []any) any {
	named := byValue(have)
	for _, v := range more {
		if i := indexOf(have, named, v); i >= 0 {
			have[i] = v
			continue
		}
		named[valueOf(v)] = append(named[valueOf(v)], len(have))
		have = append(have, v)
	}
	if len(have) == 0 {
		return nil
	}
	return onePrimary(have, more)
}

// onePrimary leaves one value the first: the last that was sent as such.
func onePrimary(list, sent []any) []any {
	primary := func(v any) bool {
		parts, _ := v.(map[string]any)
		return parts["primary"] == true
	}
	if !slices.ContainsFunc(sent, primary) {
		return list
	}
	last := true
	for i := len(list) - 1; i >= 0; i-- {
		if primary(list[i]) {
			if !last || !slices.ContainsFunc(sent, func(v any) bool { return same(v, list[i]) && primary(v) }) {
				list[i].(map[string]any)["primary"] = false
				continue
			}
			last = false
		}
	}
	return list
}

func (o *Operation) applyToPart(in map[string]any) error {
	a := o.path.Attribute
	parts, _ := in[a.Name].(map[string]any)
	if parts == nil {
		parts = map[string]any{}
	}
	if err := o.setPart(parts); err != nil {
		return err
	}
	if len(parts) == 0 {
		delete(in, a.Name)
		return nil
	}
	in[a.Name] = parts
	return nil
}

// setPart changes the part of the path.
func (o *Operation) setPart(parts map[string]any) error {
	if o.Op == "remove" {
		delete(parts, o.path.Part.Name)
		return nil
	}
	value, err := o.path.Part.Value(o.Value)
	if err == nil {
		set(parts, o.path.Part.Name, value)
	}
	return err
}

// applyToSome changes the values of a list that a filter selects; without one, all.
func (o *Operation) applyToSome(in map[string]any) error {
	a := o.path.Attribute
	list, _ := in[a.Name].([]any)
	var left []any
	met := false
	for _, v := range list {
		parts, ok := v.(map[string]any)
		if !ok || o.where != nil && !o.where.Match(parts) {
			left = append(left, v)
			continue
		}
		met = true
		changed, err := o.changed(parts)
		if err != nil {
			return err
		}
		if len(changed) > 0 {
			left = append(left, changed)
		}
	}
	if !met && o.Op != "remove" {
		made, err := o.made()
		if err != nil {
			return err
		}
		left = append(left, made)
	}
	if left == nil {
		delete(in, a.Name)
		return nil
	}
	in[a.Name] = left
	return nil
}

// changed returns what becomes of a value; nothing: it goes.
func (o *Operation) changed(parts map[string]any) (map[string]any, error) {
	if o.path.Part != nil {
		err := o.setPart(parts)
		if err == nil && o.Op == "remove" && o.path.Part.Name == "value" {
			return nil, nil
		}
		return parts, err
	}
	if o.Op == "remove" {
		return nil, nil
	}
	value, err := single(o.path.Attribute, o.Value)
	if err != nil {
		return nil, err
	}
	return merged(parts, any(value)).(map[string]any), nil
}

// single returns one value of a list.
func single(a *schema.Attribute, sent any) (map[string]any, error) {
	value, err := a.Value(sent)
	if err != nil {
		return nil, err
	}
	if list, ok := value.([]any); ok && len(list) == 1 {
		return list[0].(map[string]any), nil
	}
	return nil, schema.Refuse("invalidValue", "%s needs one value here", a.Name)
}

// made returns a new value that meets the filter: no value met it. The standard
// refuses that; Entra ID relies on it.
func (o *Operation) made() (map[string]any, error) {
	value := map[string]any{}
	if o.where != nil && !imply(o.where, value) {
		return nil, schema.Refuse("noTarget", "no value meets the filter of the path")
	}
	if o.path.Part != nil {
		if err := o.setPart(value); err != nil {
			return nil, err
		}
		return value, nil
	}
	sent, err := single(o.path.Attribute, o.Value)
	if err != nil {
		return nil, err
	}
	return merged(value, any(sent)).(map[string]any), nil
}

// imply sets what a filter wants to be equal; false: it wants other things.
func imply(f filter.Filter, value map[string]any) bool {
	switch f := f.(type) {
	case filter.And:
		for _, each := range f {
			if !imply(each, value) {
				return false
			}
		}
		return true
	case filter.Compare:
		if f.Op != "eq" || f.Value == nil {
			return false
		}
		value[f.Path.Attribute.Name] = f.Value
		return true
	}
	return false
}
