package console_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
)

// room makes a room and returns its id.
func (b *browser) room(account, name string) string {
	b.Helper()
	return b.call("POST", "/accounts/"+account+"/rooms", `{"Name":"`+name+`"}`)["Room"].(map[string]any)["RoomId"].(string)
}

func TestRooms(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	path := "/ui/accounts/" + account + "/rooms"
	p := b.get(path)
	b.want("none", p, 200, "Example")
	b.shows("none", p, "There are no rooms.", `<a href="`+path+`" aria-current="page">Rooms</a>`, "list-rooms")
	b.shows("no name", b.post(path, "Name", " "), `role="alert"`, "aria-invalid")
	p = b.post(path, "Name", "<i>Ops")
	b.want("created", p, 200, "<i>Ops")
	room := p.url.Path
	b.shows("list", b.get(path), `href="`+room+`"`)
	b.want("renamed", b.post(room+"/rename", "Name", "Other"), 200, "Other")
	b.hides("deleted", b.post(room+"/delete"), `href="`+room+`"`)
	b.want("no room", b.get(room), 404, "Not found")
	b.shows("Team", b.get("/ui/accounts/"+b.account("Team")+"/rooms"), "Team accounts have no rooms.")
}

func TestRoom_members(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	ann := b.user(account, "ann@example.com")
	path := "/ui/accounts/" + account + "/rooms/" + b.room(account, "Ops")
	user := `href="/ui/accounts/` + account + "/users/" + ann + `"`
	b.shows("added", b.post(path+"/add", "MemberId", ann, "Role", "Member"), user, "Make Administrator</button>")
	b.checkPage(path, b.get(path))
	b.shows("nobody", b.post(path+"/add", "MemberId", "nobody", "Role", "Member"), `role="alert"`, `value="nobody"`)
	b.shows("role", b.post(path+"/role", "MemberId", ann, "Role", "Administrator"), "The role was changed.", "Make Member</button>")
	b.hides("removed", b.post(path+"/remove", "MemberId", ann), user)
	b.shows("by address", b.post(path+"/add", "MemberId", "ann@example.com", "Role", "Administrator"), user, "Make Member</button>")
	b.shows("no such address", b.post(path+"/add", "MemberId", "bob@example.com"), `role="alert"`, "aria-invalid")
	b.want("no action", b.post(path+"/explode"), 404, "Not found")
}

var hookIDs = regexp.MustCompile(`name="WebhookId" value="([^"]+)"`)

func TestRoom_webhooks(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	path := "/ui/accounts/" + account + "/rooms/" + b.room(account, "Ops")
	p := b.post(path+"/create-webhook", "Name", "Alarms")
	b.shows("created", p, "The webhook was created.", ">Alarms<", "/incomingwebhooks/")
	b.checkPage(path, p)
	id := hookIDs.FindStringSubmatch(p.text)
	if id == nil {
		t.Fatal("no webhook")
	}
	b.hides("deleted", b.post(path+"/delete-webhook", "WebhookId", html.UnescapeString(id[1])), "/incomingwebhooks/")
}

func TestRooms_denied(t *testing.T) {
	root := signedIn(t)
	account := root.account("EnterpriseLWA")
	ann, room := root.user(account, "ann@example.com"), root.room(account, "Ops")
	path := "/ui/accounts/" + account + "/rooms/" + room
	root.post(path+"/add", "MemberId", ann, "Role", "Member")
	id, secret := root.key("reader", "AmazonChimeReadOnly")
	b := newBrowser(t, root.server)
	b.signIn(id, secret)
	b.hides("list", b.get(strings.TrimSuffix(path, "/"+room)), "Create room</button>")
	p := b.get(path)
	b.shows("room", p, "ann@example.com")
	b.hides("room", p, "Remove</button>", "Make Administrator", "Delete room", "<button>Rename")
	b.want("forced", b.post(path+"/remove", "MemberId", ann), 403, "Not allowed")
	b.want("forced", b.post(path+"/delete"), 403, "Not allowed")
	root.shows("after it", root.get(path), "ann@example.com")
}
