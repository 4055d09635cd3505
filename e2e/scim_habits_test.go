package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// scimHabit is something odd that is sent, and what comes of it: either a status and
// scimType, or what a path of the answer holds.
type scimHabit struct {
	method, target, body string
	want                 string // JSON of the value; or as in 400 invalidPath
	path                 []any
}

// patchHabits are PATCHes of a user.
func patchHabits(id string) (list []scimHabit) {
	for operations, want := range map[string]scimHabit{
		// Entra ID, its gallery and Microsoft's reference code
		`{"op":"Add","path":"` + enterpriseUser + `.manager","value":"m1"}`:                                                                  {want: `{"value":"m1"}`, path: []any{enterpriseUser, "manager"}},
		`{"op":"Add","path":"` + enterpriseUser + `:manager","value":[{"$ref":"https://x.example/1","value":"m2"}]}`:                         {want: `"m2"`, path: []any{enterpriseUser, "manager", "value"}},
		`{"op":"Replace","path":"active","value":[{"$ref":null,"value":"False"}]}`:                                                           {want: `false`, path: []any{"active"}},
		`{"op":"Replace","path":"active","value":["True"]}`:                                                                                  {want: `true`, path: []any{"active"}},
		`{"op":"Replace","value":{"active":"False"}},{"op":"Replace","path":"active","value":"true"}`:                                        {want: `true`, path: []any{"active"}},
		`{"op":"Replace","path":"displayName","value":[{"$ref":null,"value":"Old Form"}]}`:                                                   {want: `"Old Form"`, path: []any{"displayName"}},
		`{"op":"Replace","path":"emails[primary eq true].value","value":"p@example.com"}`:                                                    {want: `"p@example.com"`, path: []any{"emails", 0, "value"}},
		`{"op":"Replace","path":"emails[type eq \"work\" and primary eq \"True\"].value","value":"q@example.com"}`:                           {want: `"q@example.com"`, path: []any{"emails", 0, "value"}},
		`{"op":"Add","path":"addresses[type eq \"work\"].postalCode","value":98052}`:                                                         {want: `"98052"`, path: []any{"addresses", 0, "postalCode"}},
		`{"op":"Replace","path":"` + enterpriseUser + `","value":{"costCenter":"C"}}`:                                                        {want: `"C"`, path: []any{enterpriseUser, "costCenter"}},
		`{"op":"Replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:name.givenName","value":"Core"}`:                                 {want: `"Core"`, path: []any{"name", "givenName"}},
		`{"op":"Add","path":"phoneNumbers[type eq \"fax\"].value","value":"3"},{"op":"Remove","path":"phoneNumbers[type eq \"fax\"].value"}`: {want: `null`, path: []any{"phoneNumbers"}},
		`{"op":"Replace","path":"title","value":null}`:                                                                                       {want: `null`, path: []any{"title"}},
		`{"op":"replace","value":{}}`: {want: `"` + id + `"`, path: []any{"id"}},
		// Okta
		`{"op":"replace","value":{"schemas":["x"],"id":"y","nickName":"T"}}`: {want: `"T"`, path: []any{"nickName"}},
		`{"op":"replace","path":"password","value":"s"}`:                     {want: `null`, path: []any{"password"}},
		// of other standards
		`{"op":"replace","path":"/title","value":"x"}`: {want: "400 invalidPath"},
		`{"op":"test","path":"title","value":"x"}`:     {want: "400 invalidSyntax"},
		`{"op":"add","path":"title"}`:                  {want: `"` + id + `"`, path: []any{"id"}},
	} {
		want.method, want.target, want.body = "PATCH", "/Users/"+id, patchBody(operations)
		list = append(list, want)
	}
	return append(list,
		scimHabit{"PATCH", "/Users/" + id, `{"operations":[{"OP":"REPLACE","PATH":"TITLE","VALUE":"low"}]}`, `"low"`, []any{"title"}},
		scimHabit{"PATCH", "/Users/" + id, patchBody(""), "400 invalidSyntax", nil},
		scimHabit{"POST", "/Users/" + id, patchBody(`{"op":"remove","path":"title"}`), "405 ", nil},
	)
}

