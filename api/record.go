package api

import "reflect"

// Sensitive reports whether a member of a shape must not be shown.
func Sensitive(f reflect.StructField) bool { return f.Tag.Get("sensitive") == "true" }

// Hidden stands for a value that must not be shown, as in CloudTrail's records;
// it is JSON.
const Hidden = hidden
