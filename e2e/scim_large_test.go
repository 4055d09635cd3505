package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// memberValues is a list of members as SCIM has it.
func memberValues(ids []string) string {
	return `[{"value":"` + strings.Join(ids, `"},{"value":"`) + `"}]`
}

// everyone returns the ids of all users of an account.
func (c *scimClient) everyone(t testing.TB) (ids []string) {
	t.Helper()
	for {
		page := c.do(t, "GET", fmt.Sprintf("/Users?attributes=id&count=200&startIndex=%d", len(ids)+1), "").want(t, 200)
		for _, u := range page["Resources"].([]any) {
			ids = append(ids, dig(u, "id").(string))
		}
		if page["itemsPerPage"] == any(0.0) {
			return ids
		}
	}
}

// last returns the id of a user by number, nil if there are not so many.
func last(ids []string, number int) any {
	if number > len(ids) {
		return nil
	}
	return ids[number-1]
}

// strangers are members whom nobody knows.
func strangers(n int) string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprint("stranger-", i)
	}
	return memberValues(ids)
}

// patient sends a request that changes thousands of members until the database, which
// has five seconds for it, has the time on a busy machine.
func (c *scimClient) patient(t *testing.T, method, target, body string) (got scimAnswer) {
	t.Helper()
	for range 5 {
		if got = c.do(t, method, target, body); got.status != http.StatusServiceUnavailable {
			break
		}
	}
	return got
}

// Members come and go, one by one and all together, however many a group has.
func TestScim_large_groups(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		file := filepath.Join(t.TempDir(), "users.csv")
		rows := "Email\n"
		for i := range 5100 {
			rows += fmt.Sprintf("large-%d@example.com\n", i)
		}
		succeed(t, os.WriteFile(file, []byte(rows), 0o600))
		if got := e.tryCarillon(t, "user", "import", "--account-id", c.account, file); got.code != 0 {
			t.Fatal(got.stderr)
		}
		ids := c.everyone(t)
		equal(t, "users", len(ids), 5100)
		at := func(start int) any {
			return dig(c.do(t, "GET", fmt.Sprintf("/Users?attributes=id&count=1&startIndex=%d", start), "").want(t, 200), "Resources", 0, "id")
		}
		equal(t, "in the middle", []any{at(1), at(1000), at(1001), at(3001), at(5100)}, []any{ids[0], ids[999], ids[1000], ids[3000], ids[5099]})
		for _, i := range []int{2000, 1500} { // of which the first has a place
			c.do(t, "DELETE", "/Users/"+ids[i], "").want(t, 204)
			ids = slices.Delete(ids, i, i+1)
			equal(t, "after a deletion", []any{at(1000), at(1501), at(2001), at(3001), at(5098), at(5100)}, []any{ids[999], ids[1500], ids[2000], ids[3000], ids[5097], last(ids, 5100)})
		}
		for _, email := range []string{"large-a@example.com", "large-b@example.com"} {
			ids = append(ids, c.do(t, "POST", "/Users", oktaUser(email, "x")).want(t, 201)["id"].(string))
		}
		equal(t, "at the end", []any{at(3001), at(5100)}, []any{ids[3000], ids[5099]})
		groups := func(id string) (names []string) {
			for _, g := range c.do(t, "GET", "/Users/"+id, "").want(t, 200)["groups"].([]any) {
				names = append(names, dig(g, "display").(string))
			}
			return names
		}
		g := c.do(t, "POST", "/Groups", `{"displayName":"Large"}`).want(t, 201)["id"].(string)
		change := func(group, operations string) {
			t.Helper()
			c.patient(t, "PATCH", "/Groups/"+group, patchBody(operations)).want(t, 204)
		}
		change(g, `{"op":"Add","path":"members","value":`+memberValues(ids[:5099])+`}`)
		change(g, `{"op":"add","path":"members","value":[{"value":"`+ids[5099]+`"}]},{"op":"replace","value":{"id":"x","displayName":"Larger"}}`)
		change(g, `{"op":"remove","path":"members[value eq \"`+ids[0]+`\"]"},{"op":"Remove","path":"members","value":[{"$ref":null,"value":"`+ids[1]+`"}]}`)
		equal(t, "come and gone", [][]string{groups(ids[5099]), groups(ids[0]), groups(ids[1]), groups(ids[2])}, [][]string{{"Pro", "Larger"}, {"Pro"}, {"Pro"}, {"Pro", "Larger"}})
		change("Basic", `{"op":"add","path":"members","value":[{"value":"`+ids[0]+`"}]}`)
		equal(t, "moved", groups(ids[0]), []string{"Basic"})
		change("Pro", `{"op":"Add","path":"members","value":[{"value":"`+ids[0]+`"}]}`)
		equal(t, "moved back", groups(ids[0]), []string{"Pro"})
		for _, group := range []string{g, "Pro"} {
			equal(t, "too many to be shown", c.do(t, "GET", "/Groups/"+group, "").want(t, 200)["members"], any(nil))
			for _, op := range []string{"add", "replace"} {
				c.do(t, "PATCH", "/Groups/"+group, patchBody(`{"op":"`+op+`","path":"members","value":`+strangers(10_001)+`}`)).refusedAs(t, 400, "tooMany")
			}
		}
		c.putLargeGroup(t, g, "Larger", ids[2:])
		equal(t, "nobody lost", groups(ids[2]), []string{"Pro", "Larger"})
		carillon[any](t, e.caller, "scim-group", "map", "--account-id", c.account, "--group-id", g, "--license", "Basic")
		eventually(t, "all members have the licence", func() bool { return groups(ids[2])[0] == "Basic" && groups(ids[5099])[0] == "Basic" })
		equal(t, "no member", groups(ids[0]), []string{"Pro"})
		c.do(t, "DELETE", "/Groups/"+g, "").want(t, 204)
		eventually(t, "nobody has the licence of the group", func() bool { return groups(ids[2])[0] == "Pro" && groups(ids[5099])[0] == "Pro" })
		equal(t, "out of the group", groups(ids[2]), []string{"Pro"})
	})
}
