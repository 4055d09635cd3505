package filter_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"carillon/scim/filter"
	"carillon/scim/schema"
)

const jane = `{
	"id": "a1", "userName": "Jane@Example.com", "externalId": "X", "active": true, "title": "Ärztin", "name": {"familyName": "Doe", "givenName": "Jane"},
	"emails": [{"value": "jane@work.example", "type": "work", "primary": true}, {"value": "j@home.example", "type": "home"}],
	"meta": {"created": "2021-09-23T19:35:41.841Z", "lastModified": "2021-09-23T19:35:41.841Z"},
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "R&D", "employeeNumber": "701984", "manager": {"value": "m1"}}
}`

func resource(t testing.TB, text string) (r map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// R13, T9: all operators, joins, value paths, URNs, names in any case.
func TestParse_matches(t *testing.T) {
	for text, want := range map[string]bool{
		`userName eq "jane@example.COM"`:                           true,
		`userName Eq "jane@example.com"`:                           true,
		`USERNAME ne "jane@example.com"`:                           false,
		`externalId eq "x"`:                                        false,
		`externalId eq X`:                                          true,
		`externalId eq 'X'`:                                        true,
		`id eq "A1"`:                                               false,
		`userName co "EXAMPLE"`:                                    true,
		`userName sw "jane" and userName ew ".com"`:                true,
		`userName sw "x" or active eq true`:                        true,
		`userName sw "x" or active eq true and title eq "x"`:       false,
		`(userName sw "x" or active eq true) and title pr`:         true,
		`not (title eq "ärztin")`:                                  false,
		`nickName pr`:                                              false,
		`nickName eq null`:                                         true,
		`nickName ne "x"`:                                          true,
		`active eq "True"`:                                         true,
		`active eq false`:                                          false,
		`name.familyName gt "Dad"`:                                 true,
		`name.FamilyName lt "Dad"`:                                 false,
		`emails eq "j@home.example"`:                               true,
		`emails.Value co "home"`:                                   true,
		`emails[type eq "work"]`:                                   true,
		`emails[type eq "other"]`:                                  false,
		`emails[type eq "work" and value co "home"]`:               false,
		`emails[type eq "work"].value eq "JANE@work.example"`:      true,
		`emails[type eq "work"].value eq "j@home.example"`:         false,
		`emails[not (type eq "work")].value eq "j@home.example"`:   true,
		`emails[primary eq true].type eq "work"`:                   true,
		`emails.type eq "home" and (active eq true)`:               true,
		`meta.created gt "2021-09-23T19:35:41.8400000Z"`:           true,
		`meta.lastmodified le "2021-09-23T21:35:41.8420572+02:00"`: true,
		`active eq true and (meta.lastModified ge "0001-01-03T00:00:00.0000000Z" and meta.lastModified le "2020-01-01T00:00:00Z")`: false,
		`urn:ietf:params:scim:schemas:core:2.0:User:userName eq "jane@example.com"`:                                                true,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "r&d"`:                                           true,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq 701984`:                                      true,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.manager eq "m1"`:                                               true,
		`title eq "\u00c4rztin" `: true,
	} {
		f, err := filter.Parse(schema.Users, text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.Match(resource(t, jane)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}

// E2: what cannot be read is invalidFilter.
func TestParse_refused(t *testing.T) {
	for _, text := range []string{
		``, ` `, `userName`, `userName eq`, `userName xx "a"`, `userName eq "a`, `userName eq "\q"`, `eq "a"`, `nothing eq "a"`, `userName eq "a" and`,
		`userName eq "a" userName`, `(userName eq "a"`, `userName eq "a")`, `not userName eq "a"`, `active gt true`, `active eq "maybe"`, `name eq "a"`,
		`userName[type eq "a"]`, `emails[type eq "a"`, `emails[nothing eq "a"]`, `emails[type eq "a"].nothing eq "b"`, `meta.created gt "yesterday"`,
		`urn:x:y eq "a"`, `urn:ietf:params:scim:schemas:core:2.0:User eq "a"`, `emails[emails[type pr] pr]`, `userName eq []`, `or`,
	} {
		_, err := filter.Parse(schema.Users, text)
		refused, ok := err.(*schema.Error)
		if !ok || refused.Type != "invalidFilter" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestExact(t *testing.T) {
	for text, want := range map[string]string{
		`userName eq "a"`: "a", `active eq true and userName eq "b"`: "b", `userName eq "a" or active eq true`: "", `not (userName eq "a")`: "", `userName co "a"`: "",
	} {
		f, err := filter.Parse(schema.Users, text)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := filter.Exact(f, "userName"); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %t", text, got, ok)
		}
	}
}

func TestValues(t *testing.T) {
	for text, want := range map[string]string{
		`displayName eq "x"`: "", `members eq "a"`: "a", `members.value eq "a" or not (members ne "b")`: "a b", `members[value eq "a" and value ne "b"]`: "a b", `id eq "x" and members eq a`: "a",
		`members pr`: "refused", `members co "a"`: "refused", `members.display eq "a"`: "refused", `members[type eq "User"]`: "refused", `members[value eq "a"].value eq "a"`: "refused",
		`members eq null`: "refused", `displayName eq "x" or members sw "a"`: "refused", `members[value sw "a"]`: "refused",
	} {
		f, err := filter.Parse(schema.Groups, text)
		if err != nil {
			t.Fatal(text, err)
		}
		values, only := filter.Values(f, "members")
		if got := map[bool]string{true: strings.Join(values, " "), false: "refused"}[only]; got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	names := map[string]bool{}
	f, err := filter.Parse(schema.Users, `emails[type eq "work"].value eq "a" and (not (name.givenName pr) or urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "x")`)
	if filter.Names(f, names); err != nil || !reflect.DeepEqual(names, map[string]bool{"emails": true, "name": true, schema.Enterprise: true}) {
		t.Error(names, err)
	}
	if values, only := filter.Values(nil, "members"); values != nil || !only {
		t.Error("no filter asks for nothing")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`emails[type eq "work" and not (value co 'x')].value pr or (meta.created gt "2021-09-23T19:35:41.84Z")`)
	f.Add(`((((userName eq a`)
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := filter.Parse(schema.Users, text)
		if err != nil {
			return
		}
		one, not := parsed.Match(resource(t, jane)), filter.Not{Filter: parsed}.Match(resource(t, jane))
		if one == not {
			t.Error("a filter and its contrary agree")
		}
	})
}
