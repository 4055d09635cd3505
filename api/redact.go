package api

import (
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// hidden stands for a value that must not be shown, as in CloudTrail's records.
const hidden = `"HIDDEN_DUE_TO_SECURITY_REASONS"`

// AppendRedacted appends an [Input] or [Output] as logs and records may show it:
// a JSON object whose members begin with a small letter, as CloudTrail has
// them, without those that are absent, and with a fixed text for those that are
// sensitive by their tag: the model marks them, or our overlay. Nil is null.
func AppendRedacted(b []byte, shape any) []byte {
	v := reflect.ValueOf(shape)
	if !v.IsValid() || v.IsNil() {
		return append(b, "null"...)
	}
	return appendShown(b, v)
}

// shown says how one member of a shape is shown.
type shown struct {
	index    int
	name     string
	hidden   bool
	optional bool
}

// plans has the members of every shape met, by type.
var plans sync.Map

func planOf(t reflect.Type) []shown {
	if plan, ok := plans.Load(t); ok {
		return plan.([]shown)
	}
	plan := make([]shown, t.NumField())
	for i := range plan {
		f := t.Field(i)
		plan[i] = shown{
			index: i, name: strings.ToLower(f.Name[:1]) + f.Name[1:], hidden: Sensitive(f),
			optional: strings.HasPrefix(f.Type.Name(), "Opt["),
		}
	}
	plans.Store(t, plan)
	return plan
}

func appendShown(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Pointer:
		return appendShown(b, v.Elem())
	case reflect.Struct:
		return appendMembers(b, v)
	case reflect.Slice:
		return appendElements(b, v)
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case reflect.Int:
		return strconv.AppendInt(b, v.Int(), 10)
	case reflect.Int64:
		return appendTimestamp(b, Timestamp(v.Int()))
	}
	return appendText(b, v.String())
}

func appendMembers(b []byte, v reflect.Value) []byte {
	separator := byte('{')
	for _, m := range planOf(v.Type()) {
		value := v.Field(m.index)
		if absent(value) {
			continue
		}
		if m.optional {
			value = value.Field(0)
		}
		b = append(append(b, separator, '"'), m.name...)
		b = append(b, '"', ':')
		if separator = ','; m.hidden {
			b = append(b, hidden...)
		} else {
			b = appendShown(b, value)
		}
	}
	if separator == '{' {
		b = append(b, '{')
	}
	return append(b, '}')
}

// absent tells members without a value from those whose value is zero.
func absent(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Struct, reflect.Int64: // Opt; Timestamp
		return v.IsZero()
	}
	return false
}

func appendElements(b []byte, v reflect.Value) []byte {
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendShown(b, v.Index(i))
	}
	return append(b, ']')
}
