package e2e

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
	"time"
)

// OneLogin PATCHes groups without naming itself, and at the end deletes a user or
// suspends them, as its administrator wants it.
func TestScim_onelogin(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		equal(t, "none", c.do(t, "GET", `/Users?filter=userName%20eq%20%22one@example.com%22`, "").want(t, 200)["totalResults"], any(0.0))
		id := c.do(t, "POST", "/Users", oktaUser("one@example.com", "1")).want(t, 201)["id"].(string)
		g := c.do(t, "POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"One"}`).want(t, 201)["id"].(string)
		groups := func() any { return dig(c.do(t, "GET", "/Users/"+id, "").want(t, 200), "groups", 1, "display") }
		c.do(t, "PATCH", "/Groups/"+g, patchBody(`{"op":"add","path":"members","value":[{"value":"`+id+`"}]}`)).want(t, 204)
		equal(t, "member", groups(), any("One"))
		c.do(t, "PATCH", "/Groups/"+g, patchBody(`{"op":"remove","path":"members","value":[{"value":"`+id+`"}]}`)).want(t, 204)
		equal(t, "no member", groups(), any(nil))
		c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"replace","value":{"active":false}}`)).want(t, 200)
		c.do(t, "DELETE", "/Users/"+id, "").want(t, 204)
		c.do(t, "DELETE", "/Groups/"+g, "").want(t, 204)
	})
}

// authentik looks for whom it cannot create, adopts and PUTs them, and creates those
// again whose PUT is answered with 404.
func TestScim_authentik(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		for _, target := range []string{"/ServiceProviderConfig", "/Users?filter=userName+eq+%22x%22"} {
			c.do(t, "GET", target, "").want(t, 200)
		}
		own := *e.user(t, c.account, "akadmin@example.com").UserId
		body := strings.Replace(oktaUser("akadmin@example.com", "ak-1"), `"groups":[]`, `"photos":[{"value":"https://example.com/a.png"}],"groups":[]`, 1)
		c.do(t, "POST", "/Users", body).refusedAs(t, 409, "uniqueness")
		found := c.do(t, "GET", "/Users?filter=userName+eq+%22akadmin@example.com%22", "").want(t, 200)
		equal(t, "found", dig(found, "Resources", 0, "id"), any(own))
		adopted := c.do(t, "PUT", "/Users/"+own, body).want(t, 200)
		equal(t, "adopted", []any{adopted["externalId"], dig(adopted, "photos", 0, "value")}, []any{"ak-1", "https://example.com/a.png"})
		c.do(t, "DELETE", "/Users/"+own, "").want(t, 204)
		c.do(t, "PUT", "/Users/"+own, body).refusedAs(t, 404, "")
		again := c.do(t, "POST", "/Users", body).want(t, 201)["id"].(string)
		g := c.do(t, "POST", "/Groups", `{"displayName":"ak","externalId":"g","members":[{"value":"`+again+`"}]}`).want(t, 201)["id"].(string)
		got := c.do(t, "PUT", "/Groups/"+g, `{"displayName":"ak","externalId":"g"}`).want(t, 200)
		equal(t, "PUT without members", got["members"], any(nil))
	})
}

// O4, O6, O13: Okta imports, sends back whole resources, and renames some users by way
// of another one with the same externalId.
func TestScim_okta_habits(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		for _, name := range []string{"a", "b", "c"} {
			c.do(t, "POST", "/Users", oktaUser(name+"@example.com", "00u"+name)).want(t, 201)
		}
		page := c.do(t, "GET", "/Users?startIndex=1&count=100", "").want(t, 200)
		equal(t, "import", []any{page["totalResults"], page["itemsPerPage"], page["startIndex"]}, []any{3.0, 3.0, 1.0})
		equal(t, "the end", len(c.do(t, "GET", "/Users?startIndex=101&count=100", "").want(t, 200)["Resources"].([]any)), 0)
		id := dig(page, "Resources", 0, "id").(string)
		whole := strings.Replace(oktaUser("a@example.com", "00ua"), `"type":"work"`, `"type":"work","display":"a@example.com"`, 1)
		whole = strings.Replace(whole, `"givenName":"Jane"`, `"givenName":"Janet","middleName":""`, 1)
		whole = strings.Replace(whole, `"groups":[]`, `"id":"`+id+`","meta":{"resourceType":"User"},"groups":[]`, 1)
		got := c.do(t, "PUT", "/Users/"+id, whole).want(t, 200)
		equal(t, "O6", []any{got["id"], dig(got, "name", "givenName"), dig(got, "name", "middleName"), dig(got, "emails", 0, "display")}, []any{id, "Janet", nil, "a@example.com"})
		c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"replace","value":{"active":false}}`)).want(t, 200)
		c.do(t, "POST", "/Users", oktaUser("married@example.com", "00ua")).want(t, 201)
		equal(t, "O13", c.do(t, "GET", filterTarget("Users", `externalId eq "00ua"`), "").want(t, 200)["totalResults"], any(2.0))
		g := c.do(t, "POST", "/Groups", `{"displayName":"Empty"}`).want(t, 201)["id"].(string)
		c.do(t, "PATCH", "/Groups/"+g, patchBody(`{"op":"replace","path":"members","value":[]}`)).want(t, 204)
	})
}

