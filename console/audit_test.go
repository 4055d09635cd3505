package console_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
)

var recordLinks = regexp.MustCompile(`href="(/ui/audit/records/[^"]+)"`)

func TestAudit(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	ann := b.user(account, "ann@example.com")
	b.post("/ui/accounts/"+account, "Name", "Renamed")
	p := b.get("/ui/audit")
	b.want("all", p, 200, "Audit")
	b.shows("all", p, "ProvisionAccount", "CreateUser", "Renamed</a>", "As a command", "carillon audit list", "Verify the records")
	if strings.Index(p.text, ">CreateUser<") > strings.Index(p.text, ">ProvisionAccount<") {
		t.Error("not newest first")
	}
	b.shows("the name of a user", p, `href="/ui/audit?resource=`+ann+`">ann@example.com</a>`)
	b.hides("by event", b.get("/ui/audit?event=CreateUser"), ">ProvisionAccount<")
	b.hides("by time", b.get("/ui/audit?end=2001-01-01"), ">CreateUser<")
	b.shows("by user name", b.get("/ui/audit?user=root&start=2020-01-01"), ">CreateUser<")
	b.hides("by key", b.get("/ui/audit?key=AKIANOBODY"), ">CreateUser<")
	b.shows("by error", b.get("/ui/audit?error=AccessDenied"), "There are no such records", "--error-code AccessDenied")
	b.want("a bad time", b.get("/ui/audit?start=yesterday"), 400, "That does not work")
	p = b.get("/ui/audit?resource=" + ann)
	b.shows("by resource", p, ">CreateUser<", `value="`+ann+`"`, "AttributeKey=ResourceName,AttributeValue="+ann)
	b.hides("by resource", p, ">ProvisionAccount<")
	b.shows("from the user", b.get("/ui/accounts/"+account+"/users/"+ann), "/ui/audit?resource="+ann)
	b.shows("everybody's", b.get("/ui/audit?all=1"), "?all=1", "--all-accounts")
}

func TestAudit_record(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	ann := b.user(account, "ann@example.com")
	found := recordLinks.FindStringSubmatch(b.get("/ui/audit?event=CreateUser").text)
	if len(found) == 0 {
		t.Fatal("no record")
	}
	p := b.get(html.UnescapeString(found[1]))
	b.want("a record", p, 200, "CreateUser")
	b.shows("a record", p, "&#34;eventName&#34;: &#34;CreateUser&#34;", "/ui/accounts/"+account+"/users/"+ann, "ann@example.com</a>", "lookup-events")
	b.want("none", b.get("/ui/audit/records/nothing"), 404, "Not found")
	b.want("none", b.get("/ui/audit/records/019ac000-0000-7000-8000-000000000000"), 404, "Not found")
}

// Rooms and bots have their names, and lead to their pages from a record.
func TestAudit_roomsAndBots(t *testing.T) {
	b := signedIn(t)
	account := b.accountWithDomain()
	b.bot(account, "Helper")
	b.room(account, "Lobby")
	for event, name := range map[string]string{"CreateBot": "Helper (Bot)</a>", "CreateRoom": "Lobby</a>"} {
		b.shows(event, b.get("/ui/audit?event="+event), name)
		found := recordLinks.FindStringSubmatch(b.get("/ui/audit?event=" + event).text)
		if len(found) == 0 {
			t.Fatal("no record of " + event)
		}
		tab := map[string]string{"CreateBot": "bots", "CreateRoom": "rooms"}[event]
		b.shows(event, b.get(html.UnescapeString(found[1])), name, `href="/ui/accounts/`+account+"/"+tab+"/")
	}
}

func TestAudit_verify(t *testing.T) {
	root := signedIn(t)
	root.account("Team")
	p := root.get("/ui/audit/verify")
	root.want("verify", p, 200, "Verify the records")
	root.shows("verify", p, "Nothing was changed, removed or added.", "carillon audit verify")
	root.want("another's token", root.get("/ui/audit/verify?page=forged"), 400, "That does not work")
	id, secret := root.key("reader", "AmazonChimeReadOnly")
	b := newBrowser(t, root.server)
	b.signIn(id, secret)
	b.want("forced", b.get("/ui/audit/verify"), 403, "Not allowed")
	b.want("all accounts, forced", b.get("/ui/audit?all=1"), 403, "Not allowed")
}

// A page has a bounded number of records, and the next one goes on.
func TestAudit_pages(t *testing.T) {
	b := signedIn(t)
	for range 60 {
		b.account("Team")
	}
	p := b.get("/ui/audit?event=ProvisionAccount")
	if n := len(recordLinks.FindAllString(p.text, -1)); n != 50 {
		t.Errorf("%d records", n)
	}
	next := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(p.text)
	if len(next) == 0 {
		t.Fatal("no next page")
	}
	p = b.get(html.UnescapeString(next[1]))
	b.shows("next", p, "First page")
	if n := len(recordLinks.FindAllString(p.text, -1)); n != 10 {
		t.Errorf("%d records on the second page", n)
	}
}
