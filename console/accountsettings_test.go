package console_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestAccountSettings(t *testing.T) {
	b := signedIn(t)
	account := b.account("Team")
	path := "/ui/accounts/" + account
	p := b.get(path + "/settings")
	b.want("settings", p, 200, "Example")
	b.shows("settings", p, "Save settings", "Convert account", `href="`+path+`/delete"`, `href="`+path+`/settings" aria-current="page"`,
		"aws chime update-account --account-id "+account+" --name Example", "DisableRemoteControl=false,EnableDialOut=")
	p = b.post(path, "Name", "Other & Co", "DefaultLicense", "Basic")
	b.want("renamed", p, 200, "Other & Co")
	b.shows("renamed", p, "The account was changed.", `value="Basic" selected`, "--name &#39;Other &amp; Co&#39; --default-license Basic")
	p = b.post(path, "Name", strings.Repeat("x", 101))
	b.shows("too long", p, `role="alert"`, "aria-invalid")
	p = b.post(path+"/settings", "DisableRemoteControl", "on")
	b.shows("meetings", p, "The settings were changed.", `name="DisableRemoteControl" checked`, "DisableRemoteControl=true,EnableDialOut=false")
	p = b.post(path+"/domains/convert", "DomainName", "no domain", "from", path+"/settings")
	b.shows("not converted", p, `role="alert"`, `value="no domain"`, `href="`+path+`/settings" aria-current="page"`)
	p = b.post(path+"/domains/convert", "DomainName", "example.com", "from", path+"/settings")
	b.shows("converted", p, "The domain was added.")
	p = b.get(path + "/settings")
	b.shows("converted", p, "EnterpriseLWA")
	b.hides("converted", p, "Convert account")
}

func TestAccountSettings_delete(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	path := "/ui/accounts/" + account
	b.user(account, "ann@example.com")
	b.post(path+"/domains/add", "DomainName", "example.com")
	p := b.get(path + "/delete")
	b.want("asked", p, 200, "Delete Example")
	b.shows("asked", p, "1 user,", "aws chime delete-account --account-id "+account)
	b.shows("another name", b.post(path+"/delete", "Name", "example"), `role="alert"`, "aria-invalid", `value="example"`)
	b.shows("no name", b.post(path+"/delete"), `role="alert"`)
	b.shows("a domain", b.post(path+"/delete", "Name", "Example"), `role="alert"`, "all its domains are released")
	b.post(path+"/domains/remove", "DomainName", "example.com")
	p = b.post(path+"/delete", "Name", " Example ")
	b.want("deleted", p, 200, "Accounts")
	b.shows("deleted", p, "The account Example was deleted.", "There are no accounts yet")
	b.want("gone", b.get(path+"/settings"), 404, "Not found")
}

func TestAccountSettings_denied(t *testing.T) {
	root := signedIn(t)
	path := "/ui/accounts/" + root.account("Team")
	id, secret := root.key("reader", "AmazonChimeReadOnly")
	b := newBrowser(t, root.server)
	b.signIn(id, secret)
	p := b.get(path + "/settings")
	b.want("settings", p, 200, "Example")
	b.hides("settings", p, "<button>Save", "Convert account", path+"/delete", "update-account", "domain add")
	b.want("asked", b.get(path+"/delete"), 403, "Not allowed")
	b.want("forced", b.post(path+"/delete", "Name", "Example"), 403, "Not allowed")
	b.want("forced", b.post(path+"/settings", "EnableDialOut", "on"), 403, "Not allowed")
	root.want("after it", root.get(path), 200, "Example")
}

func TestReport(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	b.user(account, "ann@example.com")
	path := "/ui/accounts/" + account
	b.shows("form", b.get(path+"/settings"), "Weekly report", `action="`+path+`/activity"`)
	p := b.get(path + "/activity?week=" + weekNow())
	if lines := strings.Split(p.text, "\n"); len(lines) != 3 || !strings.HasPrefix(lines[0], "Account Name,Week Start,") || !strings.Contains(lines[1], ",ann@example.com,") {
		t.Errorf("%q", p.text)
	}
	if !strings.Contains(p.header.Get("Content-Disposition"), "user-activity-") {
		t.Error("it is no file")
	}
	b.want("no week", b.get(path+"/activity?week=now"), 400, "That does not work")
}

func weekNow() string {
	year, week := time.Now().UTC().ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, week)
}
