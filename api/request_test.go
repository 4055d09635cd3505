package api_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"carillon/api"
)

// member is one place of a request that carries a value.
type member struct {
	op       *api.Op
	path     string // as in UpdateUserRequestItems[].UserId
	location api.Location
	kind     reflect.Kind // of the value
}

// members returns every member of every operation, nested ones included.
func members() []member {
	var all []member
	for i := range api.Ops {
		op := &api.Ops[i]
		for _, p := range op.Params {
			field, _ := reflect.TypeOf(op.New()).Elem().FieldByName(p.Name)
			all = append(all, expand(member{op: op, path: p.Name, location: p.Location}, field.Type)...)
		}
	}
	return all
}

// expand returns a member of type t and the members inside of it.
func expand(m member, t reflect.Type) []member {
	switch {
	case t.Kind() == reflect.Pointer:
		return expand(m, t.Elem())
	case optional(t):
		m.kind = t.Field(0).Type.Kind()
		return []member{m}
	}
	m.kind = t.Kind()
	all := []member{m}
	switch t.Kind() {
	case reflect.Slice:
		m.path += "[]"
		all = append(all, expand(m, t.Elem())...)
	case reflect.Struct:
		for i := range t.NumField() {
			inner := m
			inner.path += "." + t.Field(i).Name
			all = append(all, expand(inner, t.Field(i).Type)...)
		}
	}
	return all
}

func (m member) String() string { return m.op.Name + "." + m.path }

// own tells members of Carillon's own operations from those of Amazon Chime.
func (m member) own() bool { return m.op.Audience != api.Public }

// inside tells members of other members from those of the request itself.
func (m member) inside() bool { return strings.Contains(m.path, ".") }

// shown is the path as messages show it, in a request made by send.
func (m member) shown() string { return strings.ReplaceAll(m.path, "[]", "[0]") }

// send returns what the server says to a request with this member alone.
func (m member) send(t *testing.T, value any) error {
	t.Helper()
	in := m.op.New()
	if err := m.set(t, in, value); err != nil {
		return err
	}
	return in.Validate()
}

func (m member) set(t *testing.T, in api.Input, value any) error {
	t.Helper()
	switch m.location {
	case api.InPath:
		in.SetLabel(slices.Index(label.FindAllString(m.op.Path, -1), "{"+m.wireName()+"}"), value.(string))
		return nil
	case api.InQuery:
		known, err := in.SetQuery(m.wireName(), fmt.Sprint(value))
		if !known {
			t.Errorf("%s: the query lacks %s", m, m.wireName())
		}
		return err
	}
	return in.DecodeBody([]byte(m.body(marshal(t, value))))
}

func (m member) wireName() string {
	i := slices.IndexFunc(m.op.Params, func(p api.Param) bool { return p.Name == m.path })
	return m.op.Params[i].WireName
}

// body wraps the JSON form of a value in the objects and lists around it.
func (m member) body(value string) string {
	steps := strings.Split(m.path, ".")
	slices.Reverse(steps)
	for _, step := range steps {
		name, inList := strings.CutSuffix(step, "[]")
		if inList {
			value = "[" + value + "]"
		}
		value = "{" + strconv.Quote(name) + ":" + value + "}"
	}
	return value
}

// without is the body with everything around the member but not itself.
func (m member) without() string {
	i := strings.LastIndex(m.path, ".")
	if i < 0 {
		return "{}"
	}
	return member{path: m.path[:i]}.body("{}")
}

// isBadRequest reports whether err is a refusal that a caller may see.
func isBadRequest(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Kind == api.BadRequest && e.Message != ""
}

// Values of each type; a member of another type refuses them.
var samples = map[reflect.Kind]string{
	reflect.String: `"sekrit"`, reflect.Bool: `true`, reflect.Int: `77777`, reflect.Slice: `[]`, reflect.Struct: `{}`,
	reflect.Float64: `77777.5`, reflect.Invalid: `null`,
}

var typeNames = map[reflect.Kind]string{
	reflect.String: "a string", reflect.Bool: "a boolean", reflect.Int: "an integer", reflect.Slice: "a list", reflect.Struct: "an object",
}

func TestDecodeBody_wrongTypes(t *testing.T) {
	for _, m := range members() {
		if m.location != api.InBody {
			continue
		}
		for kind, value := range samples {
			if kind == m.kind || kind == reflect.Invalid && !strings.HasSuffix(m.path, "[]") {
				continue
			}
			err := m.op.New().DecodeBody([]byte(m.body(value)))
			want := fmt.Sprintf("Value at '%s' failed to satisfy constraint: Member must be %s, not ", m.shown(), typeNames[m.kind])
			if !isBadRequest(err) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s = %s: got %v, want %s", m, value, err, want)
			} else if strings.Contains(err.Error(), "sekrit") || strings.Contains(err.Error(), "77777") {
				t.Errorf("%s = %s: the message shows the value: %v", m, value, err)
			}
		}
	}
}

func TestDecodeBody_rightTypes(t *testing.T) {
	for _, m := range members() {
		if m.location != api.InBody {
			continue
		}
		if err := m.op.New().DecodeBody([]byte(m.body(samples[m.kind]))); err != nil {
			t.Errorf("%s = %s: %v", m, samples[m.kind], err)
		}
	}
}

