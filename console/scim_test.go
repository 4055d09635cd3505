package console_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

var scimTokens = regexp.MustCompile(`<dt>Token</dt><dd><code>(scim-[^<]+)<`)

// scim sends a request of an identity provider and returns its status.
func (b *browser) scim(token, method, path, body string) int {
	b.Helper()
	r := b.request(method, "/scim/v2"+path, body)
	r.Header.Set("Authorization", "Bearer "+token)
	return b.send(r).status
}

func TestScim(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	path := "/ui/accounts/" + account + "/scim"
	p := b.get(path)
	b.want("tab", p, 200, "Example")
	b.shows("tab", p, ">Provisioning</a>", b.server.URL+"/scim/v2", "There are no tokens", "Steps for Okta", "Steps for Entra ID", "no groups", "None yet", "scim-request list")
	b.shows("bad days", b.post(path+"/create", "Name", "Okta", "ExpiresInSeconds", "soon"), `role="alert"`, "aria-invalid")
	p = b.post(path+"/create", "Name", "Okta", "ExpiresInSeconds", "30")
	b.want("made", p, 200, "New token")
	found := scimTokens.FindStringSubmatch(p.text)
	if found == nil {
		t.Fatalf("no token: %s", p.text)
	}
	token := html.UnescapeString(found[1])
	if status := b.scim(token, "POST", "/Groups", `{"displayName":"Sales"}`); status != http.StatusCreated {
		t.Fatalf("a group: %d", status)
	}
	b.scim(token, "POST", "/Users", `{"userName":"not-an-address"}`)
	b.scim(token, "GET", `/Users?filter=userName+eq+%22ann@example.com%22`, "")
	b.scim(token, "GET", "/Users/ann@example.com", "")
	p = b.told(path, "/Users/…")
	b.shows("requests", p, "POST /Groups", ">201<", "invalidValue: userName has to be an e-mail address", "GET /Users?filter=…", ">404<", "Okta")
	b.hides("requests", p, "ann@example.com", "not-an-address", token)
	b.checkPage("tab", p)
	group := regexp.MustCompile(`name="GroupId" value="([^"]+)"`).FindStringSubmatch(p.text)
	b.shows("mapped", b.post(path+"/map", "GroupId", group[1], "License", "Pro"), "<option selected>Pro</option>")
	b.hides("not mapped", b.post(path+"/map", "GroupId", group[1], "License", ""), "<option selected>")
	id := regexp.MustCompile(`name="TokenId" value="([^"]+)"`).FindStringSubmatch(p.text)
	b.shows("deleted", b.post(path+"/delete", "TokenId", id[1]), "There are no tokens", ">deleted<")
	if status := b.scim(token, "GET", "/Users", ""); status != http.StatusUnauthorized {
		t.Errorf("with a deleted token: %d", status)
	}
	b.want("no action", b.post(path+"/explode"), 404, "Not found")
}

// told waits until a page has a text: requests are told a second late.
func (b *browser) told(path, text string) (p seen) {
	b.Helper()
	for range 100 {
		if p = b.get(path); strings.Contains(p.text, text) {
			return p
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.Fatalf("%q does not come: %s", text, p.text)
	return p
}

// Of many requests the last hundred are told, and none of another account.
func TestScim_many(t *testing.T) {
	b := signedIn(t)
	one, other := b.account("EnterpriseLWA"), b.account("EnterpriseLWA")
	made := b.call("POST", "/carillon/v1/accounts/"+one+"/scim-tokens", `{"Name":"Okta"}`)
	token := made["ScimToken"].(map[string]any)["Token"].(string)
	for range 130 {
		b.scim(token, "GET", "/Users?startIndex=7", "")
	}
	b.scim(token, "GET", "/Schemas", "")
	p := b.told("/ui/accounts/"+one+"/scim", "GET /Schemas")
	if n := strings.Count(p.text, "<code>GET "); n != 100 || !strings.Contains(p.text, "GET /Users?startIndex=7") {
		t.Errorf("%d requests are told", n)
	}
	b.checkPage("tab", p)
	b.shows("another account", b.get("/ui/accounts/"+other+"/scim"), "None yet")
}

func TestScim_denied(t *testing.T) {
	root := signedIn(t)
	account := root.account("EnterpriseLWA")
	made := root.call("POST", "/carillon/v1/accounts/"+account+"/scim-tokens", `{"Name":"Okta"}`)
	token := made["ScimToken"].(map[string]any)["TokenId"].(string)
	path := "/ui/accounts/" + account + "/scim"
	root.iamUser("bob")
	id, secret := root.key("bob", "AmazonChimeReadOnly")
	root.put("bob", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["carillon:ListScimTokens"],"Resource":"*"},{"Effect":"Deny","Action":["carillon:CreateScimToken","carillon:ListScimRequests"],"Resource":"*"}]}`)
	b := newBrowser(t, root.server)
	b.signIn(id, secret)
	p := b.get(path)
	b.want("may see", p, 200, "Example")
	b.hides("may see", p, "Create token", "Delete</button>", "The last requests")
	b.want("forced", b.post(path+"/create", "Name", "Okta"), 403, "Not allowed")
	b.want("forced", b.post(path+"/delete", "TokenId", token), 403, "Not allowed")
	root.shows("after it", root.get(path), "Okta")
}