// E8, E11, E16, E17 and R12: what Entra ID sends beside the usual.
func TestScim_entra_habits(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		id := c.do(t, "POST", "/Users", oktaUser("a@example.com", "a")).want(t, 201)["id"].(string)
		role := `{"op":"Add","path":"roles","value":[{"value":"{\"id\":\"1\",\"value\":\"Admin\",\"displayName\":\"Admin\"}","primary":"True"}]}`
		for range 3 {
			got := c.do(t, "PATCH", "/Users/"+id, patchBody(role+`,{"op":"Replace","path":"title","value":"Dr"}`)).want(t, 200)
			equal(t, "E8, E17", []any{len(got["roles"].([]any)), dig(got, "roles", 0, "primary"), got["title"]}, []any{1, true, "Dr"})
		}
		same := c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"replace","value":{"id":"x","groups":[{"value":"Basic"}],"meta":{"version":"1"}}}`)).want(t, 200)
		equal(t, "R12", []any{same["id"], dig(same, "groups", 0, "value")}, []any{id, "Pro"})
		g := c.do(t, "POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
			"externalId":"g","displayName":"G","members":[{"value":"`+id+`"}],"meta":{"resourceType":"Group"}}`).want(t, 201)["id"].(string)
		if _, shown := c.do(t, "GET", "/Groups/"+g+"?excludedAttributes=members", "").want(t, 200)["members"]; shown {
			t.Error("E11: members that were excluded are shown")
		}
		found := c.do(t, "GET", filterTarget("Groups", `displayName eq "g"`)+"&excludedAttributes=members", "").want(t, 200)
		equal(t, "E11, R7", []any{found["totalResults"], dig(found, "Resources", 0, "id"), dig(found, "Resources", 0, "members")}, []any{1.0, g, nil})
		c.do(t, "PATCH", "/Groups/"+g, patchBody(`{"op":"Replace","path":"displayName","value":"G"}`)).want(t, 204)
		equal(t, "externalId is exact", c.do(t, "GET", filterTarget("Groups", `externalId eq "G"`), "").want(t, 200)["totalResults"], any(0.0))
		schemas := c.do(t, "GET", "/Schemas", "")
		for _, s := range schemas.want(t, 200)["Resources"].([]any) {
			equal(t, "E16", dig(s, "meta", "resourceType"), any("Schema"))
		}
		if strings.Contains(schemas.body, "null") {
			t.Error("E16: Schemas has nulls")
		}
	})
}

