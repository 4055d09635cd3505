package api_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"carillon/api"
	"carillon/internal/apitest"
)

// member is one place of a request that carries a value.
type member struct{ apitest.Member }

// members returns every member of every operation, nested ones included.
func members() (all []member) {
	for _, m := range apitest.Members() {
		all = append(all, member{m})
	}
	return all
}

// own tells members of Carillon's own operations from those of Amazon Chime.
func (m member) own() bool { return m.Op.Audience != api.Public }

// send returns what the server says to a request with this member alone.
func (m member) send(t *testing.T, value any) error {
	t.Helper()
	in := input(m.Op)
	if err := m.set(t, in, value); err != nil {
		return err
	}
	return in.Validate()
}

func (m member) set(t *testing.T, in api.RESTInput, value any) error {
	t.Helper()
	switch m.Location {
	case api.InPath:
		in.SetLabel(slices.Index(label.FindAllString(m.Op.Path, -1), "{"+m.WireName()+"}"), value.(string))
		return nil
	case api.InQuery:
		known, err := in.SetQuery(m.WireName(), fmt.Sprint(value))
		if !known {
			t.Errorf("%s: the query lacks %s", m, m.WireName())
		}
		return err
	}
	return in.DecodeBody([]byte(m.Body(marshal(t, value))))
}

// without is the body with everything around the member but not itself.
func (m member) without() string {
	i := strings.LastIndex(m.Path, ".")
	if i < 0 {
		return "{}"
	}
	return apitest.Member{Path: m.Path[:i]}.Body("{}")
}

// input returns an empty input.
func input(op *api.Op) api.RESTInput { return op.New().(api.RESTInput) }

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
		if m.Location != api.InBody {
			continue
		}
		for kind, value := range samples {
			if kind == m.Kind || kind == reflect.Invalid && !strings.HasSuffix(m.Path, "[]") {
				continue
			}
			err := input(m.Op).DecodeBody([]byte(m.Body(value)))
			want := fmt.Sprintf("Value at '%s' failed to satisfy constraint: Member must be %s, not ", m.Shown(), typeNames[m.Kind])
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
		if m.Location != api.InBody {
			continue
		}
		if err := input(m.Op).DecodeBody([]byte(m.Body(samples[m.Kind]))); err != nil {
			t.Errorf("%s = %s: %v", m, samples[m.Kind], err)
		}
	}
}

// Members of the path and the query are not read from the body.
func TestDecodeBody_ignores(t *testing.T) {
	for _, m := range members() {
		if m.Location == api.InBody {
			continue
		}
		in := input(m.Op)
		if err := in.DecodeBody([]byte(m.Body(`"x"`))); err != nil || !reflect.DeepEqual(in, input(m.Op)) {
			t.Errorf("%s: read from the body: %+v, %v", m, in, err)
		}
	}
}

func TestDecodeBody_malformed(t *testing.T) {
	for _, test := range []struct{ body, want string }{
		{`{"Name":"x"`, "The request body is not valid JSON: expected a comma or the end of the list or object at byte 11"},
		{`{"Name":"x","Name":"y"}`, "The request body must not give a member twice"},
		{`{"Other":1,"Other":2}`, "The request body must not give a member twice"},
		{strings.Repeat(`{"Other":`, 33), "The request body must be nested 32 deep at most"},
		{`["Name"]`, "The request body must be an object, not a list"},
		{`null`, "The request body must be an object, not null"},
		{` `, "The request body is not valid JSON: expected a value at byte 1"},
		{`{} x`, "The request body is not valid JSON: unexpected text after the document at byte 3"},
	} {
		for _, in := range []api.RESTInput{new(api.CreateAccountInput), new(api.DeleteAccountInput)} {
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
			if m.Location != api.InBody || m.Kind != reflect.String {
				continue
			}
			err := input(m.Op).DecodeBody([]byte(m.Body(value)))
			want := fmt.Sprintf("Value at '%s' failed to satisfy constraint: Member must %s", m.Shown(), rule)
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
			in := input(op)
			if err := in.DecodeBody([]byte(body)); err != nil || !reflect.DeepEqual(in, input(op)) {
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
		if m.Location == api.InBody {
			f.Add([]byte(m.Body(samples[m.Kind])))
		}
	}
	f.Add([]byte(`{"Name":"\ud800","Name":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for i := range api.Ops {
			in := input(&api.Ops[i])
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
