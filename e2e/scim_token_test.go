package e2e

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// turnedAway checks the refusal of a token.
func (c *scimClient) turnedAway(t testing.TB) {
	t.Helper()
	got := c.do(t, "GET", "/Users", "")
	got.refusedAs(t, 401, "")
	equal(t, "WWW-Authenticate", got.header.Get("WWW-Authenticate"), "Bearer")
}

// A token is good for one account: what others have is not there.
func TestScim_of_another_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		stranger := e.stranger(t)
		own, other := e.scim(t, e.enterprise(t)), e.scim(t, e.enterprise(t))
		foreign := stranger.scim(t, stranger.enterprise(t))
		id := own.do(t, "POST", "/Users", oktaUser("own@example.com", "own")).want(t, 201)["id"].(string)
		group := own.do(t, "POST", "/Groups", `{"displayName":"Own","members":[{"value":"`+id+`"}]}`).want(t, 201)["id"].(string)
		for _, c := range []*scimClient{other, foreign} {
			for target, body := range map[string]string{"/Users/" + id: oktaUser("own@example.com", "own"), "/Groups/" + group: `{"displayName":"Own"}`} {
				c.do(t, "GET", target, "").refusedAs(t, 404, "")
				c.do(t, "PUT", target, body).refusedAs(t, 404, "")
				c.do(t, "PATCH", target, patchBody(`{"op":"replace","path":"displayName","value":"x"}`)).refusedAs(t, 404, "")
				c.do(t, "DELETE", target, "").refusedAs(t, 404, "")
			}
			for _, filter := range []string{`userName eq "own@example.com"`, `id eq "` + id + `"`, `externalId eq "own"`, `active eq true`} {
				equal(t, filter, c.do(t, "GET", filterTarget("Users", filter), "").want(t, 200)["totalResults"], any(0.0))
			}
			equal(t, "groups", c.do(t, "GET", "/Groups", "").want(t, 200)["totalResults"], any(2.0))
			c.do(t, "PATCH", "/Groups/Basic", patchBody(`{"op":"add","path":"members","value":[{"value":"`+id+`"}]}`)).refusedAs(t, 400, "invalidValue")
			c.do(t, "POST", "/Groups", `{"displayName":"Theirs","members":[{"value":"`+id+`"}]}`).refusedAs(t, 400, "invalidValue")
		}
		got := own.do(t, "GET", "/Users/"+id, "").want(t, 200)
		equal(t, "as it was", []any{got["displayName"], dig(got, "groups", 0, "value"), dig(got, "groups", 1, "display")}, []any{"Jane Doe", "Pro", "Own"})
	})
}

