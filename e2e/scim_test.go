package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

const patchSchema = `"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]`

func oktaUser(email, external string) string {
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":%q,"name":{"givenName":"Jane","familyName":"Doe"},
		"emails":[{"primary":true,"value":%q,"type":"work"}],"displayName":"Jane Doe","locale":"en-US","externalId":%q,"groups":[],"password":"x1","active":true}`, email, email, external)
}

func filterTarget(resource, filter string) string {
	return "/" + resource + "?filter=" + url.QueryEscape(filter) + "&startIndex=1&count=100"
}

func patchBody(operations string) string {
	return `{` + patchSchema + `,"Operations":[` + operations + `]}`
}

// O1–O10, R1, R3, R6: Okta's SPEC and CRUD tests.
func TestScim_okta(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, kind := range []string{"EnterpriseLWA", "EnterpriseOIDC", "Team"} {
			c := e.scim(t, e.provisioned(t, kind))
			none := c.do(t, "GET", filterTarget("Users", `userName eq "Isis.X@Example.com"`), "").want(t, 200)
			equal(t, "none", []any{none["totalResults"], len(none["Resources"].([]any)), none["startIndex"], none["itemsPerPage"]}, []any{0.0, 0, 1.0, 0.0})
			made := c.do(t, "POST", "/Users", oktaUser("Isis.X@Example.com", "00u1"))
			u := made.want(t, 201)
			id := u["id"].(string)
			equal(t, "made", []any{u["userName"], u["active"], dig(u, "name", "givenName"), dig(u, "emails", 0, "value"), u["externalId"], u["password"], u["locale"]},
				[]any{"Isis.X@Example.com", true, "Jane", "Isis.X@Example.com", "00u1", nil, "en-US"})
			equal(t, "Location", made.header.Get("Location"), c.base+"/Users/"+id)
			equal(t, "location", dig(u, "meta", "location").(string), c.base+"/Users/"+id)
			c.do(t, "POST", "/Users", oktaUser("isis.x@EXAMPLE.com", "00u2")).refusedAs(t, 409, "uniqueness")
			equal(t, "found", dig(c.do(t, "GET", filterTarget("Users", `userName eq "ISIS.X@example.com"`), "").want(t, 200), "Resources", 0, "userName"), any("Isis.X@Example.com"))
			c.do(t, "GET", "/Users/"+unknownID, "").refusedAs(t, 404, "")

			c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"replace","value":{"active":false}}`)).want(t, 200)
			equal(t, "deactivated", c.do(t, "GET", "/Users/"+id, "").want(t, 200)["active"], any(false))
			equal(t, "still found", c.do(t, "GET", filterTarget("Users", `externalId eq "00u1"`), "").want(t, 200)["totalResults"], any(1.0))
			equal(t, "listed", c.do(t, "GET", "/Users?count=1&startIndex=1", "").want(t, 200)["totalResults"], any(1.0))
			back := c.do(t, "POST", "/Users", oktaUser("isis.x@example.com", "00u1")).want(t, 200)
			equal(t, "back", []any{back["id"], back["active"]}, []any{id, true})
			put := strings.Replace(oktaUser("isis.x@example.com", "00u1"), `"active":true`, `"active":false,"id":"other","meta":{"resourceType":"User"}`, 1)
			equal(t, "PUT inactive", c.do(t, "PUT", "/Users/"+id, put).want(t, 200)["active"], any(false))
			again := c.do(t, "PUT", "/Users/"+id, `{"userName":"isis.x@example.com","title":"Dr"}`).want(t, 200)
			equal(t, "PUT without active", []any{again["active"], again["id"], again["title"], again["locale"]}, []any{true, id, "Dr", nil})
			c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"replace","value":{"password":"y"}}`)).want(t, 200)
			c.do(t, "DELETE", "/Users/"+id, "").want(t, 204)
			c.do(t, "GET", "/Users/"+id, "").refusedAs(t, 404, "")
			c.do(t, "DELETE", "/Users/"+id, "").refusedAs(t, 404, "")
			if fresh := c.do(t, "POST", "/Users", oktaUser("isis.x@example.com", "00u1")).want(t, 201)["id"]; fresh == id {
				t.Error("a deleted user came back")
			}
		}
	})
}

// E1–E10: Entra ID, default and with its flag.
func TestScim_entra(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		const ext = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
		c := e.scim(t, e.enterprise(t))
		for _, resource := range []string{"Users", "Groups"} {
			target := "/" + resource + "?aadOptscim062020&filter=" + map[string]string{"Users": "userName", "Groups": "displayName"}[resource] + "+eq+%22random%22"
			equal(t, "E1", c.do(t, "GET", target, "").want(t, 200)["totalResults"], any(0.0))
		}
		u := c.do(t, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","`+ext+`"],"externalId":"jyoung","userName":"J.Young@Example.com","active":true,
			"emails":[{"primary":true,"type":"work","value":"jy@work.example"}],"meta":{"resourceType":"User"},"name":{"formatted":"J Young","familyName":"Young","givenName":"J"},"roles":[]}`).want(t, 201)
		id := u["id"].(string)
		for _, filter := range []string{`externalId eq jyoung`, `emails[type eq "work"].value eq "JY@work.example"`, `emails eq "jy@work.example"`, `userName eq "j.young@example.com" and active eq true`, `id eq "` + id + `"`} {
			equal(t, filter, dig(c.do(t, "GET", filterTarget("Users", filter), "").want(t, 200), "Resources", 0, "id"), any(id))
		}
		equal(t, "another type", c.do(t, "GET", filterTarget("Users", `emails[type eq "home"].value eq "jy@work.example"`), "").want(t, 200)["totalResults"], any(0.0))
		c.do(t, "GET", filterTarget("Users", `nothing eq "x"`), "").refusedAs(t, 400, "invalidFilter")
		got := c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"Replace","path":"displayName","value":"New"},{"op":"Add","path":"`+ext+`:employeeNumber","value":"7"},
			{"op":"Replace","path":"phoneNumbers[type eq \"mobile\"].value","value":"1"},{"op":"Add","path":"`+ext+`:manager","value":"m"},{"op":"Replace","path":"userName","value":"Young@Example.com"}`)).want(t, 200)
		equal(t, "E4", []any{got["displayName"], dig(got, ext, "employeeNumber"), dig(got, "phoneNumbers", 0, "type"), dig(got, ext, "manager", "value"), got["userName"]},
			[]any{"New", "7", "mobile", "m", "Young@Example.com"})
		c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"Replace","path":"active","value":"False"}`)).want(t, 200)
		equal(t, "E5", c.do(t, "GET", "/Users/"+id, "").want(t, 200)["active"], any(false))
		flagged := c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"replace","value":{"active":true,"name.givenName":"y","`+ext+`:department":"D"}},{"op":"replace","path":"`+ext+`:manager","value":{"value":""}}`)).want(t, 200)
		equal(t, "E6, E7", []any{flagged["active"], dig(flagged, "name", "givenName"), dig(flagged, ext, "department"), dig(flagged, ext, "manager")}, []any{true, "y", "D", nil})
		c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"Replace","path":"title","value":"lost"},{"op":"Replace","path":"active","value":"perhaps"}`)).refusedAs(t, 400, "invalidValue")
		equal(t, "R11", c.do(t, "GET", "/Users/"+id, "").want(t, 200)["title"], any(nil))
	})
}