// Members of the path and the query are not read from the body.
func TestDecodeBody_ignores(t *testing.T) {
	for _, m := range members() {
		if m.location == api.InBody {
			continue
		}
		in := m.op.New()
		if err := in.DecodeBody([]byte(m.body(`"x"`))); err != nil || !reflect.DeepEqual(in, m.op.New()) {
			t.Errorf("%s: read from the body: %+v, %v", m, in, err)
		}
	}
}

func TestDecodeBody_malformed(t *testing.T) {
	for _, test := range []struct{ body, want string }{
		{`{"Name":"x"`, "The request body is not valid JSON: expected a comma or the end of the list or object at byte 11"},
		{`{"Name":"x","Name":"y"}`, "The request body must give each member once"},
		{`{"Other":1,"Other":2}`, "The request body must give each member once"},
		{strings.Repeat(`{"Other":`, 33), "The request body must be nested 32 deep at most"},
		{`["Name"]`, "The request body must be an object, not a list"},
		{`null`, "The request body must be an object, not null"},
		{` `, "The request body is not valid JSON: expected a value at byte 1"},
		{`{} x`, "The request body is not valid JSON: unexpected text after the document at byte 3"},
	} {
		for _, in := range []api.Input{new(api.CreateAccountInput), new(api.DeleteAccountInput)} {
			err := in.DecodeBody([]byte(test.body))
			if !isBadRequest(err) || !strings.HasSuffix(err.Error(), ": "+test.want) {
				t.Errorf("%T: %s: got %v, want %s", in, test.body, err, test.want)
			}
		}
	}
}

// Such strings are good JSON, so the refusal says which member holds what.
func TestDecodeBody_noText(t *testing.T) {
	for value, rule := range map[string]string{
		`"\u0000"`: "not hold the NUL character", `"a\u0000b"`: "not hold the NUL character",
		`"\ud83d"`: "not hold half of a surrogate pair",
	} {
		for _, m := range members() {
			if m.location != api.InBody || m.kind != reflect.String {
				continue
			}
			err := m.op.New().DecodeBody([]byte(m.body(value)))
			want := fmt.Sprintf("Value at '%s' failed to satisfy constraint: Member must %s", m.shown(), rule)
			if !isBadRequest(err) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s = %s: got %v, want %s", m, value, err, want)
			}
		}
	}
}

func TestDecodeBody_nothing(t *testing.T) {
	for i := range api.Ops {
		op := &api.Ops[i]
		for _, body := range []string{"", "{}", ` {"Unknown":{"a":[null]}} `} {
			in := op.New()
			if err := in.DecodeBody([]byte(body)); err != nil || !reflect.DeepEqual(in, op.New()) {
				t.Errorf("%s: %q: got %+v, %v", op.Name, body, in, err)
			}
		}
	}
}

func TestSetLabel_setQuery(t *testing.T) {
	var in api.ListRoomMembershipsInput
	in.SetLabel(0, "account")
	in.SetLabel(1, "room")
	in.SetLabel(2, "nothing")
	for name, value := range map[string]string{"max-results": "17", "next-token": ""} {
		if known, err := in.SetQuery(name, value); !known || err != nil {
			t.Errorf("%s: %v, %v", name, known, err)
		}
	}
	if known, err := in.SetQuery("MaxResults", "18"); known || err != nil {
		t.Errorf("an unknown name: %v, %v", known, err)
	}
	want := api.ListRoomMembershipsInput{AccountId: "account", RoomId: "room", MaxResults: api.Some(17), NextToken: api.Some("")}
	if in != want {
		t.Errorf("got %+v, want %+v", in, want)
	}
}

func TestSetQuery_notANumber(t *testing.T) {
	for _, value := range []string{
		"", "ten", "1.0", "5.", "1e1", "0x10", "1_0", " 1", "1 ", "2147483648", "99999999999999999999", "sekrit",
		"+5", "00005", "05", "-0", "-05", "--5", "\u0665", "5\x00",
	} {
		known, err := new(api.ListUsersInput).SetQuery("max-results", value)
		want := fmt.Sprintf("Value at 'MaxResults' failed to satisfy constraint: Member must be an integer of 32 bits without sign and leading zeros, not a string of length %d", len([]rune(value)))
		if !known || !isBadRequest(err) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: got %v, %v", value, known, err)
		}
	}
}

// FuzzDecodeBody: no body makes an input panic, and whatever is wrong with one
// is a refusal that the caller may see.
func FuzzDecodeBody(f *testing.F) {
	for _, m := range members() {
		if m.location == api.InBody {
			f.Add([]byte(m.body(samples[m.kind])))
		}
	}
	f.Add([]byte(`{"Name":"\ud800","Name":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for i := range api.Ops {
			in := api.Ops[i].New()
			err := in.DecodeBody(body)
			if err == nil {
				err = in.Validate()
			}
			if err != nil && !isBadRequest(err) {
				t.Errorf("%s: %#v", api.Ops[i].Name, err)
			}
		}
	})
}
