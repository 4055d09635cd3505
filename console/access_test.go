package console_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
)

const (
	readOnly     = "arn:aws:iam::aws:policy/AmazonChimeReadOnly"
	denyAccounts = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"chime:ListAccounts","Resource":"*"}]}`
)

// iamUser makes an IAM user in the browser and returns where its page is.
func (b *browser) iamUser(name string) string {
	b.Helper()
	p := b.post("/ui/access/users", "UserName", name)
	b.want("created", p, 200, name)
	return "/ui/access/users/" + name
}

func TestAccess(t *testing.T) {
	b := signedIn(t)
	p := b.get("/ui/access")
	b.want("access", p, 200, "Access")
	b.shows("access", p, "Create a user", "As a command", "aws iam list-users")
	path := b.iamUser("alice")
	b.shows("a list", b.get("/ui/access"), `href="`+path+`"`)
	b.shows("again", b.post("/ui/access/users", "UserName", "alice"), `role="alert"`)
	p = b.post(path+"/attach", "PolicyArn", readOnly)
	b.shows("attached", p, "AmazonChimeReadOnly</a>", "Detach</button>")
	b.shows("no policy", b.post(path+"/attach", "PolicyArn", readOnly+"s"), `role="alert"`, `value="`+readOnly+`s"`)
	b.shows("not yet", b.post(path+"/delete"), `role="alert"`)
	b.hides("detached", b.post(path+"/detach", "PolicyArn", readOnly), "Detach</button>")
	p = b.post(path+"/put-policy", "PolicyName", "deny", "PolicyDocument", denyAccounts)
	b.shows("put", p, "<summary>deny</summary>", html.EscapeString("chime:ListAccounts"))
	b.shows("a bad one", b.post(path+"/put-policy", "PolicyName", "bad", "PolicyDocument", "{"), `role="alert"`)
	b.hides("taken away", b.post(path+"/delete-policy", "PolicyName", "deny"), "<summary>deny</summary>")
	b.want("no action", b.post(path+"/explode"), 404, "Not found")
	b.want("deleted", b.post(path+"/delete"), 200, "Access")
	b.want("gone", b.get(path), 404, "Not found")
}

var secrets = regexp.MustCompile(`<dt>Secret access key</dt><dd><code>([^<]+)<`)

// The secret of a key is on one page, and the key does what its status says.
func TestAccess_keys(t *testing.T) {
	b := signedIn(t)
	path := b.iamUser("alice")
	b.post(path+"/attach", "PolicyArn", readOnly)
	p := b.post(path + "/create-key")
	b.want("new", p, 200, "New access key")
	found, id := secrets.FindStringSubmatch(p.text), regexp.MustCompile(`AKIA[A-Z0-9]{16}`).FindString(p.text)
	if len(found) == 0 || strings.Contains(p.url.String(), found[1]) {
		t.Fatalf("no secret, at %s", p.url)
	}
	secret := html.UnescapeString(found[1])
	if again := b.get(p.url.Path); again.status != 410 || strings.Contains(again.text, found[1]) {
		t.Errorf("shown again: %d %s", again.status, again.text)
	}
	p = b.get(path)
	b.shows("its page", p, id, "Disable</button>", "never")
	b.hides("its page", p, found[1])
	alice := newBrowser(t, b.server)
	alice.want("signed in", alice.signIn(id, secret), 200, "Overview")
	b.shows("disabled", b.post(path+"/key-status", "AccessKeyId", id, "Status", "Inactive"), "Enable</button>")
	if p := newBrowser(t, b.server).signIn(id, secret); p.status != 401 {
		t.Errorf("with a disabled key: %d", p.status)
	}
	b.shows("enabled", b.post(path+"/key-status", "AccessKeyId", id, "Status", "Active"), "Disable</button>")
	b.hides("deleted", b.post(path+"/delete-key", "AccessKeyId", id), id)
}

func TestAccess_denied(t *testing.T) {
	root := signedIn(t)
	path := root.iamUser("bob")
	id, secret := root.key("reader", "AmazonChimeReadOnly")
	b := newBrowser(t, root.server)
	b.signIn(id, secret)
	b.hides("overview", b.get("/ui/"), `href="/ui/access"`)
	for _, page := range []string{"/ui/access", path} {
		b.want(page, b.get(page), 403, "Not allowed")
	}
	for _, form := range []string{"/create-key", "/delete", "/attach", "/put-policy"} {
		b.want(form, b.post(path+form, "PolicyArn", readOnly, "PolicyName", "x", "PolicyDocument", denyAccounts), 403, "Not allowed")
	}
	root.put("reader", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:List*","iam:Get*"],"Resource":"*"}]}`)
	p := b.get(path)
	b.want("may see", p, 200, "bob")
	b.hides("may see", p, "Delete user", "Create access key", "Put policy", "Attach policy")
	b.hides("may see", b.get("/ui/access"), "Create user")
}

// put gives an IAM user a policy of its own.
func (b *browser) put(user, document string) {
	b.Helper()
	if p := b.post("/ui/access/users/"+user+"/put-policy", "PolicyName", "own", "PolicyDocument", document); !strings.Contains(p.text, "<summary>own</summary>") {
		b.Fatalf("%d %s", p.status, p.text)
	}
}