// E11–E15, O11, R7: groups, and what the licences' are.
func TestScim_groups(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		a := c.do(t, "POST", "/Users", oktaUser("a@example.com", "a")).want(t, 201)["id"].(string)
		b := c.do(t, "POST", "/Users", oktaUser("b@example.com", "b")).want(t, 201)["id"].(string)
		g := c.do(t, "POST", "/Groups", `{"schemas":["urn:x"],"externalId":"g","displayName":"Sales","members":[{"value":"`+a+`"}],"meta":{}}`).want(t, 201)["id"].(string)
		c.do(t, "POST", "/Groups", `{"displayName":"SALES"}`).refusedAs(t, 409, "uniqueness")
		c.do(t, "POST", "/Groups", `{"displayName":"pro"}`).refusedAs(t, 409, "uniqueness")
		c.do(t, "POST", "/Groups", `{"displayName":"X","members":[{"value":"`+unknownID+`"}]}`).refusedAs(t, 400, "invalidValue")
		members := func() (ids []string) {
			list, _ := c.do(t, "GET", "/Groups/"+g, "").want(t, 200)["members"].([]any)
			for _, m := range list {
				ids = append(ids, dig(m, "value").(string))
			}
			return ids
		}
		patch := func(operations string, want ...string) {
			t.Helper()
			c.do(t, "PATCH", "/Groups/"+g, patchBody(operations)).want(t, 204)
			equal(t, operations, strings.Join(members(), " "), strings.Join(want, " "))
		}
		patch(`{"op":"Add","path":"members","value":[{"$ref":null,"value":"`+b+`"},{"value":"`+a+`"}]}`, a, b)
		patch(`{"op":"Remove","path":"members","value":[{"$ref":null,"value":"`+a+`"}]}`, b)
		patch(`{"op":"remove","path":"members[value eq \"`+b+`\"]"},{"op":"add","path":"members","value":[{"value":"`+a+`","display":"A"}]}`, a)
		patch(`{"op":"replace","value":{"id":"other","displayName":"Sellers"}}`, a)
		equal(t, "of the user", dig(c.do(t, "GET", "/Users/"+a, "").want(t, 200), "groups", 1, "display"), any("Sellers"))
		found := c.do(t, "GET", filterTarget("Groups", `displayName eq "sellers"`)+"&excludedAttributes=members", "").want(t, 200)
		equal(t, "excluded", []any{found["totalResults"], dig(found, "Resources", 0, "members")}, []any{1.0, nil})
		equal(t, "by member", c.do(t, "GET", filterTarget("Groups", `id eq "`+g+`" and members eq "`+a+`"`), "").want(t, 200)["totalResults"], any(1.0))
		carillon[any](t, e.caller, "scim-group", "map", "--account-id", c.account, "--group-id", g, "--license", "Basic")
		licence := func(id string) any { return dig(c.do(t, "GET", "/Users/"+id, "").want(t, 200), "groups", 0, "value") }
		equal(t, "mapped", []any{licence(a), licence(b)}, []any{"Basic", "Pro"})
		patch(`{"op":"remove","path":"members"}`)
		equal(t, "out of it", licence(a), any("Pro"))
		patch(`{"op":"replace","path":"members","value":[]}`)
		c.do(t, "PATCH", "/Groups/Basic", patchBody(`{"op":"add","path":"members","value":[{"value":"`+b+`"}]}`)).want(t, 204)
		equal(t, "moved", licence(b), any("Basic"))
		c.do(t, "PATCH", "/Groups/Basic", patchBody(`{"op":"replace","path":"displayName","value":"X"}`)).refusedAs(t, 400, "mutability")
		c.do(t, "DELETE", "/Groups/Pro", "").refusedAs(t, 400, "mutability")
		c.do(t, "DELETE", "/Groups/"+g, "").want(t, 204)
		c.do(t, "GET", "/Groups/"+g, "").refusedAs(t, 404, "")
	})
}

