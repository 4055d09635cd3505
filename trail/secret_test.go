package trail

import (
	"reflect"
	"strings"
	"testing"

	"carillon/api"
	"carillon/internal/apitest"
	"carillon/work"
)

// What must not be in any record, and what must.
const (
	markSecret    = "SECRETSECRET"
	markSensitive = "SENSITIVESENSITIVE"
	markShown     = "SHOWNSHOWN"
)

// secrets are members that give access to whoever has them.
var secrets = []string{"SecretAccessKey", "SecurityToken", "SessionToken", "Token", "JoinToken", "Url"}

// fill sets every member of a shape to a mark that says what it is.
func fill(v reflect.Value, mark string) {
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), mark)
	case apitest.Optional(v.Type()):
		fill(v.Field(0), mark)
		v.Field(1).SetBool(true)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), markOf(v.Type().Field(i)))
		}
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), mark)
		}
	case v.Kind() == reflect.String:
		v.SetString(mark)
	}
}

func markOf(f reflect.StructField) string {
	for _, name := range secrets {
		if f.Name == name {
			return markSecret
		}
	}
	if api.Sensitive(f) {
		return markSensitive
	}
	return markShown
}

// outputs returns the type of the output of each operation that has one.
func outputs() map[string]reflect.Type {
	found := map[string]reflect.Type{}
	for _, group := range []reflect.Type{
		reflect.TypeFor[api.ChimePublic[*work.Unit]](), reflect.TypeFor[api.ChimeTenant[*work.Unit]](), reflect.TypeFor[api.ChimeRootOnly[*work.Unit]](),
		reflect.TypeFor[api.ChimeBearer[*work.Unit]](), reflect.TypeFor[api.KeysRootOnly[*work.Unit]](), reflect.TypeFor[api.ClockRootOnly[*work.Unit]](), reflect.TypeFor[api.TestRootOnly[*work.Unit]](),
	} {
		for i := range group.NumMethod() {
			m := group.Method(i)
			if m.Type.NumOut() == 2 {
				found[m.Name] = m.Type.Out(0)
			}
		}
	}
	found["CreateUser"] = reflect.TypeFor[*api.CreateUserOutput]()
	return found
}

// No record of any operation has a secret or a sensitive member, nor the name of a
// secret one.
func TestRecord_secrets(t *testing.T) {
	answers := outputs()
	for i := range api.Ops {
		op := &api.Ops[i]
		e := created()
		e.Op, e.In, e.Out = op, op.New(), nil
		fill(reflect.ValueOf(e.In).Elem(), markShown)
		if answer := answers[op.Name]; answer != nil && answer.Implements(reflect.TypeFor[api.Output]()) {
			out := reflect.New(answer.Elem())
			fill(out.Elem(), markShown)
			e.Out = out.Interface().(api.Output)
		}
		_, got := recordOf(t, e)
		text := string(got.Record)
		if strings.Contains(text, markSecret) || strings.Contains(text, markSensitive) {
			t.Errorf("%s: %s", op.Name, text)
		}
		for _, name := range secrets {
			if strings.Contains(text, `"`+strings.ToLower(name[:1])+name[1:]+`":`) {
				t.Errorf("%s: names %s", op.Name, name)
			}
		}
	}
}

// Every id, user name and ARN of a request is among the resources of its record.
func TestRecord_resources(t *testing.T) {
	for _, m := range apitest.Members() {
		name := strings.TrimSuffix(m.Last(), "[]")
		id := strings.HasSuffix(name, "Id") || strings.HasSuffix(name, "Ids") || strings.HasSuffix(name, "IdList") || name == "UserName" || name == "DomainName"
		if id && named[name] == "" && name != "AwsAccountId" && m.Kind.String() == "string" {
			t.Errorf("%s: names nothing", m)
		}
	}
}
