package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"carillon/scim/patch"
	"carillon/scim/schema"
)

// patchCase is a resource and what is to be done to it.
type patchCase struct {
	Kind       string           `json:"kind"`
	Before     map[string]any   `json:"before"`
	Operations []map[string]any `json:"operations"`
}

// ours applies a case by our own packages; nil: it is refused.
func (c *patchCase) ours(t testing.TB) map[string]any {
	t.Helper()
	kind := map[string]*schema.Type{"User": schema.Users, "Group": schema.Groups}[c.Kind]
	ops, err := patch.Parse(kind, parseJSON[map[string]any](t, jsonText(t, map[string]any{"Operations": c.Operations})))
	if err != nil {
		return nil
	}
	resource := parseJSON[map[string]any](t, jsonText(t, c.Before))
	if patch.Apply(resource, ops) != nil {
		return nil
	}
	return parseJSON[map[string]any](t, jsonText(t, resource))
}

func jsonText(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	succeed(t, err)
	return string(text)
}

// theirs applies cases by other implementations; nil under their name: they refuse.
func theirs(t *testing.T, cases []patchCase) []map[string]map[string]any {
	t.Helper()
	if err := npmInstall(); err != nil {
		missing(t, "scim-patch and scimmy", err)
	}
	cmd := command("node", "scim_patch.mjs")
	cmd.Dir, cmd.Stdin = "js", strings.NewReader(jsonText(t, cases))
	r, err := run(cmd)
	succeed(t, err)
	if r.code != 0 {
		t.Fatal(r.stderr)
	}
	return parseJSON[[]map[string]map[string]any](t, r.stdout)
}

// tidied leaves out what is empty, which the standard takes for what is not there, and
// values that are in a list already, which scimmy adds again.
func tidied(resource map[string]any) map[string]any {
	for name, value := range resource {
		if parts, ok := value.(map[string]any); ok && len(parts) == 0 {
			delete(resource, name)
		}
		if list, ok := value.([]any); ok {
			var once []any
			for _, v := range list {
				if !slices.ContainsFunc(once, func(w any) bool { return reflect.DeepEqual(v, w) }) {
					once = append(once, v)
				}
			}
			if resource[name] = once; once == nil {
				delete(resource, name)
			}
		}
	}
	return resource
}

// patchMaker makes random operations of the standard.
type patchMaker struct{ *rand.Rand }

func (m patchMaker) one(list ...string) string { return list[m.IntN(len(list))] }

// change is an operation that sets or removes a single value.
func (m patchMaker) change(path string, value any) map[string]any {
	op := map[string]any{"op": m.one("add", "replace", "Replace", "remove"), "path": path}
	if op["op"] != "remove" {
		op["value"] = value
	}
	return op
}

func (m patchMaker) word() string { return m.one("a", "B c", "ä", "d@example.com") }

// entry is a value of a list. Its type tells it from others, as the standard wants it.
func (m patchMaker) entry() map[string]any {
	return map[string]any{"value": m.word(), "type": m.one("work", "home", "other")}
}

func (m patchMaker) entries(n int) []any {
	list := []any{}
	for i, kind := range m.Perm(3)[:n] {
		list = append(list, map[string]any{"value": fmt.Sprint(m.word(), i), "type": []string{"work", "home", "other"}[kind]})
	}
	return list
}

// user returns a random user.
func (m patchMaker) user() map[string]any {
	u := map[string]any{"userName": "a@example.com", "active": m.IntN(2) == 0}
	if m.IntN(2) == 0 {
		u["name"] = map[string]any{"givenName": m.word(), "familyName": m.word()}
	}
	if m.IntN(2) == 0 {
		u["title"] = m.word()
	}
	if n := m.IntN(4); n > 0 {
		u["emails"] = m.entries(n)
	}
	if m.IntN(2) == 0 {
		u[enterpriseUser] = map[string]any{"department": m.word(), "employeeNumber": m.word()}
	}
	return u
}

// userOperation returns a random operation on a user.
func (m patchMaker) userOperation() map[string]any {
	list, kind := m.one("emails", "phoneNumbers"), m.one("work", "home")
	switch m.IntN(10) {
	case 0:
		return map[string]any{"op": m.one("add", "replace"), "path": "active", "value": m.IntN(2) == 0}
	case 1:
		return m.change(m.one("title", "displayName", "externalId", schema.User+":nickName"), m.word())
	case 2:
		return m.change(m.one("name.givenName", "name.middleName"), m.word())
	case 3:
		return map[string]any{"op": "add", "path": "name", "value": map[string]any{"givenName": m.word(), "formatted": m.word()}}
	case 4:
		return m.change(enterpriseUser+":"+m.one("department", "division"), m.word())
	case 5:
		return map[string]any{"op": m.one("add", "replace"), "value": map[string]any{"title": m.word(), "name.givenName": m.word(), enterpriseUser + ":division": m.word()}}
	case 6:
		return map[string]any{"op": m.one("replace", "Replace"), "path": list, "value": m.entries(1 + m.IntN(2))}
	case 7:
		return map[string]any{"op": m.one("add", "Add"), "path": list, "value": []any{m.entry()}}
	case 8:
		return map[string]any{"op": m.one("replace", "add"), "path": list + `[type eq "` + kind + `"].value`, "value": m.word()}
	}
	return map[string]any{"op": "remove", "path": m.one(list, list+`[type eq "`+kind+`"]`, list+`[type eq "`+kind+`" and value sw "a"]`)}
}

