package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// What is no JSON, no UTF-8, or too much of it is refused in the words of SCIM, and
// the user is as before.
func TestScim_hostile_bodies(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		id := c.do(t, "POST", "/Users", oktaUser("a@example.com", "a")).want(t, 201)["id"].(string)
		before := c.do(t, "GET", "/Users/"+id, "").want(t, 200)
		for _, body := range []string{
			"", "null", "[]", `"x"`, "{", strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000),
			`{"userName":"b@example.com"} {}`, `{"userName":"b@example.com"}x`, "{\"userName\":\"b\xff@example.com\"}", "{\"title\":\"\x00\"}",
		} {
			c.do(t, "POST", "/Users", body).refusedAs(t, 400, "invalidSyntax")
			c.do(t, "PUT", "/Users/"+id, body).refusedAs(t, 400, "invalidSyntax")
			c.do(t, "PATCH", "/Users/"+id, body).refusedAs(t, 400, "invalidSyntax")
			c.do(t, "POST", "/Bulk", body).refusedAs(t, 400, "invalidSyntax")
		}
		many := strings.Repeat(`{"op":"replace","path":"title","value":"x"},`, 10_000)
		c.do(t, "PATCH", "/Users/"+id, patchBody(strings.TrimSuffix(many, ","))).refusedAs(t, 400, "invalidSyntax")
		for _, body := range []string{
			`{"userName":"b\u0000@example.com"}`, `{"userName":{"a":1}}`, `{"userName":5}`, `{"userName":"b@example.com","name":"x"}`, `{"userName":"b@example.com","active":1}`,
			`{"userName":"b@example.com","emails":[[]]}`, `{"userName":"b@example.com","title":"` + ofLength(5000, "x") + `"}`, `{"userName":"` + ofLength(300, "b") + `@example.com"}`,
		} {
			c.do(t, "POST", "/Users", body).refusedAs(t, 400, "invalidValue")
		}
		for operation, kind := range map[string]string{
			`{"op":"copy","path":"title"}`: "invalidSyntax", `{"op":5}`: "invalidSyntax", `null`: "invalidSyntax", `{"op":"remove"}`: "noTarget",
			`{"op":"replace","path":"urn:x:y:z","value":"x"}`: "invalidPath", `{"op":"add","path":"` + ofLength(100_000, "x") + `","value":"x"}`: "invalidPath",
			`{"op":"add","path":"` + strings.Repeat("emails[", 50) + `","value":"x"}`:           "invalidPath",
			`{"op":"add","path":"emails[type eq \"` + ofLength(9000, "x") + `\"]","value":"x"}`: "invalidFilter",
			`{"op":"replace","path":"userName","value":null}`:                                   "invalidValue", `{"op":"replace","path":"title","value":{"a":1}}`: "invalidValue",
		} {
			c.do(t, "PATCH", "/Users/"+id, patchBody(operation)).refusedAs(t, 400, kind)
		}
		equal(t, "as before", c.do(t, "GET", "/Users/"+id, "").want(t, 200), before)
		equal(t, "users", c.do(t, "GET", "/Users", "").want(t, 200)["totalResults"], any(1.0))
	})
}