func TestScim_deleted_token(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		account := e.team(t)
		made := carillon[scimToken](t, e.caller, "scim-token", "create", "--account-id", account, "--name", "Old").ScimToken
		old, fresh := &scimClient{e.endpoint + "/scim/v2", made.Token, account}, e.scim(t, account)
		old.do(t, "GET", "/Users", "").want(t, 200)
		wrong := *old
		wrong.token = made.Token[:len(made.Token)-4] + "AAAA"
		wrong.turnedAway(t)
		e.tryCarillon(t, "scim-token", "delete", "--account-id", account, "--token-id", made.TokenId).succeeded(t)
		old.turnedAway(t)
		id := fresh.do(t, "POST", "/Users", oktaUser("a@example.com", "a")).want(t, 201)["id"].(string)
		fresh.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"replace","value":{"active":false}}`)).want(t, 200)
		succeed(t, e.deleteAccount(t, account))
		for _, target := range []string{"/Users", "/Users/" + id, "/Groups", "/Groups/Pro"} {
			if got := fresh.do(t, "GET", target, "").status; got != 404 && got != 401 {
				t.Errorf("%s of an account that is deleted: %d", target, got)
			}
		}
		eventually(t, "the token is erased", func() bool { return fresh.do(t, "GET", "/Users", "").status == 401 })
	})
}

func TestScim_expired_token(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		account := e.enterprise(t)
		made := carillon[scimToken](t, e.caller, "scim-token", "create", "--account-id", account, "--name", "Short", "--expires", "1d").ScimToken
		c, endless := &scimClient{e.endpoint + "/scim/v2", made.Token, account}, e.scim(t, account)
		c.do(t, "GET", "/Users", "").want(t, 200)
		e.advance(t, "23h")
		c.do(t, "GET", "/Users", "").want(t, 200)
		e.advance(t, "2h")
		c.turnedAway(t)
		endless.do(t, "GET", "/Users", "").want(t, 200)
	}, "--test-clock")
}

// No token, address, name or value of a filter reaches the log, whatever becomes of
// the request.
func TestScim_log(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		account := e.enterprise(t)
		c := e.scim(t, account)
		id := c.do(t, "POST", "/Users", oktaUser("zqzq@zqzq.example", "zqzq-1")).want(t, 201)["id"].(string)
		c.do(t, "POST", "/Users", oktaUser("zqzq@zqzq.example", "zqzq-1")).refusedAs(t, 409, "uniqueness")
		c.do(t, "POST", "/Users", `{"userName":"zqzq"}`).refusedAs(t, 400, "invalidValue")
		c.do(t, "POST", "/Users", `{"zqzq`).refusedAs(t, 400, "invalidSyntax")
		c.do(t, "GET", filterTarget("Users", `userName eq "zqzq@zqzq.example"`), "").want(t, 200)
		c.do(t, "GET", filterTarget("Users", `zqzq eq "zqzq"`), "").refusedAs(t, 400, "invalidFilter")
		c.do(t, "GET", "/Users/zqzq@zqzq.example", "").refusedAs(t, 404, "")
		c.do(t, "GET", "/zqzq", "").refusedAs(t, 404, "")
		c.do(t, "POST", "/Users/.search", `{"filter":"displayName co \"zqzq\""}`).want(t, 200)
		c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"replace","path":"displayName","value":"Zqzq"}`)).want(t, 200)
		c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"replace","path":"emails[zqzq eq \"x\"].value","value":"zqzq"}`)).want(t, 400)
		c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"replace","path":"active","value":"zqzq"}`)).want(t, 400)
		g := c.do(t, "POST", "/Groups", `{"displayName":"Zqzq","externalId":"zqzq"}`).want(t, 201)["id"].(string)
		c.do(t, "PATCH", "/Groups/"+g, patchBody(`{"op":"add","path":"members","value":[{"value":"zqzq"}]}`)).refusedAs(t, 400, "invalidValue")
		c.do(t, "POST", "/Bulk", `{"Operations":[{"method":"POST","path":"/Users","bulkId":"zqzq","data":`+oktaUser("zqzq", "zqzq")+`}]}`).want(t, 200)
		stranger := *c
		stranger.token = "scim-zqzq"
		stranger.do(t, "GET", filterTarget("Users", `userName eq "zqzq"`), "").refusedAs(t, 401, "")
		succeed(t, e.server.stop())
		log := strings.ToLower(readFile(e.server.log()))
		secret := strings.ToLower(c.token[len(c.token)-20:]) // all of it is random
		for what, word := range map[string]string{"a name, address, id or filter": "zqzq", "a token": secret, "a password": "x1\""} {
			if i := strings.Index(log, word); i >= 0 {
				t.Errorf("the log has %s: %s", what, log[max(0, i-200):min(len(log), i+200)])
			}
		}
		if !strings.Contains(log, "createscimuser") {
			t.Error("the log does not name the operation")
		}
	}, "--log-level", "debug")
}

// R18: users of the API are found and taken over, which the audit tells; a POST is
// refused.
func TestScim_takes_over(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		o := e.office(t)
		c := o.admin.scim(t, o.id)
		for _, change := range []string{"PUT", "PATCH"} {
			email := strings.ToLower(change) + "@example.com"
			id := *o.admin.user(t, o.id, email).UserId
			c.do(t, "POST", "/Users", oktaUser(email, change)).refusedAs(t, 409, "uniqueness")
			found := c.do(t, "GET", filterTarget("Users", `userName eq "`+strings.ToUpper(email)+`"`), "").want(t, 200)
			equal(t, "found", []any{found["totalResults"], dig(found, "Resources", 0, "id"), dig(found, "Resources", 0, "active")}, []any{1.0, id, true})
			rename := map[string]string{"PUT": oktaUser("other@example.com", change), "PATCH": patchBody(`{"op":"replace","path":"userName","value":"other@example.com"}`)}
			c.do(t, change, "/Users/"+id, rename[change]).refusedAs(t, 400, "mutability")
			body := map[string]string{"PUT": oktaUser(email, change), "PATCH": patchBody(`{"op":"replace","value":{"externalId":"PATCH"}}`)}
			equal(t, "taken over", c.do(t, change, "/Users/"+id, body[change]).want(t, 200)["externalId"], any(change))
			c.do(t, change, "/Users/"+id, body[change]).want(t, 200)
			events := o.recordedAll(t, 4, "ResourceName", id)
			over := func(i int) any {
				r := events[i].record(t)
				equal(t, "who", r.UserIdentity.Type, "ScimToken")
				return r.ResponseElements["takenOver"]
			}
			equal(t, "takenOver", []any{over(0), over(1)}, []any{false, true})
			equal(t, "refused", events[2].record(t).ErrorCode != "", true)
		}
	})
}

// What is deleted by the API SCIM does not see.
func TestScim_after_the_API(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.team(t))
		own := *e.user(t, c.account, "own@example.com").UserId
		pushed := c.do(t, "POST", "/Users", oktaUser("pushed@example.com", "p")).want(t, 201)["id"].(string)
		g := c.do(t, "POST", "/Groups", `{"displayName":"G","members":[{"value":"`+own+`"},{"value":"`+pushed+`"}]}`).want(t, 201)["id"].(string)
		e.suspend(t, c.account, own, pushed)
		c.do(t, "GET", "/Users/"+own, "").refusedAs(t, 404, "")
		equal(t, "by name", c.do(t, "GET", filterTarget("Users", `userName eq "own@example.com"`), "").want(t, 200)["totalResults"], any(0.0))
		equal(t, "pushed", c.do(t, "GET", "/Users/"+pushed, "").want(t, 200)["active"], any(false))
		equal(t, "all", c.do(t, "GET", "/Users", "").want(t, 200)["totalResults"], any(1.0))
		members, _ := c.do(t, "GET", "/Groups/"+g, "").want(t, 200)["members"].([]any)
		for _, m := range members {
			if dig(m, "value") == any(own) {
				t.Error("a user who is gone is a member")
			}
		}
		back := c.do(t, "POST", "/Users", oktaUser("Pushed@example.com", "p")).want(t, 200)
		equal(t, "back", []any{back["id"], back["active"]}, []any{pushed, true})
		equal(t, "for the API", *e.find(t, c.account, "pushed@example.com").UserId, pushed)
	})
}

// An inactive user of a Team account is not in it, but SCIM still sees and changes them.
func TestScim_inactive_in_team(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.team(t))
		id := c.do(t, "POST", "/Users", oktaUser("a@example.com", "a")).want(t, 201)["id"].(string)
		c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"Replace","path":"active","value":"False"}`), "Prefer", "return=minimal").want(t, 204)
		out, err := e.ListUsers(t.Context(), &chime.ListUsersInput{AccountId: &c.account})
		succeed(t, err)
		equal(t, "in the account", len(out.Users), 0)
		for _, filter := range []string{`userName eq "a@example.com"`, `active eq false`, `externalId eq "a"`, `id eq "` + id + `"`} {
			found := c.do(t, "GET", filterTarget("Users", filter), "").want(t, 200)
			equal(t, filter, []any{found["totalResults"], dig(found, "Resources", 0, "active"), dig(found, "Resources", 0, "id")}, []any{1.0, false, id})
		}
		equal(t, "title", c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"add","path":"title","value":"Dr"}`)).want(t, 200)["title"], any("Dr"))
		back := c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"replace","value":{"active":true}}`)).want(t, 200)
		equal(t, "back", []any{back["id"], back["active"], back["title"]}, []any{id, true, "Dr"})
		c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"replace","value":{"active":false}}`)).want(t, 200)
		e.user(t, c.account, "a@example.com") // by the API, meanwhile
		c.do(t, "POST", "/Users", oktaUser("a@example.com", "a")).refusedAs(t, 409, "uniqueness")
		equal(t, "one only", c.do(t, "GET", filterTarget("Users", `userName eq "a@example.com"`), "").want(t, 200)["totalResults"], any(1.0))
	})
}

// R15 and contract: pages of a filter, and what a PUT clears.
func TestScim_pages_and_PUT(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		var ids []string
		for i := range 12 {
			ids = append(ids, c.do(t, "POST", "/Users", oktaUser(ofLength(i+1, "u")+"@example.com", "x")).want(t, 201)["id"].(string))
		}
		const all = `active eq true and (meta.lastModified ge "0001-01-03T00:00:00.0000000Z" and meta.lastModified le "2999-01-01T00:00:00.0000000Z")`
		var seen []string
		for _, start := range []string{"1", "6", "11"} {
			target := strings.Replace(filterTarget("Users", all), "startIndex=1&count=100", "startIndex="+start+"&count=5", 1)
			page := c.do(t, "GET", target, "").want(t, 200)
			equal(t, "totalResults", page["totalResults"], any(12.0))
			for _, u := range page["Resources"].([]any) {
				seen = append(seen, dig(u, "id").(string))
			}
		}
		equal(t, "pages", seen, ids)
		_, err := e.UpdateUser(t.Context(), &chime.UpdateUserInput{AccountId: &c.account, UserId: aws.String(ids[0]), LicenseType: types.LicenseBasic})
		succeed(t, err)
		c.do(t, "PUT", "/Users/"+ids[0], strings.Replace(oktaUser("u@example.com", "x"), `"active":true`, `"active":false,"userType":"SharedDevice","title":"Dr"`, 1)).want(t, 200)
		got := c.do(t, "PUT", "/Users/"+ids[0], `{"userName":"u@example.com"}`).want(t, 200)
		equal(t, "cleared", []any{got["externalId"], got["title"], got["locale"], got["displayName"]}, []any{nil, nil, nil, "U"})
		equal(t, "kept", []any{got["active"], got["userType"], dig(got, "groups", 0, "value")}, []any{true, "SharedDevice", "Basic"})
	})
}