// groupOperation returns a random operation on a group.
func (m patchMaker) groupOperation() map[string]any {
	member := map[string]any{"value": fmt.Sprint(m.IntN(6))}
	switch m.IntN(6) {
	case 0:
		return map[string]any{"op": "replace", "value": map[string]any{"displayName": m.word()}}
	case 1:
		return m.change("externalId", m.word())
	case 2:
		return map[string]any{"op": m.one("add", "Add"), "path": "members", "value": []any{member}}
	case 3:
		return map[string]any{"op": m.one("remove", "Remove"), "path": "members", "value": []any{member}}
	case 4:
		return map[string]any{"op": "remove", "path": m.one("members", `members[value eq "`+fmt.Sprint(member["value"])+`"]`)}
	}
	return map[string]any{"op": "replace", "path": "members", "value": []any{member}}
}

func (m patchMaker) next() patchCase {
	c, operation := patchCase{Kind: "User", Before: m.user()}, m.userOperation
	if m.IntN(3) == 0 {
		c, operation = patchCase{Kind: "Group", Before: map[string]any{"displayName": m.word(), "members": []any{map[string]any{"value": "1"}, map[string]any{"value": "2"}}}}, m.groupOperation
	}
	for range 1 + m.IntN(4) {
		c.Operations = append(c.Operations, operation())
	}
	return c
}

// What we and another implementation take makes the same of a resource, apart from
// what the table below has.
func TestScim_patch_differential(t *testing.T) {
	t.Parallel()
	m := patchMaker{rand.New(rand.NewPCG(13, 3))}
	var cases []patchCase
	for range 600 {
		cases = append(cases, m.next())
	}
	compared := map[string]int{}
	for i, by := range theirs(t, cases) {
		ours := cases[i].ours(t)
		for name, want := range by {
			if want == nil || ours == nil {
				continue
			}
			if compared[name]++; !reflect.DeepEqual(ours, tidied(want)) {
				t.Errorf("%s\nours %s\n%s %s", jsonText(t, cases[i]), jsonText(t, ours), name, jsonText(t, want))
			}
		}
	}
	t.Log(compared)
	for _, name := range []string{"scim-patch", "scimmy"} {
		if compared[name] < len(cases)/2 {
			t.Errorf("%s took only %d of %d", name, compared[name], len(cases))
		}
	}
}

