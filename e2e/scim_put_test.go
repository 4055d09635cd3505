package e2e

import (
	"slices"
	"testing"
)

// putLargeGroup has a client PUT a group that shows no members: as it was shown, and
// with all that the client knows of.
func (c *scimClient) putLargeGroup(t *testing.T, group, name string, ids []string) {
	t.Helper()
	members := func(want string) any {
		return c.do(t, "GET", filterTarget("Groups", `id eq "`+group+`" and members eq "`+want+`"`)+"&excludedAttributes=members", "").want(t, 200)["totalResults"]
	}
	shown := c.do(t, "GET", "/Groups/"+group, "")
	shown.want(t, 200)
	c.do(t, "PUT", "/Groups/"+group, shown.body).want(t, 200)
	equal(t, "nobody is removed by what was not shown", []any{members(ids[0]), members(ids[len(ids)-1])}, []any{1.0, 1.0})
	all := memberValues(slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == ids[3] }))
	c.do(t, "PUT", "/Groups/"+group, `{"displayName":"`+name+`","members":`+all+`}`).want(t, 200)
	equal(t, "one is removed", []any{members(ids[2]), members(ids[3]), members(ids[4])}, []any{1.0, 0.0, 1.0})
	c.do(t, "PATCH", "/Groups/"+group, patchBody(`{"op":"replace","path":"members","value":`+memberValues(ids)+`}`)).want(t, 204)
	equal(t, "and comes back", members(ids[3]), any(1.0))
	put := func(list string) scimAnswer {
		t.Helper()
		return c.patient(t, "PUT", "/Groups/"+group, `{"displayName":"`+name+`","members":`+list+`}`)
	}
	put(strangers(10_001)).refusedAs(t, 400, "tooMany")
	equal(t, "nobody else", []any{members(ids[3]), members(ids[4])}, []any{1.0, 1.0})
	put(`[]`).want(t, 200)
	equal(t, "all are removed", []any{members(ids[3]), members(ids[len(ids)-1])}, []any{0.0, 0.0})
	put(memberValues(ids)).want(t, 200)
	equal(t, "all are back", []any{members(ids[3]), members(ids[len(ids)-1])}, []any{1.0, 1.0})
}