// createHabits are POSTs of users: JumpCloud, OneLogin, Google and home-made clients.
func createHabits() (list []scimHabit) {
	n := 0
	for attributes, want := range map[string]scimHabit{
		``:                          {want: `"work"`, path: []any{"emails", 0, "type"}},
		`,"emails":"x@example.com"`: {want: `[{"value":"x@example.com"}]`, path: []any{"emails"}},
		`,"emails":["z@example.com","w@example.com"]`:                                               {want: `"w@example.com"`, path: []any{"emails", 1, "value"}},
		`,"emails":[{"value":"","type":"work","primary":true}]`:                                     {want: `true`, path: []any{"emails", 0, "primary"}}, // that of the userName
		`,"emails":[{"value":"a@x.example","primary":true},{"value":"b@x.example","primary":true}]`: {want: `false`, path: []any{"emails", 1, "primary"}},
		`,"emails":null,"name":null,"active":null`:                                                  {want: `true`, path: []any{"active"}},
		`,"roles":["r"],"entitlements":["e"]`:                                                       {want: `"r"`, path: []any{"roles", 0, "value"}},
		`,"groups":[{"value":"Basic"}],"id":"mine","meta":{"version":"x"}`:                          {want: `"Pro"`, path: []any{"groups", 0, "value"}},
		`,"schemas":["urn:x:2.0:User"],"urn:x:2.0:User":{"a":1}`:                                    {want: `null`, path: []any{"urn:x:2.0:User"}},
		`,"` + enterpriseUser + `":{"manager":null,"department":""}`:                                {want: `["urn:ietf:params:scim:schemas:core:2.0:User"]`, path: []any{"schemas"}},
		`,"` + enterpriseUser + `":{"employeeNumber":12345678901234567890}`:                         {want: `"12345678901234567890"`, path: []any{enterpriseUser, "employeeNumber"}},
		`,"displayName":"Ann 😀","title":"<b>&"`:                                                     {want: `"\u003cb\u003e\u0026"`, path: []any{"title"}},
		`,"active":1`: {want: "400 invalidValue"},
		`,}`:          {want: "400 invalidSyntax"},
	} {
		n++
		want.method, want.target, want.body = "POST", "/Users", fmt.Sprintf(`{"userName":"habit-%d@example.com"%s}`, n, attributes)
		list = append(list, want)
	}
	return list
}

// lookHabits are filters and pages, which find a user by what the user is.
func lookHabits(id string) (list []scimHabit) {
	for filter, want := range map[string]string{
		`USERNAME Eq "Odd@Example.com"`: "1", `userName eq 'odd@example.com'`: "1", `userName eq odd@example.com`: "1", `(userName  eq  "odd@example.com") `: "1", `userName eq ""`: "0", `userName eq null`: "0",
		`active eq True and externalId eq "odd"`: "1", `externalId eq "ODD"`: "0", `groups.value eq "Basic"`: "0", `externalId eq "odd" and groups eq "Pro"`: "1", `password pr`: "0", `emails.primary eq true and id eq "` + id + `"`: "1",
		`meta.lastModified gt "2011-05-13T04:42:34+00:00" and id eq "` + id + `"`: "1", `title pr and`: "400 invalidFilter", `urn:x:y:z eq "1"`: "400 invalidFilter",
	} {
		list = append(list, scimHabit{"GET", filterTarget("Users", filter), "", want, []any{"totalResults"}})
	}
	for filter, want := range map[string]string{
		`members eq "` + id + `"`: "1", `members.value eq "` + id + `" or displayName eq "Basic"`: "2", `members[value eq "` + id + `"]`: "1", `not (members eq "` + id + `")`: "1", `members ne "` + id + `"`: "1",
		`members pr`: "400 invalidFilter", `members[display sw "x"]`: "400 invalidFilter", `members.value co "1"`: "400 invalidFilter",
	} {
		list = append(list, scimHabit{"GET", filterTarget("Groups", filter), "", want, []any{"totalResults"}})
	}
	for target, want := range map[string]string{
		"/Users?count=-1": "0", "/Users?count=abc&startIndex=-5": "1", "//users//?COUNT=1": "1", "/Users?count=1&filter=%20&sortBy=": "1", "/Users?attributes=nothing": "1", "/Groups?count=0": "0", "/Users?Filter=userName%20eq%20%22x%22": "0",
		"/Users?sortBy=nothing": "400 invalidPath", "/Users/" + strings.ToUpper(id): "404 ", "/Groups/pro": "404 ", "/.well-known/x": "404 ",
	} {
		list = append(list, scimHabit{"GET", target, "", want, []any{"itemsPerPage"}})
	}
	return list
}

// What providers and home-made clients send beside the usual is understood or refused
// by name, and never done by halves.
func TestScim_habits(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		id := c.do(t, "POST", "/Users", oktaUser("Odd@Example.com", "odd")).want(t, 201)["id"].(string)
		habits := slices.Concat(lookHabits(id), patchHabits(id), createHabits())
		slices.SortFunc(habits, func(a, b scimHabit) int { return strings.Compare(a.method+a.target+a.body, b.method+b.target+b.body) })
		for _, h := range habits {
			got := c.do(t, h.method, h.target, h.body)
			var status int
			var kind string
			if n, _ := fmt.Sscanf(h.want, "%d %s", &status, &kind); status >= http.StatusBadRequest && n > 0 {
				got.refusedAs(t, status, kind)
			} else if have := body(dig(got.object, h.path...)); got.status >= http.StatusBadRequest || have != h.want {
				target, _ := url.QueryUnescape(h.target)
				t.Errorf("%s %s %s: %d, %s, want %s: %s", h.method, target, h.body, got.status, have, h.want, got.body)
			}
		}
	})
}
