package api

import "reflect"

// AppendText appends a JSON string. Bytes that are not UTF-8 become U+FFFD.
func AppendText(b []byte, v string) []byte { return appendText(b, v) }

// Sensitive reports whether a member of a shape must not be shown.
func Sensitive(shape reflect.Type, f reflect.StructField) bool {
	return sensitive(shape.Name(), f.Name)
}

// Hidden stands for a value that must not be shown, as in CloudTrail's records;
// it is JSON.
const Hidden = hidden
