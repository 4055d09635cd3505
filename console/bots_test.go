package console_test

import (
	"html"
	"regexp"
	"testing"
)

// accountWithDomain makes an account whose bots have addresses in example.com.
func (b *browser) accountWithDomain() string {
	b.Helper()
	out := b.call("POST", "/carillon/v1/accounts", `{"Name":"Example","AccountType":"EnterpriseLWA","Domains":["example.com"]}`)
	return out["Account"].(map[string]any)["AccountId"].(string)
}

// bot makes a bot and returns it.
func (b *browser) bot(account, name string) map[string]any {
	b.Helper()
	return b.call("POST", "/accounts/"+account+"/bots", `{"DisplayName":"`+name+`"}`)["Bot"].(map[string]any)
}

func TestBots(t *testing.T) {
	b := signedIn(t)
	path := "/ui/accounts/" + b.accountWithDomain() + "/bots"
	p := b.get(path)
	b.want("none", p, 200, "Example")
	b.shows("none", p, "There are no bots.", `<a href="`+path+`" aria-current="page">Bots</a>`, "list-bots")
	b.shows("no name", b.post(path, "DisplayName", " "), `role="alert"`, "aria-invalid")
	b.shows("no such domain", b.post(path, "DisplayName", "Echo", "Domain", "example.org"), `role="alert"`, `value="example.org"`)
	p = b.post(path, "DisplayName", "Echo")
	b.want("created", p, 200, "Echo (Bot)")
	b.shows("created", p, "The bot was created.", "-chimebot@example.com", "nowhere")
	b.checkPage("a bot", p)
	b.shows("list", b.get(path), `href="`+p.url.Path+`"`, ">Enabled<")
	b.want("no bot", b.get(path+"/nobody"), 404, "Not found")
	b.shows("Team", b.get("/ui/accounts/"+b.account("Team")+"/bots"), "Team accounts have no bots.")
}

func TestBot(t *testing.T) {
	b := signedIn(t)
	account := b.accountWithDomain()
	path := "/ui/accounts/" + account + "/bots/" + b.bot(account, "Echo")["BotId"].(string)
	b.shows("disabled", b.post(path+"/disable"), "The bot was disabled.", ">Disabled<", ">Enable</button>")
	b.shows("enabled", b.post(path+"/enable"), ">Enabled<", ">Disable</button>")
	arn := "arn:aws:lambda:us-east-1:123456789012:function:echo"
	b.shows("events", b.post(path+"/events", "LambdaFunctionArn", arn), "<code>"+arn+"</code>", "Delete events configuration")
	b.shows("bad events", b.post(path+"/events", "LambdaFunctionArn", "echo"), `role="alert"`, "aria-invalid", `value="echo"`)
	b.shows("no events", b.post(path+"/delete-events"), "nowhere")
	b.want("no action", b.post(path+"/explode"), 404, "Not found")
}

var tokens = regexp.MustCompile(`<dt>Security token</dt><dd><code>([^<]+)<`)

// A token is on the page that answers its making and on no other.
func TestBot_token(t *testing.T) {
	b := signedIn(t)
	account := b.accountWithDomain()
	bot := b.bot(account, "Echo")
	list := "/ui/accounts/" + account + "/bots"
	path := list + "/" + bot["BotId"].(string)
	p := b.post(path + "/token")
	b.want("a new token", p, 200, "New security token")
	found := tokens.FindStringSubmatch(p.text)
	if found == nil {
		t.Fatal("no token")
	}
	now := b.call("GET", "/accounts/"+account+"/bots/"+bot["BotId"].(string), "")["Bot"].(map[string]any)
	if token := html.UnescapeString(found[1]); token != now["SecurityToken"] || token == bot["SecurityToken"] {
		t.Errorf("the page shows %q", token)
	}
	b.hides("bot", b.get(path), found[1])
	b.hides("list", b.get(list), found[1])
}

func TestBots_denied(t *testing.T) {
	root := signedIn(t)
	account := root.accountWithDomain()
	id, secret := root.key("reader", "AmazonChimeReadOnly")
	path := "/ui/accounts/" + account + "/bots/" + root.bot(account, "Echo")["BotId"].(string)
	b := newBrowser(t, root.server)
	b.signIn(id, secret)
	p := b.get(path)
	b.want("a bot", p, 200, "Echo (Bot)")
	b.hides("a bot", p, "Disable</button>", "Regenerate token</button>", "Save events")
	b.want("forced", b.post(path+"/disable"), 403, "Not allowed")
	b.want("forced", b.post(path+"/token"), 403, "Not allowed")
	root.shows("after it", root.get(path), ">Enabled<")
}
