package console_test

import (
	"html"
	"net/url"
	"regexp"
	"testing"
)

const allowAccounts = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"chime:ListAccounts","Resource":"*"}]}`

func TestPolicies(t *testing.T) {
	b := signedIn(t)
	p := b.get("/ui/access/policies?scope=AWS")
	b.want("policies", p, 200, "Policies")
	b.shows("policies", p, "AmazonChimeReadOnly</a>", "Create a policy", "aws iam list-policies")
	built := "/ui/access/policy?arn=" + url.QueryEscape(readOnly)
	p = b.get(built)
	b.want("built in", p, 200, "AmazonChimeReadOnly")
	b.shows("built in", p, "Statement", "v1")
	b.hides("built in", p, "Create version", "Delete policy</button>")
	p = b.post("/ui/access/policies", "PolicyName", "own", "PolicyDocument", allowAccounts)
	b.want("created", p, 200, "own")
	arn := p.url.Query().Get("arn")
	change := func(action string, pairs ...string) seen {
		return b.post("/ui/access/policy/"+action+"?arn="+url.QueryEscape(arn), pairs...)
	}
	p = change("version", "PolicyDocument", denyAccounts)
	b.shows("version", p, "<h2>Document of v1</h2>", "Make default: v2")
	b.shows("a bad one", change("version", "PolicyDocument", "{"), `role="alert"`)
	b.shows("default", change("default", "VersionId", "v2"), "<h2>Document of v2</h2>", "Make default: v1")
	b.shows("the old one", b.get("/ui/access/policy?version=v1&arn="+url.QueryEscape(arn)), html.EscapeString(`"Effect":"Allow"`))
	b.shows("too early", change("delete"), `role="alert"`)
	b.hides("deleted version", change("delete-version", "VersionId", "v1"), "Delete v1")
	b.want("no action", change("explode"), 404, "Not found")
	b.want("deleted", change("delete"), 200, "Policies")
	b.want("gone", b.get("/ui/access/policy?arn="+url.QueryEscape(arn)), 404, "Not found")
	b.want("a built-in one", b.post("/ui/access/policy/delete?arn="+url.QueryEscape(readOnly)), 403, "Not allowed")
}

// The statement that has decided is marked in its document.
func TestSimulator(t *testing.T) {
	b := signedIn(t)
	path := b.iamUser("alice")
	b.post(path+"/attach", "PolicyArn", readOnly)
	b.put("alice", "{\n \"Version\": \"2012-10-17\",\n \"Statement\": [\n  {\"Effect\": \"Deny\", \"Action\": \"chime:ListAccounts\", \"Resource\": \"*\",\n   \"Condition\": {\"IpAddress\": {\"aws:SourceIp\": \"203.0.113.0/24\"}}}\n ]\n}")
	arn := regexp.MustCompile(`<dt>ARN</dt><dd><code>([^<]+)<`).FindStringSubmatch(b.get(path).text)
	if len(arn) == 0 {
		t.Fatal("no ARN")
	}
	ask := func(actions, context string) seen {
		return b.get("/ui/access/simulator?" + url.Values{"principal": {arn[1]}, "actions": {actions}, "context": {context}}.Encode())
	}
	b.want("simulator", b.get("/ui/access/simulator"), 200, "Policy simulator")
	p := ask("chime:ListAccounts", "aws:SourceIp=203.0.113.9")
	b.shows("denied", p, ">explicitDeny<", "user_alice_own", `<mark>{&#34;Effect&#34;: &#34;Deny&#34;`, "}}}</mark>", "simulate-principal-policy", "ContextKeyType=ip")
	p = ask("chime:ListAccounts, chime:CreateAccount", "aws:SourceIp=192.0.2.1")
	b.shows("allowed", p, ">allowed<", ">implicitDeny<", "AmazonChimeReadOnly", "<mark>")
	b.hides("allowed", p, ">explicitDeny<")
	b.want("nobody", b.get("/ui/access/simulator?actions=chime:ListAccounts&principal="+url.QueryEscape(arn[1]+"x")), 404, "Not found")
	b.want("an odd action", ask("list everything", ""), 400, "That does not work")
}
