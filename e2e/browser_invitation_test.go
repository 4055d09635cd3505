package e2e

import "testing"

func TestBrowser_invitation(t *testing.T) {
	forEachBrowsing(t, func(t *testing.T, e *env, b *tab) {
		c := e.tenant(t)
		account := "/ui/accounts/" + c.team(t)
		guest := uniqueDomain() + "@example.com"
		b.signIn(c.keys)
		b.open(account)
		b.fill("E-mail addresses", guest+"; nobody")
		b.press("Invite")
		b.sees(guest+": pending, mail sent", "nobody: ")
		b.follow("Invitations")
		b.sees(guest, "Pending")

		letter := consoleServer.post.letterTo(t, guest)
		g := b.another()
		g.open(letter.link(t))
		g.sees(guest)
		g.fill("Your name", "Greta Guest")
		g.press("Accept")
		g.sees("Welcome")
		g.openAs(letter.link(t), 410)

		b.choose("Status", "Accepted")
		b.press("Filter")
		b.sees(guest)
		b.follow("Users")
		b.sees("Greta Guest", "Registered")
		b.follow(guest)
		b.title(guest)
	})
}

// letterTo waits for the mail to an address.
func (p *postOffice) letterTo(t testing.TB, address string) (found letter) {
	t.Helper()
	eventually(t, "mail to the guest", func() bool {
		for _, l := range p.letters() {
			if l.to == address {
				found = l
			}
		}
		return found.to != ""
	})
	return found
}