// patchDifferences are all that we do in another way on purpose, since providers send
// it so: what is before, an operation, what we make of it, and who does not.
var patchDifferences = []struct{ what, kind, before, operation, ours, others string }{
	{
		"a complex attribute that is replaced keeps the parts that are not named", "User",
		`{"name":{"familyName":"A"}}`, `{"op":"replace","path":"name","value":{"givenName":"B"}}`, `{"name":{"familyName":"A","givenName":"B"}}`, "scimmy",
	},
	{
		"also without a path", "User",
		`{"name":{"familyName":"A"}}`, `{"op":"replace","value":{"name":{"givenName":"B"}}}`, `{"name":{"familyName":"A","givenName":"B"}}`, "scim-patch",
	},
	{
		"an extension without a path", "User",
		`{"` + enterpriseUser + `":{"division":"A"}}`, `{"op":"replace","value":{"` + enterpriseUser + `":{"department":"B"}}}`, `{"` + enterpriseUser + `":{"division":"A","department":"B"}}`, "scim-patch",
	},
	{
		"replace makes a part of a value that no value filter selects", "User",
		`{}`, `{"op":"replace","path":"emails[type eq \"work\"].value","value":"a"}`, `{"emails":[{"type":"work","value":"a"}]}`, "scimmy",
	},
	{
		"and a whole value", "User",
		`{}`, `{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"a"}}`, `{"emails":[{"type":"work","value":"a"}]}`, "scim-patch scimmy",
	},
	{
		"add makes it, too", "User",
		`{}`, `{"op":"add","path":"emails[type eq \"work\"].value","value":"a"}`, `{"emails":[{"type":"work","value":"a"}]}`, "scimmy",
	},
	{
		"also of several conditions", "User",
		`{}`, `{"op":"add","path":"emails[type eq \"work\" and primary eq true].value","value":"a"}`, `{"emails":[{"type":"work","primary":true,"value":"a"}]}`, "scim-patch scimmy",
	},
	{
		"an address that is removed takes its type with it", "User",
		`{"emails":[{"type":"work","value":"a"},{"type":"home","value":"b"}]}`, `{"op":"remove","path":"emails[type eq \"work\"].value"}`, `{"emails":[{"type":"home","value":"b"}]}`, "scim-patch scimmy",
	},
	{
		"a value that is there is not added again, but changed", "User",
		`{"emails":[{"type":"work","value":"a"}]}`, `{"op":"add","path":"emails","value":[{"type":"work","value":"a","display":"A"}]}`, `{"emails":[{"type":"work","value":"a","display":"A"}]}`, "scim-patch scimmy",
	},
	{
		"one value is the first", "User",
		`{"emails":[{"value":"a","primary":true}]}`, `{"op":"add","path":"emails","value":[{"value":"b","primary":true}]}`, `{"emails":[{"value":"a","primary":false},{"value":"b","primary":true}]}`, "scim-patch scimmy",
	},
	{
		"an empty text clears", "User",
		`{"title":"a"}`, `{"op":"replace","path":"title","value":""}`, `{}`, "scim-patch scimmy",
	},
	{
		"an empty manager clears", "User",
		`{"` + enterpriseUser + `":{"manager":{"value":"m"}}}`, `{"op":"replace","path":"` + enterpriseUser + `:manager","value":{"value":""}}`, `{}`, "scim-patch scimmy",
	},
	{
		"a bare value stands for its part value", "User",
		`{}`, `{"op":"add","path":"` + enterpriseUser + `:manager","value":"m"}`, `{"` + enterpriseUser + `":{"manager":{"value":"m"}}}`, "scim-patch scimmy",
	},
	{
		"booleans may be texts", "User",
		`{"active":true}`, `{"op":"Replace","path":"active","value":"False"}`, `{"active":false}`, "scim-patch scimmy",
	},
	{
		"names may be in any case", "User",
		`{"title":"a"}`, `{"op":"replace","path":"Title","value":"b"}`, `{"title":"b"}`, "scim-patch scimmy",
	},
	{
		"what the schema has not is ignored without a path", "User",
		`{"title":"a"}`, `{"op":"replace","value":{"nothing":"b","title":"c"}}`, `{"title":"c"}`, "scim-patch scimmy",
	},
	{
		"what is read-only is ignored", "User",
		`{"title":"a"}`, `{"op":"replace","value":{"id":"b","title":"c"}}`, `{"title":"c"}`, "scim-patch",
	},
	{
		"passwords are ignored", "User",
		`{"title":"a"}`, `{"op":"replace","value":{"password":"b","title":"c"}}`, `{"title":"c"}`, "scim-patch",
	},
	{
		"members are removed by their value, whatever else is said of them", "Group",
		`{"members":[{"value":"1"},{"value":"2"}]}`, `{"op":"Remove","path":"members","value":[{"$ref":null,"value":"1"}]}`, `{"members":[{"value":"2"}]}`, "scim-patch",
	},
	{
		"and by their bare value", "Group",
		`{"members":[{"value":"1"},{"value":"2"}]}`, `{"op":"remove","path":"members","value":"1"}`, `{"members":[{"value":"2"}]}`, "scim-patch scimmy",
	},
	{
		"removing all is no empty list", "Group",
		`{"members":[{"value":"1"}]}`, `{"op":"replace","path":"members","value":[]}`, `{}`, "scim-patch scimmy",
	},
}

func TestScim_patch_differences(t *testing.T) {
	t.Parallel()
	var cases []patchCase
	named := func(kind, text string) map[string]any { // scimmy takes nothing else
		r := parseJSON[map[string]any](t, text)
		r[map[string]string{"User": "userName", "Group": "displayName"}[kind]] = "x"
		return r
	}
	for _, d := range patchDifferences {
		op := parseJSON[map[string]any](t, d.operation)
		cases = append(cases, patchCase{d.kind, named(d.kind, d.before), []map[string]any{op}})
	}
	for i, by := range theirs(t, cases) {
		d := patchDifferences[i]
		want := named(d.kind, d.ours)
		equal(t, d.what, cases[i].ours(t), want)
		for name, got := range by {
			if differs := !reflect.DeepEqual(got, want); differs != strings.Contains(d.others, name) {
				t.Errorf("%s: %s makes %s", d.what, name, jsonText(t, got))
			}
		}
	}
}