// What can be understood is taken, and means the same at each attempt.
func TestScim_odd_bodies(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		id := c.do(t, "POST", "/Users", "\ufeff"+oktaUser("a@example.com", "a")).want(t, 201)["id"].(string)
		for _, contentType := range []string{"application/json", "application/json; charset=utf-8", "APPLICATION/SCIM+JSON", "", "text/plain"} {
			c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"replace","path":"title","value":"x"}`), "Content-Type", contentType).want(t, 200)
		}
		for i := range 20 {
			got := c.do(t, "PUT", "/Users/"+id, `{"userName":"a@example.com","USERNAME":"b@example.com","TITLE":"A","title":"B","name":{"familyName":"F","GIVENNAME":"G"},"name.givenName":"H"}`).want(t, 200)
			equal(t, fmt.Sprint("attempt ", i), []any{got["userName"], got["title"], dig(got, "name", "givenName"), dig(got, "name", "familyName")}, []any{"a@example.com", "B", "H", "F"})
		}
		twice := `{"userName":"c@example.com","userName":"a@example.com","x":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `,"schemas":["urn:x:y"]}`
		equal(t, "the last of two", c.do(t, "PUT", "/Users/"+id, twice).want(t, 200)["userName"], any("a@example.com"))
		for _, filter := range []string{`UserName Eq "a@example.com"`, `Emails.Value eq "a@example.com"`, `NAME.FAMILYNAME pr AND ActiVe EQ true`} {
			equal(t, filter, c.do(t, "GET", filterTarget("Users", filter), "").want(t, 200)["totalResults"], any(1.0))
		}
		c.do(t, "PATCH", "/Users/"+id, `{"operations":[{"OP":"Replace","PATH":"title","VALUE":"y"}]}`).want(t, 200)
		for _, nothing := range []string{`{"op":"add","path":"title"}`, `{"op":"add","path":"title","value":null}`, `{"op":"add","value":{"title":null}}`} {
			equal(t, "adding nothing", c.do(t, "PATCH", "/Users/"+id, patchBody(nothing)).want(t, 200)["title"], any("y"))
		}
	})
}

// E2, R2: a filter that cannot be read never gets everybody, and numbers have bounds.
func TestScim_hostile_queries(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		for i := range 3 {
			c.do(t, "POST", "/Users", oktaUser(fmt.Sprintf("u%d@example.com", i), "x;y")).want(t, 201)
		}
		for _, filter := range []string{
			`userName eq "` + ofLength(10_000, "a") + `"`, strings.Repeat("(", 50) + "title pr" + strings.Repeat(")", 50), strings.Repeat(`title pr or `, 500) + "title pr",
			strings.Repeat("not ", 30) + "(title pr)", "userName eq \"\x00\"", `userName eq "\u0000"`, "\xff\xfe", "userName eq \"\xff\"", "[", "emails[", `emails[type eq "x"]]`, "x",
			`userName eq "a" or`, `meta.created gt "0"`, `members eq "x"`,
		} {
			c.do(t, "GET", filterTarget("Users", filter), "").refusedAs(t, 400, "invalidFilter")
		}
		c.do(t, "GET", "/Users?filter=%zz", "").refusedAs(t, 400, "invalidValue")
		equal(t, "semicolon", c.do(t, "GET", `/Users?filter=externalId+eq+"x;y"`, "").want(t, 200)["totalResults"], any(3.0))
		equal(t, "semicolon", c.do(t, "GET", `/Users?filter=externalId+eq+"x;z"`, "").want(t, 200)["totalResults"], any(0.0))
		for query, want := range map[string][2]any{
			"startIndex=0": {1.0, 3.0}, "startIndex=-5": {1.0, 3.0}, "startIndex=99999999999999999999": {2147483647.0, 0.0}, "count=-1": {1.0, 0.0}, "count=0": {1.0, 0.0},
			"count=99999999999999999999": {1.0, 3.0}, "STARTINDEX=2&Count=1": {2.0, 1.0}, "startIndex=abc&count=x": {1.0, 3.0}, "sortBy=userName&count=0": {1.0, 0.0},
		} {
			got := c.do(t, "GET", "/Users?"+query, "").want(t, 200)
			equal(t, query, [2]any{got["startIndex"], got["itemsPerPage"]}, want)
			equal(t, query, got["totalResults"], any(3.0))
		}
		c.do(t, "GET", "/Users?sortBy=nothing", "").refusedAs(t, 400, "invalidPath")
		for _, body := range []string{`{"filter":null,"count":null}`, `{"filter":"userName sw \"u\"","startIndex":"1"}`} {
			equal(t, "search", c.do(t, "POST", "/Users/.search", body).want(t, 200)["totalResults"], any(3.0))
		}
		c.do(t, "POST", "/Users/.search", `{"filter":5}`).refusedAs(t, 400, "invalidFilter")
		c.do(t, "POST", "/Users/.search", `[]`).refusedAs(t, 400, "invalidSyntax")
	})
}

