package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// modified returns meta.lastModified of a user.
func (c *scimClient) modified(t testing.TB, id string) string {
	t.Helper()
	return dig(c.do(t, "GET", "/Users/"+id, "").want(t, 200), "meta", "lastModified").(string)
}

// Whoever changes a user, and by whatever rule, identity providers see that there is
// something new; reading is no change.
func TestScim_lastModified(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.enterprise(t))
		id := *e.user(t, c.account, "a@example.com").UserId
		g := c.do(t, "POST", "/Groups", `{"displayName":"G","members":[{"value":"`+id+`"}]}`).want(t, 201)["id"].(string)
		number := e.own(t, types.PhoneNumberProductTypeBusinessCalling, 1)[0]
		api := func(method, target, body string) func() {
			return func() {
				t.Helper()
				if got := e.send(t, method, target, body); got.status != http.StatusOK {
					t.Errorf("%s %s: %d %s", method, target, got.status, got.body)
				}
			}
		}
		scim := func(method, target, body string, status int) func() {
			return func() { t.Helper(); c.do(t, method, target, body).want(t, status) }
		}
		users := "/accounts/" + c.account + "/users"
		before := c.modified(t, id)
		for _, change := range []struct {
			what string
			do   func()
		}{
			{"UpdateUser", api("POST", users+"/"+id, `{"LicenseType":"Basic"}`)},
			{"BatchUpdateUser", api("POST", users, `{"UpdateUserRequestItems":[{"UserId":"`+id+`","LicenseType":"Pro"}]}`)},
			{"BatchSuspendUser", func() { e.suspend(t, c.account, id) }},
			{"BatchUnsuspendUser", api("POST", users+"?operation=unsuspend", `{"UserIdList":["`+id+`"]}`)},
			{"RenameUser", api("POST", "/carillon/v1"+users+"/"+id+"?operation=rename", `{"DisplayName":"New Name"}`)},
			{"ResetPersonalPIN", api("POST", users+"/"+id+"?operation=reset-personal-pin", "")},
			{"a phone number", func() { succeed(t, e.assign(t, c.account, &id, number)) }},
			{"the group of a licence", scim("PATCH", "/Groups/Basic", patchBody(`{"op":"add","path":"members","value":[{"value":"`+id+`"}]}`), 204)},
			{"a mapped group", func() {
				carillon[any](t, e.caller, "scim-group", "map", "--account-id", c.account, "--group-id", g, "--license", "Pro")
			}},
			{"SCIM", scim("PATCH", "/Users/"+id, patchBody(`{"op":"add","path":"title","value":"Dr"}`), 200)},
		} {
			time.Sleep(2 * time.Millisecond) // times have no smaller parts
			change.do()
			after := c.modified(t, id)
			if after <= before {
				t.Errorf("%s: lastModified is %s, before it was %s", change.what, after, before)
			}
			since := filterTarget("Users", `meta.lastModified gt "`+before+`" and userName eq "a@example.com"`)
			equal(t, change.what+": found by it", c.do(t, "GET", since, "").want(t, 200)["totalResults"], any(1.0))
			equal(t, "in the list", dig(c.do(t, "GET", filterTarget("Users", `active pr`), "").want(t, 200), "Resources", 0, "meta", "lastModified"), any(after))
			before = after
		}
	})
}

// Who is invited by the API, accepts, is invited again or leaves has changed as well.
func TestScim_lastModified_of_invitations(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.scim(t, e.team(t))
		id := *e.invitee(t, c.account, "a@example.com").UserId
		before := c.modified(t, id)
		moves := func(what string, change func()) {
			t.Helper()
			time.Sleep(2 * time.Millisecond)
			change()
			after := c.modified(t, id)
			if after <= before {
				t.Errorf("%s: lastModified is %s, before it was %s", what, after, before)
			}
			before = after
		}
		moves("taken over", func() {
			c.do(t, "PATCH", "/Users/"+id, patchBody(`{"op":"add","path":"title","value":"Dr"}`)).want(t, 200)
		})
		moves("invited again", func() {
			_, err := e.InviteUsers(t.Context(), &chime.InviteUsersInput{AccountId: &c.account, UserEmailList: []string{"a@example.com"}})
			succeed(t, err)
		})
		moves("removed", func() { e.suspend(t, c.account, id) })
		moves("invited after that", func() { equal(t, "id", *e.invitee(t, c.account, "a@example.com").UserId, id) })
	})
}
