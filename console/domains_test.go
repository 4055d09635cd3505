package console_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestDomains(t *testing.T) {
	b := signedIn(t)
	account := b.account("Team")
	path := "/ui/accounts/" + account + "/domains"
	p := b.get(path)
	b.want("none", p, 200, "Example")
	b.shows("none", p, "The account has no domains", "EnterpriseLWA", "carillon domain list --account-id "+account, `href="`+path+`" aria-current="page"`)
	p = b.post(path+"/add", "DomainName", "Example.COM")
	b.shows("added", p, "The domain was added.", `data-label="Domain">example.com<`, "Remove</button>", "carillon domain remove --account-id "+account+" example.com")
	b.hides("Enterprise now", p, "turns this Team account")
	b.shows("again", b.post(path+"/add", "DomainName", "example.com"), `role="alert"`, `value="example.com"`)
	b.shows("nonsense", b.post(path+"/add", "DomainName", "no domain"), `role="alert"`, "aria-invalid")
	p = b.post(path+"/remove", "DomainName", "example.com")
	b.shows("removed", p, "The domain was removed.", "The account has no domains")
	b.want("no action", b.post(path+"/explode"), 404, "Not found")
	b.want("no account", b.get("/ui/accounts/nobody/domains"), 404, "Not found")
}

// More domains than a page shows.
func TestDomains_many(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	for i := range 51 {
		b.call("POST", "/carillon/v1/accounts/"+account+"/domains", fmt.Sprintf(`{"DomainName":"d%02d.example.com"}`, i))
	}
	path := "/ui/accounts/" + account + "/domains"
	p := b.get(path)
	b.shows("first", p, ">d49.example.com<", `href="`+path+`?page=50" rel="next"`)
	b.hides("first", p, "d50.example.com", "First page")
	p = b.get(path + "?page=50")
	b.shows("second", p, ">d50.example.com<", `href="`+path+`" rel="first"`)
	b.hides("second", p, "d49.example.com", "Next page")
	for _, odd := range []string{"-1", "x", "99999999999999999999"} {
		b.want(odd, b.get(path+"?page="+odd), 200, "Example")
	}
}

func TestDomains_groups(t *testing.T) {
	b := signedIn(t)
	path := "/ui/accounts/" + b.account("EnterpriseDirectory") + "/domains"
	b.shows("added", b.post(path+"/associate", "GroupName", "../<Sales>"), "The group was added.", `data-label="Group">../&lt;Sales&gt;<`)
	b.shows("blank", b.post(path+"/associate", "GroupName", " "), `role="alert"`, "aria-invalid")
	p := b.post(path+"/disassociate", "GroupName", "../<Sales>")
	b.shows("removed", p, "The group was removed.")
	b.hides("removed", p, "Sales")
	other := "/ui/accounts/" + b.account("Team") + "/domains"
	b.hides("a Team account", b.get(other), "delegate group")
	b.shows("forced", b.post(other+"/associate", "GroupName", "Sales"), `role="alert"`)
}

func TestDomains_denied(t *testing.T) {
	root := signedIn(t)
	path := "/ui/accounts/" + root.account("EnterpriseDirectory") + "/domains"
	root.post(path+"/add", "DomainName", "example.com")
	root.post(path+"/associate", "GroupName", "Sales")
	id, secret := root.key("reader", "AmazonChimeReadOnly")
	b := newBrowser(t, root.server)
	b.signIn(id, secret)
	p := b.get(path)
	b.shows("list", p, "example.com", "Sales")
	b.hides("list", p, "Remove</button>", "Add domain", "Add group", "domain add", "domain remove")
	for _, action := range strings.Fields("add remove associate disassociate") {
		b.want(action, b.post(path+"/"+action, "DomainName", "example.com", "GroupName", "Sales"), 403, "Not allowed")
	}
	root.shows("after it", root.get(path), "example.com", "Sales")
}