// T2, T8, R2, R8–R10, R14, R18, R19 and Bulk.
func TestScim_rules(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		account := e.enterprise(t)
		c := e.scim(t, account)
		foreign := *c
		for _, token := range []string{"", "scim-x", c.token + "x", strings.Repeat("a", 100)} {
			foreign.token = token
			got := foreign.do(t, "GET", "/Users", "")
			got.refusedAs(t, 401, "")
			equal(t, "WWW-Authenticate", got.header.Get("WWW-Authenticate"), "Bearer")
		}
		c.do(t, "GET", "/Users", "", "Authorization", "non-token").refusedAs(t, 401, "")
		for i := range 3 {
			c.do(t, "POST", "/Users", oktaUser(fmt.Sprintf("u%d@example.com", i), "x")).want(t, 201)
		}
		for target, want := range map[string][2]any{
			"/Users/?startindex=0&count=2": {3.0, 2.0}, "/Users?count=0": {3.0, 0.0}, "/Users?startIndex=3&count=9": {3.0, 1.0}, "/Users?startIndex=9": {3.0, 0.0},
			"/Users?sortBy=userName&sortOrder=descending&count=1":                                 {3.0, 1.0},
			"/Users?filter=not+(userName+sw+%22u1%22)":                                            {2.0, 2.0},
			"/Users?filter=meta.created+gt+%222021-09-23T00:00:00.0000000Z%22+and+active+eq+true": {3.0, 3.0},
		} {
			got := c.do(t, "GET", target, "").want(t, 200)
			equal(t, target, [2]any{got["totalResults"], got["itemsPerPage"]}, want)
		}
		first := c.do(t, "GET", "/Users?count=1&sortBy=userName&sortOrder=descending&attributes=userName,emails[type%20eq%20%22work%22]", "").want(t, 200)
		equal(t, "attributes", len(dig(first, "Resources", 0).(map[string]any)), 4)
		equal(t, "sorted", dig(first, "Resources", 0, "userName"), any("u2@example.com"))
		id := dig(first, "Resources", 0, "id").(string)
		c.do(t, "POST", "/Users", `{"userName":"nobody"}`).refusedAs(t, 400, "invalidValue")
		c.do(t, "POST", "/Users", `{`).refusedAs(t, 400, "invalidSyntax")
		c.do(t, "PUT", "/Users/"+id, `{"active":true}`).refusedAs(t, 400, "invalidValue")
		c.do(t, "PUT", "/Users/"+unknownID, oktaUser("z@example.com", "z")).refusedAs(t, 404, "")
		equal(t, "R8", c.do(t, "PUT", "/Users/"+id, `{"userName":"u2@example.com","adreses":[{"x":1}],"userType":"SharedDevice"}`).want(t, 200)["adreses"], any(nil))
		c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"replace","path":"title","value":"x"}`), "If-Match", `W/"other"`).refusedAs(t, 412, "")
		seen := c.do(t, "GET", "/Users/"+id, "")
		c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"replace","path":"title","value":"x"}`), "If-Match", seen.header.Get("ETag")).want(t, 200)
		equal(t, "kept type", c.do(t, "PUT", "/Users/"+id, `{"userName":"u2@example.com"}`).want(t, 200)["userType"], any("SharedDevice"))
		for _, target := range []string{"/ServiceProviderConfig", "/serviceConfiguration", "/ResourceTypes", "/ResourceTypes/User", "/Schemas", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User"} {
			c.do(t, "GET", target, "").want(t, 200)
		}
		equal(t, "endpoint", dig(c.do(t, "GET", "/ResourceTypes", "").want(t, 200), "Resources", 0, "endpoint"), any("/Users"))
		if !strings.Contains(c.do(t, "GET", "/Schemas", "").body, "User Account") {
			t.Error("Schemas without User Account")
		}
		c.do(t, "GET", "/Me", "").refusedAs(t, 501, "")
		c.do(t, "POST", "/.search", `{"filter":"id pr"}`).refusedAs(t, 501, "")
		c.do(t, "GET", "/nothing", "").refusedAs(t, 404, "")
		c.do(t, "PATCH", "/Users", "{}").refusedAs(t, 405, "")
		search := c.do(t, "POST", "/Users/.search", `{"filter":"userName sw \"u\"","count":1,"attributes":["userName"]}`).want(t, 200)
		equal(t, "search", []any{search["totalResults"], search["itemsPerPage"]}, []any{3.0, 1.0})
		bulk := c.do(t, "POST", "/Bulk", `{"Operations":[{"method":"POST","path":"/Users","bulkId":"q","data":`+oktaUser("bulk@example.com", "q")+`},
			{"method":"POST","path":"/Groups","data":{"displayName":"Bulk","members":[{"value":"bulkId:q"}]}},{"method":"DELETE","path":"/Users/`+unknownID+`"}]}`).want(t, 200)
		equal(t, "bulk", []any{dig(bulk, "Operations", 0, "status"), dig(bulk, "Operations", 1, "status"), dig(bulk, "Operations", 2, "status")}, []any{"201", "201", "404"})
	})
}