// R2: a page has 200 users, however many are asked for, and says so.
func TestScim_page_limit(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		c.fill(t, e, 205)
		for _, query := range []string{"count=1000&startIndex=1", `count=1000&filter=userName+sw+"many"`, "count=1000&sortBy=userName"} {
			page := c.do(t, "GET", "/Users?"+query, "").want(t, 200)
			equal(t, query, []any{page["itemsPerPage"], page["totalResults"], len(page["Resources"].([]any))}, []any{200.0, 205.0, 200})
		}
		equal(t, "the rest", c.do(t, "GET", "/Users?count=1000&startIndex=201", "").want(t, 200)["itemsPerPage"], any(5.0))
		equal(t, "without a count", c.do(t, "GET", "/Users", "").want(t, 200)["itemsPerPage"], any(100.0))
		emails := c.do(t, "GET", "/Users?excludedAttributes=emails&count=3", "").body
		equal(t, "R9: left out of a list", strings.Contains(emails, `"emails"`), false)
	})
}

// R9: what is shown is what was asked for.
func TestScim_attributes(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		body := strings.Replace(oktaUser("a@example.com", "a"), `"groups"`, `"`+enterpriseUser+`":{"department":"D","division":"E"},"groups"`, 1)
		id := c.do(t, "POST", "/Users", body).want(t, 201)["id"].(string)
		shown := func(query string) string {
			got := c.do(t, "GET", "/Users/"+id+"?"+strings.ReplaceAll(query, " ", "+"), "").want(t, 200)
			if got["id"] != any(id) || got["schemas"] == nil {
				t.Errorf("%s: id or schemas are missing", query)
			}
			delete(got, "id")
			delete(got, "schemas")
			return jsonText(t, got)
		}
		for query, want := range map[string]string{
			"attributes=nothing": `{}`, "attributes=id": `{}`, "attributes=password": `{}`, "attributes=USERNAME,": `{"userName":"a@example.com"}`,
			"attributes=name.givenName,name.familyName":                      `{"name":{"familyName":"Doe","givenName":"Jane"}}`,
			"attributes=emails.value":                                        `{"emails":[{"value":"a@example.com"}]}`,
			`attributes=emails[type eq "work"].value`:                        `{"emails":[{"value":"a@example.com"}]}`,
			"attributes=urn:ietf:params:scim:schemas:core:2.0:User:userName": `{"userName":"a@example.com"}`,
			"attributes=" + enterpriseUser + ":department":                   `{"` + enterpriseUser + `":{"department":"D"}}`,
			"attributes=" + enterpriseUser:                                   `{"` + enterpriseUser + `":{"department":"D","division":"E"}}`,
			"attributes=userName&excludedAttributes=userName":                `{"userName":"a@example.com"}`,
			"excludedAttributes=id,schemas,meta,emails,groups,name,locale,active,displayName,externalId," + enterpriseUser: `{"userName":"a@example.com"}`,
		} {
			equal(t, query, shown(query), want)
		}
		name := dig(c.do(t, "GET", "/Users/"+id+"?excludedAttributes=name.givenName", "").want(t, 200), "name").(map[string]any)
		equal(t, "a part left out", []any{name["givenName"], name["familyName"]}, []any{nil, "Doe"})
		equal(t, "all", shown("attributes=") == shown(""), true)
		equal(t, "POST", len(c.do(t, "POST", "/Users?attributes=userName", oktaUser("b@example.com", "b")).want(t, 201)), 3)
	})
}

