package wire

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"carillon/api"
)

const (
	// maxParameters bounds a form: each takes more memory than the two bytes that
	// it may be. A simulation with all that its lists may hold has some 12,000.
	maxParameters = 16 << 10
	// maxElements bounds a list that is read; none takes more than 1000.
	maxElements = 1024
)

var malformedForm = api.Kind{Name: "MalformedQueryString", Code: "MalformedQueryString", Status: 400}

// parseForm reads parameters of a request in their order.
func parseForm(raw string, unescape func(string) (string, error)) ([]parameter, error) {
	if strings.Count(raw, "&") >= maxParameters {
		return nil, malformedForm.Errorf("The request has more than %d parameters", maxParameters)
	}
	var form []parameter
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, errName := unescape(name)
		value, errValue := unescape(value)
		switch {
		case errName != nil || errValue != nil:
			return nil, malformedForm.Errorf("The parameters have an invalid percent-encoding")
		case !utf8.ValidString(name) || !utf8.ValidString(value):
			return nil, malformedForm.Errorf("The parameters are not valid UTF-8")
		}
		form = append(form, parameter{name, value})
	}
	return form, nil
}

// readStruct sets the members of a structure from the parameters inside of it,
// whose names go on from there. Unknown ones are ignored.
func readStruct(v reflect.Value, path string, form []parameter) error {
	members := membersOf(v.Type())
	inside := make([][]parameter, len(members))
	for _, p := range form {
		name := p.name
		if dot := strings.IndexByte(name, '.'); dot >= 0 {
			name = name[:dot]
		}
		if i := find(members, name); i >= 0 {
			inside[i] = append(inside[i], parameter{p.name[len(name):], p.value})
		}
	}
	for i := range members {
		if inside[i] == nil {
			continue
		}
		if err := readValue(members[i].place(v), strings.TrimPrefix(path+"."+members[i].name, "."), inside[i]); err != nil {
			return err
		}
	}
	return nil
}

// readValue sets a value from its parameters: one without a name for a scalar,
// .member.N… for a list, .Name… for a structure.
func readValue(v reflect.Value, path string, form []parameter) error {
	switch v.Kind() {
	case reflect.Slice:
		return readList(v, path, form)
	case reflect.Struct:
		return readElement(v, path, form)
	}
	for _, p := range form {
		if p.name != "" {
			return api.Invalid(path, "be a plain value, not a list or a structure")
		}
	}
	if len(form) > 1 {
		return api.Invalid(path, "not be given twice")
	}
	return readScalar(v, path, form[0].value)
}

// empty tells the form of an empty list: the parameter itself, without a value.
func empty(form []parameter) bool { return len(form) == 1 && form[0] == parameter{} }

// readList sets a list, in the order of the numbers of its elements, whatever
// they are: only those are counted that are there.
func readList(v reflect.Value, path string, form []parameter) error {
	elements := map[int][]parameter{}
	for _, p := range form {
		n, rest, ok := element(p.name)
		switch {
		case ok:
			elements[n] = append(elements[n], parameter{rest, p.value})
		case !empty(form):
			return api.Invalid(path, "be a list, whose elements are numbered from 1 as in member.1")
		}
		if len(elements) > maxElements {
			return api.Invalid(path, "have length less than or equal to %d", maxElements)
		}
	}
	v.Set(reflect.MakeSlice(v.Type(), len(elements), len(elements)))
	for i, n := range slices.Sorted(maps.Keys(elements)) {
		if err := readValue(v.Index(i), fmt.Sprintf("%s[%d]", path, i), elements[n]); err != nil {
			return err
		}
	}
	return nil
}

// element splits .member.N… into the number, which has no other form, and the rest.
func element(name string) (n int, rest string, ok bool) {
	number, ok := strings.CutPrefix(name, ".member.")
	if dot := strings.IndexByte(number, '.'); dot >= 0 {
		number, rest = number[:dot], number[dot:]
	}
	n, err := strconv.Atoi(number)
	return n, rest, ok && err == nil && n > 0 && strconv.Itoa(n) == number
}

// readElement sets a structure that is a member or an element.
func readElement(v reflect.Value, path string, form []parameter) error {
	inside := make([]parameter, 0, len(form))
	for _, p := range form {
		name, ok := strings.CutPrefix(p.name, ".")
		if !ok && p.value != "" {
			return api.Invalid(path, "be a structure, not a plain value")
		}
		inside = append(inside, parameter{name, p.value})
	}
	return readStruct(v, path, inside)
}

func readScalar(v reflect.Value, path, text string) error {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(text == "true")
		if text != "true" && text != "false" {
			return api.Invalid(path, "be true or false, not %s", length(text))
		}
	case reflect.Int:
		n, err := strconv.ParseInt(text, 10, 32)
		v.SetInt(n)
		if err != nil || strconv.FormatInt(n, 10) != text {
			return api.Invalid(path, "be an integer of 32 bits without sign and leading zeros, not %s", length(text))
		}
	case reflect.Int64:
		t, err := time.Parse(time.RFC3339, text)
		v.SetInt(int64(api.TimestampOf(t)))
		if err != nil {
			return api.Invalid(path, "be a time as in 2006-01-02T15:04:05Z, not %s", length(text))
		}
	default:
		v.SetString(text)
	}
	return nil
}

// length tells what a value is without showing it.
func length(text string) string {
	return fmt.Sprintf("a string of length %d", utf8.RuneCountInString(text))
}
