package console_test

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
)

var (
	inviteLinks     = regexp.MustCompile(`href="(/ui/accounts/[^/"]+/invitations/[^/"]+)"`)
	invitationLinks = regexp.MustCompile(`readonly value="([^"]+)"`)
)

// invited is a Team account with an invitation: the tab, and the page of its link.
func (b *browser) invited(email string) (list, one string) {
	b.Helper()
	account := "/ui/accounts/" + b.account("Team")
	b.post(account+"/invite", "UserEmailList", email)
	list = account + "/invitations"
	m := inviteLinks.FindStringSubmatch(b.get(list).text)
	if m == nil {
		b.Fatal("no invitation")
	}
	return list, m[1]
}

// link returns the link that a page shows.
func (b *browser) link(p seen) string {
	b.Helper()
	m := invitationLinks.FindStringSubmatch(p.text)
	if m == nil {
		b.Fatalf("no link: %s", p.text)
	}
	return html.UnescapeString(m[1])
}

func TestInvitations(t *testing.T) {
	b := signedIn(t)
	list, one := b.invited("ann@example.com")
	p := b.get(list)
	b.want("list", p, 200, "Example")
	b.shows("list", p, "ann@example.com", ">Pending<", ">not sent<", "carillon invitation list --account-id", "carillon invitation resend", `href="`+list+`" aria-current="page"`)
	b.shows("filtered", b.get(list+"?status=Failed"), "There are no such invitations", "--status Failed", `value="Failed" selected`)
	b.want("a bad state", b.get(list+"?status=Odd"), 400, "That does not work")
	p = b.get(one)
	b.want("link", p, 200, "Link of an invitation")
	before := b.link(p)
	p = b.post(one+"/resend", "from", list+"?status=Pending")
	b.want("resent", p, 200, "Link of an invitation")
	b.shows("resent", p, "There is a new link", "this server has no mail server", "carillon invitation url")
	if after := b.link(p); after == before {
		t.Errorf("the link is the same: %s", after)
	}
	p = b.post(one+"/withdraw", "from", list+"?status=Pending")
	b.shows("withdrawn", p, "The invitation was withdrawn", "There are no such invitations", `value="Pending" selected`)
	b.shows("again", b.post(one+"/withdraw"), `role="alert"`)
	b.want("no link", b.get(one), 404, "Not found")
	b.want("no action", b.post(one+"/explode"), 404, "Not found")
}

// More invitations than a page shows; what is done on the second leads back to it.
func TestInvitations_many(t *testing.T) {
	b := signedIn(t)
	account := "/ui/accounts/" + b.account("Team")
	var emails []string
	for i := range 52 {
		emails = append(emails, fmt.Sprintf("u%02d@example.com", i))
	}
	b.post(account+"/invite", "UserEmailList", strings.Join(emails, ","))
	p := b.get(account + "/invitations")
	b.checkPage("first", p)
	next := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(p.text)
	if n := strings.Count(p.text, ">Withdraw</button>"); n != 50 || next == nil {
		t.Fatalf("%d rows, next %q", n, next)
	}
	second := html.UnescapeString(next[1])
	p = b.get(second)
	if n := strings.Count(p.text, ">Withdraw</button>"); n != 2 {
		t.Errorf("%d rows on the second page", n)
	}
	one := inviteLinks.FindStringSubmatch(p.text)[1]
	p = b.post(one+"/withdraw", "from", second)
	b.shows("withdrawn", p, "The invitation was withdrawn", "First page")
	if n := strings.Count(p.text, ">Withdraw</button>"); n != 1 {
		t.Errorf("%d rows after it", n)
	}
}

// The link that is shown is the one that works, and an invitation that was accepted
// offers nothing more.
func TestInvitations_accepted(t *testing.T) {
	b := signedIn(t)
	list, one := b.invited("ann@example.com")
	url := b.link(b.get(one))
	b.client.Jar = nil
	path := regexp.MustCompile(`/invitations/.*`).FindString(url)
	if p := b.post(path, "name", "Ann"); p.status != 200 {
		t.Fatalf("not accepted: %d %s", p.status, p.text)
	}
	other := newBrowser(t, b.server)
	other.signIn(b.server.AccessKeyID, b.server.SecretAccessKey)
	p := other.get(list + "?status=Accepted")
	other.shows("accepted", p, "ann@example.com", ">Accepted<")
	other.hides("accepted", p, "Resend</button>", "Withdraw</button>", one)
	other.shows("forced", other.post(one+"/resend"), `role="alert"`, "accepted")
}

const allowListing = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"carillon:ListInvitations","Resource":"*"}]}`

func TestInvitations_denied(t *testing.T) {
	root := signedIn(t)
	list, one := root.invited("ann@example.com")
	id, secret := root.key("reader", "AmazonChimeReadOnly")
	root.post("/ui/access/users/reader/put-policy", "PolicyName", "list", "PolicyDocument", allowListing)
	b := newBrowser(t, root.server)
	b.signIn(id, secret)
	p := b.get(list)
	b.shows("list", p, "ann@example.com")
	b.hides("list", p, "Resend</button>", "Withdraw</button>", one, "invitation resend")
	b.want("link", b.get(one), 403, "Not allowed")
	for _, action := range []string{"resend", "withdraw"} {
		b.want(action, b.post(one+"/"+action), 403, "Not allowed")
	}
	root.shows("after it", root.get(list), "ann@example.com")
}
