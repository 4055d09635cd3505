package patch_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"carillon/scim/patch"
	"carillon/scim/schema"
)

func object(t testing.TB, text string) (v map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func apply(t testing.TB, kind *schema.Type, before, operations string) (map[string]any, error) {
	t.Helper()
	ops, err := patch.Parse(kind, object(t, `{"Operations":[`+operations+`]}`))
	if err != nil {
		return nil, err
	}
	resource := object(t, before)
	return resource, patch.Apply(resource, ops)
}

const ext = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

func TestApply_user(t *testing.T) {
	for what, c := range map[string][3]string{
		"O7 no path":           {`{"active":true}`, `{"op":"replace","value":{"active":false}}`, `{"active":false}`},
		"O9 password":          {`{"active":true}`, `{"op":"replace","value":{"password":"x"}}`, `{"active":true}`},
		"O9 password by path":  {`{"active":true}`, `{"op":"replace","path":"password","value":"x"}`, `{"active":true}`},
		"E5 text":              {`{"active":true}`, `{"op":"Replace","path":"active","value":"False"}`, `{"active":false}`},
		"E5 true":              {`{"active":false}`, `{"op":"Replace","path":"ActiVe","value":"True"}`, `{"active":true}`},
		"E4 name":              {`{"name":{"familyName":"A","givenName":"B"}}`, `{"op":"Replace","path":"name.givenName","value":"C"}`, `{"name":{"familyName":"A","givenName":"C"}}`},
		"E4 e-mail":            {`{"emails":[{"type":"work","value":"a"},{"type":"home","value":"b"}]}`, `{"op":"Replace","path":"emails[type eq \"work\"].value","value":"c"}`, `{"emails":[{"type":"work","value":"c"},{"type":"home","value":"b"}]}`},
		"E4 e-mail made":       {`{}`, `{"op":"Replace","path":"phoneNumbers[type eq \"mobile\"].value","value":"1"}`, `{"phoneNumbers":[{"type":"mobile","value":"1"}]}`},
		"E4 address made":      {`{}`, `{"op":"Add","path":"addresses[type eq \"work\"].formatted","value":"x"}`, `{"addresses":[{"type":"work","formatted":"x"}]}`},
		"E4 extension":         {`{}`, `{"op":"Add","path":"` + ext + `:employeeNumber","value":"1"}`, `{"` + ext + `":{"employeeNumber":"1"}}`},
		"E6 dotted":            {`{"name":{"middleName":"M"}}`, `{"op":"replace","value":{"displayName":"x","name.givenName":"y","` + ext + `:employeeNumber":"1"}}`, `{"displayName":"x","name":{"middleName":"M","givenName":"y"},"` + ext + `":{"employeeNumber":"1"}}`},
		"E7 manager text":      {`{}`, `{"op":"Add","path":"` + ext + `:manager","value":"m"}`, `{"` + ext + `":{"manager":{"value":"m"}}}`},
		"E7 manager object":    {`{}`, `{"op":"Add","path":"` + ext + `:manager","value":{"Value":"m"}}`, `{"` + ext + `":{"manager":{"value":"m"}}}`},
		"E7 manager dot":       {`{}`, `{"op":"Add","path":"` + ext + `.manager","value":"m"}`, `{"` + ext + `":{"manager":{"value":"m"}}}`},
		"E7 manager removed":   {`{"` + ext + `":{"manager":{"value":"m"}}}`, `{"op":"Replace","path":"` + ext + `:manager","value":{"value":""}}`, `{}`},
		"E8 roles":             {`{}`, `{"op":"Add","path":"roles","value":[{"value":"{\"id\":1}","primary":"True"}]}`, `{"roles":[{"value":"{\"id\":1}","primary":true}]}`},
		"E5 wrapped":           {`{}`, `{"op":"Replace","path":"active","value":[{"$ref":null,"value":"False"}]},{"op":"Add","path":"title","value":{"Value":"x"}}`, `{"active":false,"title":"x"}`},
		"R11 order":            {`{"title":"a"}`, `{"op":"remove","path":"title"},{"op":"add","path":"title","value":"b"},{"op":"replace","path":"title","value":"c"}`, `{"title":"c"}`},
		"R11 empty":            {`{"title":"a"}`, `{"op":"replace","path":"title","value":""}`, `{}`},
		"R12 read-only":        {`{"title":"a"}`, `{"op":"replace","value":{"id":"x","groups":[],"meta":{}}},{"op":"replace","path":"id","value":"y"}`, `{"title":"a"}`},
		"unknown":              {`{"title":"a"}`, `{"op":"replace","value":{"nothing":"x"}}`, `{"title":"a"}`},
		"one primary":          {`{"emails":[{"value":"a","primary":true}]}`, `{"op":"add","path":"emails","value":[{"value":"b","primary":true}]}`, `{"emails":[{"value":"a","primary":false},{"value":"b","primary":true}]}`},
		"whole extension":      {`{"title":"a","` + ext + `":{"department":"x"}}`, `{"op":"remove","path":"` + ext + `"}`, `{"title":"a"}`},
		"extension as object":  {`{}`, `{"op":"replace","value":{"` + ext + `":{"Department":"x"}}}`, `{"` + ext + `":{"department":"x"}}`},
		"complex replaced":     {`{"name":{"familyName":"A"}}`, `{"op":"replace","path":"name","value":{"givenName":"B"}}`, `{"name":{"familyName":"A","givenName":"B"}}`},
		"value filter removed": {`{"emails":[{"type":"work","value":"a"},{"type":"home","value":"b"}]}`, `{"op":"remove","path":"emails[type eq \"work\"]"}`, `{"emails":[{"type":"home","value":"b"}]}`},
	} {
		got, err := apply(t, schema.Users, c[0], c[1])
		if err != nil {
			t.Errorf("%s: %v", what, err)
		} else if want := object(t, c[2]); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
}

func TestApply_group(t *testing.T) {
	const ab = `{"members":[{"value":"a"},{"value":"b"}]}`
	for what, c := range map[string][3]string{
		"E12 add":              {ab, `{"op":"Add","path":"members","value":[{"$ref":null,"value":"b"},{"$ref":null,"value":"c"}]}`, `{"members":[{"value":"a"},{"value":"b"},{"value":"c"}]}`},
		"E12 bare":             {ab, `{"op":"Add","path":"members","value":"c"}`, `{"members":[{"value":"a"},{"value":"b"},{"value":"c"}]}`},
		"E13 remove by value":  {ab, `{"op":"Remove","path":"members","value":[{"$ref":null,"value":"a"}]}`, `{"members":[{"value":"b"}]}`},
		"E14 remove by filter": {ab, `{"op":"remove","path":"members[value eq \"b\"]"}`, `{"members":[{"value":"a"}]}`},
		"E15 remove all":       {ab, `{"op":"remove","path":"members"}`, `{}`},
		"O11 replace by none":  {ab, `{"op":"replace","path":"members","value":[]}`, `{}`},
		"O11 rename":           {`{"displayName":"a"}`, `{"op":"replace","value":{"id":"x","displayName":"b"}}`, `{"displayName":"b"}`},
	} {
		got, err := apply(t, schema.Groups, c[0], c[1])
		if err != nil {
			t.Errorf("%s: %v", what, err)
		} else if want := object(t, c[2]); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
}

func TestApply_refused(t *testing.T) {
	for operations, want := range map[string]string{
		``:                             "invalidSyntax",
		`"x"`:                          "invalidSyntax",
		`{"op":"move","path":"a"}`:     "invalidSyntax",
		`{"op":"remove"}`:              "noTarget",
		`{"op":"replace","value":"x"}`: "invalidValue",
		`{"op":"replace","path":"nothing","value":"x"}`:                 "invalidPath",
		`{"op":"replace","path":"emails[type eq \"a\"","value":"x"}`:    "invalidPath",
		`{"op":"replace","path":"emails[type xx \"a\"]","value":"x"}`:   "invalidFilter",
		`{"op":"replace","path":"active","value":"perhaps"}`:            "invalidValue",
		`{"op":"replace","path":"title","value":{"a":1}}`:               "invalidValue",
		`{"op":"add","path":"emails[type co \"a\"].value","value":"x"}`: "noTarget",
	} {
		_, err := apply(t, schema.Users, `{}`, operations)
		if refused, ok := err.(*schema.Error); !ok || refused.Type != want {
			t.Errorf("%s: %v, want %s", operations, err, want)
		}
	}
}

func FuzzApply(f *testing.F) {
	f.Add(`{"op":"Replace","path":"emails[type eq \"work\"].value","value":"c"}`)
	f.Add(`{"op":"add","value":{"name":{"givenName":["x"]},"emails":"a"}}`)
	f.Fuzz(func(t *testing.T, operation string) {
		if !json.Valid([]byte(operation)) {
			return
		}
		_, _ = apply(t, schema.Users, `{"emails":[{"type":"work","value":"a","primary":true}]}`, operation) // no panic
	})
}
