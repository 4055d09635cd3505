package wire_test

import (
	"fmt"
	"reflect"

	"carillon/api"
	"carillon/internal/apitest"
)

// filler gives every member of a shape a value of its own.
type filler struct{ n int }

// filled returns a pointer to a structure of a type with all of its members.
func filled(t reflect.Type) any {
	v := reflect.New(t)
	(&filler{}).fill(v.Elem())
	return v.Interface()
}

func (f *filler) fill(v reflect.Value) {
	f.n++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0))
		f.fill(v.Index(1))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(int64(f.n))
	case reflect.Int64:
		v.SetInt(int64(f.n) * 1000)
	default:
		v.SetString(fmt.Sprintf("<%d>\n&\"'é\t]]>%%20", f.n))
	}
}

// plain is a shape as values that any reader of XML or JSON could make of its
// answer: maps, lists and, by show, texts. What is absent is not there.
func plain(v reflect.Value, show func(reflect.Value) any) any {
	switch v.Kind() {
	case reflect.Pointer:
		return plain(v.Elem(), show)
	case reflect.Struct:
		members := map[string]any{}
		for i := range v.NumField() {
			f := v.Field(i)
			if apitest.Optional(f.Type()) {
				f = f.FieldByName("V")
			}
			members[v.Type().Field(i).Name] = plain(f, show)
		}
		return members
	case reflect.Slice:
		list := []any{}
		for i := range v.Len() {
			list = append(list, plain(v.Index(i), show))
		}
		return list
	}
	return show(v)
}

// outputs returns the types of the answers of operations, which their typed calls
// return.
func outputs(calls reflect.Type) map[string]reflect.Type {
	types := map[string]reflect.Type{}
	for i := range calls.NumMethod() {
		if m := calls.Method(i); m.Type.NumOut() == 2 {
			types[m.Name] = m.Type.Out(0).Elem()
		}
	}
	return types
}

func asTime(v reflect.Value) string {
	return api.Timestamp(v.Int()).Time().Format("2006-01-02T15:04:05Z")
}
