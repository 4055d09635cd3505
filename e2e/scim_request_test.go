package e2e

import (
	"strings"
	"testing"
)

// scimRequestLine is what carillon scim-request list shows.
type scimRequestLine struct {
	RequestId, RequestedOn, Method, Path, ScimType, Detail, TokenName string
	Status, DurationMilliseconds                                      int
}

func (c *caller) scimRequests(t testing.TB, accountID string) []scimRequestLine {
	t.Helper()
	args := []string{"scim-request", "list", "--account-id", accountID}
	return carillon[struct{ ScimRequests []scimRequestLine }](t, c, args...).ScimRequests
}

// What identity providers ask for can be read, without anything that it held.
func TestScim_requests(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		account, other := e.enterprise(t), e.enterprise(t)
		c := e.scim(t, account)
		id := c.do(t, "POST", "/Users", oktaUser("secret@example.com", "hidden")).want(t, 201)["id"].(string)
		c.do(t, "POST", "/Users", oktaUser("secret@example.com", "hidden")).refusedAs(t, 409, "uniqueness")
		c.do(t, "GET", filterTarget("Users", `userName eq "secret@example.com"`), "").want(t, 200)
		c.do(t, "GET", "/Users/"+id, "").want(t, 200)
		c.do(t, "GET", "/Users/secret@example.com", "").refusedAs(t, 404, "")
		var list []scimRequestLine
		eventually(t, "list of five requests", func() bool {
			list = e.scimRequests(t, account)
			return len(list) == 5
		})
		var got []string
		for _, q := range list {
			got = append(got, q.Method+" "+q.Path+" "+q.ScimType)
			if strings.Contains(q.Path+q.Detail, "secret") || strings.Contains(q.Path+q.Detail, "hidden") || q.RequestId == "" || q.RequestedOn == "" {
				t.Errorf("it shows %+v", q)
			}
		}
		equal(t, "requests", got, []string{"GET /Users/… ", "GET /Users/" + id + " ", "GET /Users?count=100&filter=…&startIndex=1 ", "POST /Users uniqueness", "POST /Users "})
		equal(t, "statuses", []int{list[0].Status, list[2].Status, list[3].Status, list[4].Status}, []int{404, 200, 409, 201})
		equal(t, "of another account", len(e.scimRequests(t, other)), 0)
		e.stranger(t).tryCarillon(t, "scim-request", "list", "--account-id", account).failed(t, 1, "NotFound")
	})
}