// R5, R14, R19: methods, paths and versions.
func TestScim_methods(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		id := c.do(t, "POST", "/Users", oktaUser("a@example.com", "a")).want(t, 201)["id"].(string)
		user := "/Users/" + id
		for target, allow := range map[string]string{
			"/Users": "GET, POST", user: "GET, PUT, PATCH, DELETE", "/Groups/Pro": "GET, PUT, PATCH, DELETE", "/Bulk": "POST", "/Users/.search": "POST", "/Schemas": "GET",
		} {
			for _, method := range []string{"OPTIONS", "TRACE", "BREW"} {
				got := c.do(t, method, target, "")
				got.refusedAs(t, 405, "")
				equal(t, target, got.header.Get("Allow"), allow)
			}
		}
		for target, status := range map[string]int{"/Users": 200, user: 200, "/Groups/Pro": 200, "/Schemas": 200, "/Users/x": 404, "/Me": 501} {
			got := c.do(t, "HEAD", target, "")
			equal(t, "HEAD "+target, []any{got.status, got.body}, []any{status, ""})
		}
		for _, target := range []string{"", "/", "/nothing", user + "/emails", "/Users/..", "/Users/%00", "/Users/%ff", "/Users/" + ofLength(5000, "x"), "/ServiceProviderConfig/x", "/ResourceTypes/x", "/Schemas/x"} {
			c.do(t, "GET", target, "").refusedAs(t, 404, "")
		}
		for _, target := range []string{user + "/", "/users/" + id, "/Users//", "/ServiceProviderConfig/", "/ResourceTypes/Group", "/Schemas/" + url.PathEscape(enterpriseUser)} {
			c.do(t, "GET", target, "").want(t, 200)
		}
		for _, target := range []string{"/Schemas", "/ResourceTypes", "/ServiceProviderConfig"} {
			c.do(t, "GET", target+"?filter=id+pr", "").refusedAs(t, 403, "")
		}
		c.checkVersions(t, user)
	})
}

// checkVersions sends versions of a resource that are right and wrong.
func (c *scimClient) checkVersions(t *testing.T, target string) {
	t.Helper()
	tag := c.do(t, "GET", target, "").header.Get("ETag")
	for _, same := range []string{tag, strings.TrimPrefix(tag, "W/"), `"x", ` + tag, "*"} {
		got := c.do(t, "GET", target, "", "If-None-Match", same)
		equal(t, same, []any{got.status, got.body, got.header.Get("ETag")}, []any{304, "", tag})
		c.do(t, "PATCH", target, patchBody(`{"op":"add","path":"externalId","value":"a"}`), "If-Match", same).want(t, 200)
	}
	for _, other := range []string{`"x"`, `W/"x"`, "garbage"} {
		c.do(t, "GET", target, "", "If-None-Match", other).want(t, 200)
		for method, body := range map[string]string{"PUT": oktaUser("a@example.com", "b"), "PATCH": patchBody(`{"op":"remove","path":"title"}`), "DELETE": ""} {
			c.do(t, method, target, body, "If-Match", other).refusedAs(t, 412, "")
		}
	}
	equal(t, "version", c.do(t, "GET", target, "").header.Get("ETag"), tag)
}

// Bulk runs what it may, and says of each operation what came of it.
func TestScim_hostile_bulk(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		for operation, want := range map[string]string{
			`{}`: "400", `null`: "400", `{"method":"GET","path":"/Users"}`: "400", `{"method":"POST","path":"/Bulk","data":{}}`: "400",
			`{"method":"POST","path":"/Users/.search","data":{}}`: "400", `{"method":"POST","path":"http://x/Users","data":{}}`: "400",
			`{"method":"post","path":"/Users","data":"x"}`: "400", `{"method":"PATCH","path":"/Users/bulkId:q","data":{}}`: "404", `{"method":"DELETE","path":"/Groups/Pro"}`: "400",
			`{"method":"OPTIONS","path":"/Users"}`: "405",
		} {
			got := c.do(t, "POST", "/Bulk", `{"Operations":[`+operation+`]}`).want(t, 200)
			equal(t, operation, dig(got, "Operations", 0, "status"), any(want))
		}
		one := `{"method":"DELETE","path":"/Users/x"}`
		got := c.do(t, "POST", "/Bulk", `{"failOnErrors":1,"Operations":[`+one+`,`+one+`]}`).want(t, 200)
		equal(t, "ends at the first", len(got["Operations"].([]any)), 1)
		c.do(t, "POST", "/Bulk", `{"Operations":[`+strings.Repeat(one+",", 100)+one+`]}`).refusedAs(t, 413, "")
		r, err := http.NewRequestWithContext(t.Context(), "POST", c.base+"/Bulk", io.MultiReader(strings.NewReader(`{"Operations":[`), strings.NewReader(one+`]}`))) // in chunks
		succeed(t, err)
		r.Header.Set("Authorization", "Bearer "+c.token)
		equal(t, "chunked", do(t, r).status, 200)
	})
}
