package console_test

import (
	"encoding/csv"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestUsers(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	ann := b.user(account, "ann@example.com")
	b.user(account, "bob@example.com")
	path := "/ui/accounts/" + account
	for query, want := range map[string]string{"q=NN%40ex": "1 user", "q=" + ann: "1 user", "q=%25": "0 users", "q=example": "2 users", "status=Suspended": "0 users"} {
		b.shows(query, b.get(path+"?"+query), ">"+want+"<")
	}
	p := b.get(path + "?sort=Email&order=Descending")
	if strings.Index(p.text, "bob@") > strings.Index(p.text, "ann@") || !strings.Contains(p.text, `aria-sort="descending"`) {
		t.Error("not sorted")
	}
	p = b.get(path + "/users/" + ann)
	b.want("a user", p, 200, "ann@example.com")
}

// Who has sent a message was active; the other never was.
func TestUsers_active(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	ann := b.user(account, "ann@example.com")
	b.user(account, "bob@example.com")
	room := b.room(account, "Ops")
	b.call("POST", "/carillon/v1/messages", `{"Messages":[{"AccountId":"`+account+`","RoomId":"`+room+`","MessageId":"m","Sender":"`+ann+
		`","Content":"Hello","CreatedTimestamp":"`+time.Now().UTC().Format(time.RFC3339)+`"}]}`)
	path := "/ui/accounts/" + account
	for query, want := range map[string]string{"active=7": "1 user", "active=not-30": "1 user", "active=never": "1 user", "active=odd": "2 users"} {
		b.shows(query, b.get(path+"?"+query), ">"+want+"<")
	}
	p := b.get(path + "?sort=LastActiveOn&order=Descending")
	if ann, bob := strings.Index(p.text, "ann@"), strings.Index(p.text, "bob@"); ann < 0 || bob < ann {
		t.Error("not sorted by activity")
	}
}

func TestUsers_export(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	path := "/ui/accounts/" + account
	users := []string{`{"PrimaryEmail":"odd@example.com","DisplayName":"=1+1"}`}
	for i := range 450 {
		users = append(users, fmt.Sprintf(`{"PrimaryEmail":"u%03d@example.com","DisplayName":"Zoë"}`, i))
	}
	b.call("POST", "/carillon/v1/accounts/"+account+"/users", `{"Users":[`+strings.Join(users, ",")+`]}`)
	b.shows("the button", b.get(path+"?q=odd&sort=Email"), `action="`+path+`/users.csv"`, `name="q" value="odd"`)
	for query, want := range map[string]int{"?q=odd": 1, "?q=U0": 100, "": 451, "?q=nobody": 0} {
		file := b.get(path + "/users.csv" + query)
		rows, err := csv.NewReader(strings.NewReader(file.text)).ReadAll()
		if err != nil || len(rows) != 1+want || file.header.Get("Content-Type") != "text/csv; charset=utf-8" {
			t.Errorf("%s: %d rows, want %d; %v, %v", query, len(rows)-1, want, err, file.header)
		}
	}
	b.shows("a formula", b.get(path+"/users.csv?q=odd"), ",odd@example.com,'=1+1,")
	b.want("no account", b.get("/ui/accounts/nobody/users.csv"), 404, "Not found")
}

func TestUser(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	path := "/ui/accounts/" + account + "/users/" + b.user(account, "ann@example.com")
	p := b.get(path)
	b.want("a user", p, 200, "ann@example.com")
	b.shows("a user", p, "Suspend</button>", "get-user")
	b.shows("licence", b.post(path+"/update", "LicenseType", "Basic", "UserType", "PrivateUser"), "<dd>Basic</dd>")
	b.shows("suspended", b.post(path+"/suspend"), "Unsuspend</button>")
	b.shows("again", b.post(path+"/unsuspend"), "Suspend</button>")
	b.shows("settings", b.post(path+"/settings", "SMS", "on"), `name="SMS" checked`)
	b.shows("a number that is not there", b.post(path+"/associate", "E164PhoneNumber", "+1555"), `role="alert"`)
	b.shows("renamed", b.post(path+"/rename", "DisplayName", "Ann Example"), "<dd>Ann Example</dd>")
	b.shows("its records", b.get("/ui/audit?resource="+strings.TrimPrefix(path, "/ui/accounts/"+account+"/users/")), "RenameUser")
	b.shows("the way to them", b.get(path), `">Records in the audit</a>`)
	b.want("no action", b.post(path+"/explode"), 404, "Not found")
}

func TestInvite(t *testing.T) {
	b := signedIn(t)
	path := "/ui/accounts/" + b.account("Team")
	p := b.post(path+"/invite", "UserEmailList", "ann@example.com; bob@example.com\nnobody, eve@example.com")
	b.shows("invited", p, "ann@example.com: pending", "eve@example.com: pending", "nobody: ")
	b.shows("none", b.post(path+"/invite", "UserEmailList", " ; "), "1 to 100 addresses")
}

func TestCreateUser(t *testing.T) {
	b := signedIn(t)
	path := "/ui/accounts/" + b.account("EnterpriseLWA")
	p := b.post(path+"/users", "Email", "ann@example.com", "Username", "Ann Winter", "UserType", "PrivateUser")
	b.want("created", p, 200, "ann@example.com")
	b.shows("created", p, "The user was created.", "<dd>Ann Winter</dd>")
	b.shows("again", b.post(path+"/users", "Email", "ann@example.com"), `role="alert"`, `value="ann@example.com"`)
	b.shows("no address", b.post(path+"/users", "Email", "nobody"), `role="alert"`, "Email must be an e-mail address", "aria-invalid")
}

// What was begun is waited for, also if it takes a while.
func (b *browser) ended(p seen) seen {
	b.Helper()
	for range 100 {
		if strings.Contains(p.text, ">Done: ") {
			return p
		}
		time.Sleep(100 * time.Millisecond)
		p = b.get(p.url.Path)
	}
	b.Fatalf("it does not end: %s", p.text)
	return p
}

func TestBulk(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	path := "/ui/accounts/" + account
	ann, bob := b.user(account, "ann@example.com"), b.user(account, "bob@example.com")
	chosen := url.Values{"action": {"logout"}, "user": {ann, bob, "gone"}, "from": {path + "?status=Registered"}}
	p := b.get(path + "/bulk?" + chosen.Encode())
	b.want("preview", p, 200, "Log out")
	b.shows("preview", p, "3 users", "ann@example.com", "Not there any more", "gone")
	p = b.ended(b.post(path+"/bulk", "action", "logout", "user", ann, "user", bob, "user", "gone", "from", path+"?status=Registered"))
	b.want("result", p, 200, "Log out")
	b.shows("result", p, "3 of 3 users, 1 refused", "gone", "NotFound", path+"?status=Registered")
	csv := b.get(p.url.Path + "/refusals.csv")
	if lines := strings.Split(csv.text, "\n"); len(lines) != 3 || !strings.HasPrefix(lines[1], "gone,NotFound,") {
		t.Errorf("%q", csv.text)
	}
	p = b.post(path+"/bulk", "action", "logout", "from", path)
	b.shows("nobody", p, "No user was chosen")
	id, secret := b.key("alice", "AmazonChimeFullAccess")
	other := newBrowser(t, b.server)
	other.signIn(id, secret)
	other.want("another's result", other.get(strings.TrimSuffix(csv.url.Path, "/refusals.csv")), 404, "Not found")
}

// All that match are more than one step takes, and than one page shows.
func TestBulk_all(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	path := "/ui/accounts/" + account
	var users []string
	for i := range 120 {
		users = append(users, fmt.Sprintf(`{"PrimaryEmail":"u%03d@example.com","LicenseType":"Pro","UserRegistrationStatus":"Registered"}`, i))
	}
	b.call("POST", "/carillon/v1/accounts/"+account+"/users", `{"Users":[`+strings.Join(users, ",")+`]}`)
	b.shows("list", b.get(path), "120 users", "Select all 120 matching", "Next page")
	b.shows("preview", b.get(path+"/bulk?action=suspend&all=1&q=u0"), "100 users", "all that match")
	b.shows("suspended", b.ended(b.post(path+"/bulk", "action", "suspend", "all", "1", "q", "u0")), "100 of 100 users, 0 refused")
	b.shows("list", b.get(path+"?status=Suspended"), "100 users")
	b.shows("licence", b.ended(b.post(path+"/bulk", "action", "license", "to", "Basic", "all", "1")), "120 of 120 users, 0 refused")
	b.shows("list", b.get(path+"?license=Basic"), "120 users")
}

func TestBulk_denied(t *testing.T) {
	root := signedIn(t)
	account := root.account("EnterpriseLWA")
	ann := root.user(account, "ann@example.com")
	id, secret := root.key("reader", "AmazonChimeReadOnly")
	b := newBrowser(t, root.server)
	b.signIn(id, secret)
	path := "/ui/accounts/" + account
	b.shows("the list", b.get(path), "1 user", "ann@example.com")
	b.shows("a search", b.get(path+"?q=NN%40ex"), "1 user")
	b.hides("user", b.get(path+"/users/"+ann), "Suspend</button>", "Log out</button>")
	b.shows("a file", b.get(path+"/users.csv"), "ann@example.com")
	b.want("forced", b.post(path+"/bulk", "action", "suspend", "user", ann), 403, "Not allowed")
	b.want("forced", b.post(path+"/users/"+ann+"/logout"), 403, "Not allowed")
}

// Users of a Team account are removed, and not suspended.
func TestBulk_remove(t *testing.T) {
	b := signedIn(t)
	path := "/ui/accounts/" + b.account("Team")
	b.post(path+"/invite", "UserEmailList", "ann@example.com; bob@example.com")
	p := b.get(path)
	b.shows("list", p, `value="remove">Remove</button>`)
	b.hides("list", p, `value="suspend"`, `value="unsuspend"`)
	p = b.get(path + "/bulk?action=remove&all=1")
	b.want("preview", p, 200, "Remove")
	b.shows("preview", p, "2 users", "In a Team account this removes them")
	b.shows("removed", b.ended(b.post(path+"/bulk", "action", "remove", "all", "1")), "2 of 2 users, 0 refused")
	b.shows("list", b.get(path), "0 users")
}

// All refusals of many are found, a page at a time.
func TestBulk_refusals(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseDirectory")
	path := "/ui/accounts/" + account
	var users []string
	for i := range 230 {
		users = append(users, fmt.Sprintf(`{"PrimaryEmail":"u%03d@example.com","UserRegistrationStatus":"Registered"}`, i))
	}
	b.call("POST", "/carillon/v1/accounts/"+account+"/users", `{"Users":[`+strings.Join(users, ",")+`]}`)
	p := b.ended(b.post(path+"/bulk", "action", "suspend", "all", "1"))
	b.shows("refused", p, "230 of 230 users, 230 refused", "Next page")
	found := 0
	for next := p; ; {
		found += strings.Count(next.text, `data-label="User id"`)
		b.checkPage("refusals", next)
		m := nextPages.FindStringSubmatch(next.text)
		if m == nil {
			break
		}
		next = b.get(html.UnescapeString(m[1]))
	}
	if lines := strings.Count(b.get(p.url.Path+"/refusals.csv").text, "\n"); found != 230 || lines != 231 {
		t.Errorf("%d refusals are shown, and %d lines of CSV", found, lines)
	}
}