// T1–T6, T8, R3, R5, R9, R16: requests and answers as such.
func TestScim_transport(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		if strings.Contains(strings.TrimPrefix(c.base, e.endpoint), "_") {
			t.Error("T1: the path of the base URL has an underscore")
		}
		made := c.do(t, "POST", "/Users?aadOptscim062020", oktaUser("a@example.com", "a"), "Content-Type", "application/json", "Accept", "*/*")
		u := made.want(t, 201)
		for _, part := range []string{"resourceType", "created", "lastModified", "location", "version"} {
			if dig(u, "meta", part) == nil {
				t.Errorf("R3: meta has no %s", part)
			}
		}
		equal(t, "R3", made.header.Get("ETag"), dig(u, "meta", "version").(string))
		target := "/Users/" + u["id"].(string)
		for _, flag := range []string{"?aadOptscim062020", "?AzureAdScimPatch2017", "?x_y=z"} {
			c.do(t, "GET", target+flag, "", "Accept", "application/scim+json; charset=utf-8").want(t, 200)
			c.do(t, "PATCH", target+flag, patchBody(`{"op":"replace","path":"title","value":"x"}`), "User-Agent", "Okta SCIM Client 1.0.0").want(t, 200)
			c.do(t, "GET", "/Groups"+flag, "").want(t, 200)
			c.do(t, "GET", "/Schemas"+flag, "").want(t, 200)
		}
		for _, authorization := range []string{"", "non-token", c.token, "Basic " + c.token, "Bearer"} {
			c.do(t, "GET", "/Users", "", "Authorization", authorization).refusedAs(t, 401, "")
		}
		c.do(t, "PATCH", target, patchBody(`{"op":"replace","path":"title","value":"y"}`), "Prefer", "return=minimal").want(t, 204)
		one := c.do(t, "GET", target+"?attributes=userName", "").want(t, 200)
		equal(t, "R9", len(one), 3)
		_, shown := c.do(t, "GET", target+"?excludedAttributes=emails", "").want(t, 200)["emails"]
		equal(t, "R9: emails are shown", shown, false)
		c.do(t, "POST", "/Users", `{"userName":"`+ofLength(2<<20, "x")+`"}`).refusedAs(t, 413, "")
		begun := time.Now()
		c.do(t, "GET", "/Groups", "").want(t, 200)
		if took := time.Since(begun); took > 600*time.Millisecond {
			t.Errorf("T6: the groups took %s", took)
		}
	})
}

// T7: TLS 1.2 with a suite that Entra ID asks for.
func TestScim_tls(t *testing.T) {
	t.Parallel()
	startsServers(t)
	cert, key, client := certificateFiles(t)
	e := ownServer(t)
	address := freeAddress(t)
	token := e.scim(t, e.enterprise(t)).token
	succeed(t, e.server.stop())
	s := &server{dir: e.server.dir, flags: []string{"--listen", address, "--tls-cert", cert, "--tls-key", key}}
	succeed(t, s.spawn())
	s.cleanup(t)
	config := client.Transport.(*http.Transport).TLSClientConfig
	config.MaxVersion, config.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
	r, err := http.NewRequestWithContext(t.Context(), "GET", "https://"+address+"/scim/v2/Users", nil)
	succeed(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	var got answer
	eventually(t, "the server answers", func() bool {
		res, err := client.Do(r)
		if err != nil {
			return false
		}
		defer res.Body.Close()
		got.status = res.StatusCode
		equal(t, "TLS", res.TLS.Version, uint16(tls.VersionTLS12))
		return true
	})
	equal(t, "status", got.status, 200)
}

// R5: who asks too often is told when to come back.
func TestScim_throttled(t *testing.T) {
	t.Parallel()
	e := ownServer(t, "--throttle-rps", "0.01", "--throttle-burst", "1")
	c := e.scim(t, e.enterprise(t))
	c.do(t, "GET", "/Users", "").want(t, 200)
	got := c.do(t, "GET", "/Users", "")
	got.refusedAs(t, 429, "")
	if got.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

// R17: nobody administers by being a user, so that an identity provider that takes
// everybody away locks nobody out.
func TestScim_locks_nobody_out(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		own := *e.user(t, c.account, "owner@example.com").UserId
		pushed := c.do(t, "POST", "/Users", oktaUser("a@example.com", "a")).want(t, 201)["id"].(string)
		c.do(t, "PATCH", "/Users/"+own, patchBody(`{"op":"replace","value":{"active":false}}`)).want(t, 200)
		c.do(t, "DELETE", "/Users/"+pushed, "").want(t, 204)
		c.do(t, "DELETE", "/Users/"+own, "").want(t, 204)
		e.user(t, c.account, "owner@example.com")
		equal(t, "users", c.do(t, "GET", "/Users", "").want(t, 200)["totalResults"], any(1.0))
	})
}
