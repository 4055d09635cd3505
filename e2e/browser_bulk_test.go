package e2e

import "testing"

func TestBrowser_bulk_suspend(t *testing.T) {
	forEachBrowsing(t, func(t *testing.T, e *env, b *tab) {
		c := e.tenant(t)
		account := c.enterprise(t)
		c.users(t, account, 3)
		b.signIn(c.keys)
		b.open("/ui/accounts/" + account + "?q=user-&sort=Email")
		b.press("Suspend")
		b.sees("No user was chosen")
		b.check("Select user-0@example.com")
		b.check("Select user-2@example.com")
		b.press("Suspend")
		b.sees("This meets 2 users.", "user-0@example.com", "user-2@example.com")
		b.lacks("user-1@example.com")
		b.press("Suspend: 2 users")
		b.awaits("Done: 2 of 2 users, 0 refused.")
		b.follow("Back to the list")
		b.choose("Status", "Suspended")
		b.press("Search")
		b.sees("2 users", "user-0@example.com", "user-2@example.com")
		b.lacks("user-1@example.com")
		equal(t, "searched for", b.value("Search users"), "user-") // also after the action
	})
}

func TestBrowser_bulk_with_refusals(t *testing.T) {
	forEachBrowsing(t, func(t *testing.T, e *env, b *tab) {
		c := e.tenant(t)
		account := c.team(t)
		c.users(t, account, 2)
		device := c.device(t, account, "device@example.com")
		b.signIn(c.keys)
		b.open("/ui/accounts/" + account)
		b.check("Select all 3 matching")
		b.press("Reset PIN")
		b.sees("This meets 3 users: all that match.")
		b.press("Reset PIN: 3 users")
		b.awaits("Done: 3 of 3 users, 1 refused.")
		b.sees(*device.UserId, "BadRequest", "no personal PIN")
	})
}
