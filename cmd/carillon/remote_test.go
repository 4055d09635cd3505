package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"carillon/carillontest"
	"carillon/internal/client"
)

// against makes the client commands talk to a new server.
func against(t *testing.T, options ...carillontest.Option) *carillontest.Server {
	t.Helper()
	srv := carillontest.New(t, options...)
	t.Setenv("AWS_ACCESS_KEY_ID", srv.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", srv.SecretAccessKey)
	t.Setenv("AWS_ENDPOINT_URL_CHIME", srv.URL)
	return srv
}

type accountOutput struct {
	Account struct{ AccountId, AccountType, Name string }
}

func TestAccount(t *testing.T) {
	against(t)
	var names []string
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, "Team"},
		{[]string{"--type", "Team"}, "Team"},
		{[]string{"--type", "EnterpriseOIDC"}, "EnterpriseOIDC"},
		{[]string{"--domain", "a.example", "--domain", "b.example"}, "EnterpriseLWA"},
		{[]string{"--type", "EnterpriseDirectory", "--domain", "c.example"}, "EnterpriseDirectory"},
	} {
		name := fmt.Sprintf("N° %d", len(names))
		names = append(names, name)
		var out accountOutput
		carillon(t, append([]string{"account", "create", "--name", name}, test.args...)...).decode(t, &out)
		if out.Account.AccountType != test.want || out.Account.Name != name || out.Account.AccountId == "" {
			t.Errorf("%v: got %+v, want %s", test.args, out, test.want)
		}
	}
	var list struct{ Accounts []struct{ Name string } }
	carillon(t, "account", "list").decode(t, &list)
	slices.Reverse(names)
	for i, a := range list.Accounts {
		if a.Name != names[i] {
			t.Errorf("account %d of the list is %q, want %q", i, a.Name, names[i])
		}
	}
}

// The list has all pages.
func TestAccountList_pages(t *testing.T) {
	srv := against(t)
	c, err := client.New(t.Context(), client.Options{EndpointURL: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	for range 203 {
		if _, err := c.Call(t.Context(), "CreateAccount", client.Members{"Name": "x"}); err != nil {
			t.Fatal(err)
		}
	}
	var list struct{ Accounts []struct{ AccountId string } }
	carillon(t, "account", "list").decode(t, &list)
	seen := map[string]bool{}
	for _, a := range list.Accounts {
		seen[a.AccountId] = true
	}
	if len(list.Accounts) != 203 || len(seen) != 203 {
		t.Errorf("%d accounts, %d different ones, want 203", len(list.Accounts), len(seen))
	}
}

func TestAccountList_empty(t *testing.T) {
	against(t)
	if r := carillon(t, "account", "list"); r.code != exitDone || strings.Join(strings.Fields(r.out), "") != `{"Accounts":[]}` {
		t.Errorf("got %+v", r)
	}
}

func TestDomain(t *testing.T) {
	against(t)
	var out accountOutput
	carillon(t, "account", "create", "--name", "x").decode(t, &out)
	account := []string{"--account-id", out.Account.AccountId}
	domain := func(args ...string) result {
		return carillon(t, append(append([]string{"domain"}, args...), account...)...)
	}
	var added struct {
		Domain struct{ DomainName, AccountId string }
	}
	domain("add", "A.Example").decode(t, &added)
	if added.Domain.DomainName != "a.example" || added.Domain.AccountId != out.Account.AccountId {
		t.Errorf("added %+v", added)
	}
	domain("add", "--domain", "b.example").want(t, "add", exitDone)
	domain("add", "b.example").want(t, "add again", exitFailed, "ConflictException", "b.example")
	domain("remove", "a.example").want(t, "remove", exitDone)
	domain("remove", "a.example").want(t, "remove again", exitFailed, "NotFoundException")
	domain("remove", "a/../b").want(t, "odd name", exitFailed, "NotFoundException")
	var list struct{ Domains []struct{ DomainName string } }
	domain("list").decode(t, &list)
	if len(list.Domains) != 1 || list.Domains[0].DomainName != "b.example" {
		t.Errorf("listed %+v", list)
	}
}

type keyOutput struct{ AccessKeyId, SecretAccessKey, Arn string }

func TestKey(t *testing.T) {
	against(t)
	var alice, bob keyOutput
	carillon(t, "key", "create", "--user", "alice").decode(t, &alice)
	carillon(t, "key", "create", "--user", "bob", "--account", "222233334444").decode(t, &bob)
	if alice.Arn != "arn:aws:iam::000000000000:user/alice" || bob.Arn != "arn:aws:iam::222233334444:user/bob" || alice.SecretAccessKey == "" {
		t.Errorf("made %+v and %+v", alice, bob)
	}
	users := func(args ...string) (list []string) {
		t.Helper()
		r := carillon(t, append([]string{"key", "list"}, args...)...)
		if strings.Contains(r.out, alice.SecretAccessKey) || strings.Contains(r.out, bob.SecretAccessKey) {
			t.Error("the list shows a secret")
		}
		var out struct {
			AccessKeys []struct{ UserName, Status string }
		}
		r.decode(t, &out)
		for _, k := range out.AccessKeys {
			list = append(list, k.UserName+" "+k.Status)
		}
		return list
	}
	for _, step := range []struct {
		args []string
		list []string
		want []string
	}{
		{nil, nil, []string{"alice Active", "bob Active"}},
		{nil, []string{"--user", "bob"}, []string{"bob Active"}},
		{nil, []string{"--account", "000000000000"}, []string{"alice Active"}},
		{[]string{"disable", alice.AccessKeyId}, nil, []string{"alice Inactive", "bob Active"}},
		{[]string{"enable", "--access-key-id", alice.AccessKeyId}, nil, []string{"alice Active", "bob Active"}},
		{[]string{"delete", bob.AccessKeyId}, nil, []string{"alice Active"}},
	} {
		if step.args != nil {
			carillon(t, append([]string{"key"}, step.args...)...).want(t, strings.Join(step.args, " "), exitDone)
		}
		if got := users(step.list...); !slices.Equal(got, step.want) {
			t.Errorf("after %v, listed with %v: %v, want %v", step.args, step.list, got, step.want)
		}
	}
}

// Policies of a key, and its rotation.
func TestKey_policies(t *testing.T) {
	against(t)
	var first, second keyOutput
	carillon(t, "key", "create", "--user", "alice", "--policy", "AmazonChimeReadOnly", "--policy", "arn:aws:iam::aws:policy/IAMReadOnlyAccess").decode(t, &first)
	carillon(t, "key", "rotate", "--user", "alice", "--after", "1h").decode(t, &second)
	if second.Arn != first.Arn || second.AccessKeyId == first.AccessKeyId || second.SecretAccessKey == "" {
		t.Errorf("rotated %+v to %+v", first, second)
	}
	carillon(t, "key", "rotate", "--user", "alice").want(t, "two keys", exitFailed, "ResourceLimitExceeded", "delete AKIA")
	carillon(t, "key", "rotate", "--user", "alice", "--after", "soon").want(t, "an odd duration", exitFailed, "After")
	var out struct {
		AccessKeys []struct {
			AccessKeyId string
			PolicyNames []string
		}
	}
	carillon(t, "key", "list", "--user", "alice").decode(t, &out)
	if len(out.AccessKeys) != 2 || !slices.Equal(out.AccessKeys[0].PolicyNames, []string{"AmazonChimeReadOnly", "IAMReadOnlyAccess"}) {
		t.Errorf("listed %+v", out)
	}
	if table := carillon(t, "key", "list", "--output", "table").out; !strings.Contains(table, "AmazonChimeReadOnly, IAMReadOnlyAccess") {
		t.Errorf("the table is\n%s", table)
	}
}

// Records name keys, users and policies by their own ARNs, once each, whatever AWS
// account they are of and whatever came of the call.
func TestKey_audit(t *testing.T) {
	against(t)
	const account, builtIn = "222233334444", "AWS::IAM::Policy arn:aws:iam::aws:policy/"
	alice := "AWS::IAM::User arn:aws:iam::" + account + ":user/alice"
	named := func(k keyOutput) string {
		return "AWS::IAM::AccessKey arn:aws:iam::" + account + ":access-key/" + k.AccessKeyId
	}
	var first, second keyOutput
	carillon(t, "key", "create", "--user", "alice", "--account", account).decode(t, &first)
	recorded(t, "CreateAccessKey", alice, builtIn+"AmazonChimeFullAccess", named(first))
	carillon(t, "key", "create", "--user", "alice", "--account", account, "--policy", "IAMReadOnlyAccess").decode(t, &second)
	recorded(t, "CreateAccessKey", alice, builtIn+"IAMReadOnlyAccess", named(second))
	carillon(t, "key", "create", "--user", "alice", "--account", account, "--policy", "IAMFullAccess").want(t, "a third key", exitFailed, "has 2 access keys")
	recorded(t, "CreateAccessKey", alice, builtIn+"IAMFullAccess")
	carillon(t, "key", "disable", second.AccessKeyId).want(t, "disable", exitDone)
	recorded(t, "UpdateAccessKey", named(second), alice)
	carillon(t, "key", "delete", second.AccessKeyId).want(t, "delete", exitDone)
	recorded(t, "DeleteAccessKey", named(second), alice)
	carillon(t, "key", "rotate", "--user", "alice", "--account", account).decode(t, &second)
	recorded(t, "RotateAccessKey", alice, named(second))
}

// recorded checks what the last record of an event says was touched, in any order.
func recorded(t *testing.T, event string, want ...string) {
	t.Helper()
	var out struct {
		Events []struct{ CloudTrailEvent string }
	}
	carillon(t, "audit", "list", "--event-name", event).decode(t, &out)
	if len(out.Events) == 0 {
		t.Fatalf("no record of %s", event)
	}
	var record struct{ Resources []struct{ Type, ARN string } }
	if err := json.Unmarshal([]byte(out.Events[0].CloudTrailEvent), &record); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range record.Resources {
		got = append(got, r.Type+" "+r.ARN)
	}
	slices.Sort(got)
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("%s touched\n%s, want\n%s", event, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestKey_refused(t *testing.T) {
	srv := against(t)
	carillon(t, "key", "create", "--user", "alice", "--policy", "Ghost").want(t, "policy", exitFailed, "BadRequestException", "PolicyNames", "Ghost")
	carillon(t, "key", "rotate", "--user", "nobody").want(t, "nobody", exitFailed, "NotFoundException")
	carillon(t, "key", "create", "--user", "not a name").want(t, "user", exitFailed, "BadRequestException", "UserName")
	carillon(t, "key", "create", "--user", "alice", "--account", "1").want(t, "account", exitFailed, "AwsAccountId")
	carillon(t, "key", "disable", "AKIAGHOST").want(t, "unknown", exitFailed, "NotFoundException")
	carillon(t, "key", "disable", srv.AccessKeyID).want(t, "the root key", exitFailed, "root key")
	var alice keyOutput
	carillon(t, "key", "create", "--user", "alice").decode(t, &alice)
	t.Setenv("AWS_ACCESS_KEY_ID", alice.AccessKeyId)
	t.Setenv("AWS_SECRET_ACCESS_KEY", alice.SecretAccessKey)
	carillon(t, "key", "list").want(t, "not the root key", exitFailed, "ForbiddenException", "carillon:ListAccessKeys")
	carillon(t, "account", "list").want(t, "her own", exitDone)
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong")
	carillon(t, "account", "list").want(t, "wrong secret", exitFailed, "InvalidSignatureException")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAGHOST")
	carillon(t, "account", "list").want(t, "unknown key", exitFailed, "UnrecognizedClientException")
}

func TestRemote_noServer(t *testing.T) {
	carillon(t, "account", "list").want(t, "no credentials", exitFailed, "no credentials", "carillon env")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIA")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
	carillon(t, "account", "list", "--endpoint-url", "http://127.0.0.1:1").want(t, "nobody listens", exitFailed, "127.0.0.1:1")
	carillon(t, "account", "list", "--profile", "ghost").want(t, "unknown profile", exitFailed, "ghost")
	stranger := httptest.NewServer(http.NotFoundHandler())
	defer stranger.Close()
	carillon(t, "account", "list", "--endpoint-url", stranger.URL).want(t, "somebody else", exitFailed, "404", "not from a Carillon server")
}

// The commands read the environment that carillon env prints.
func TestRemote_afterEnv(t *testing.T) {
	s := serve(t, t.TempDir(), noMetrics)
	for line := range strings.Lines(carillon(t, "env", "--data", s.data).out) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		t.Setenv(name, strings.Trim(value, "'"))
	}
	carillon(t, "account", "list").want(t, "account list", exitDone)
}

func TestOutput_table(t *testing.T) {
	against(t)
	for _, name := range []string{"First", "Second one"} {
		carillon(t, "account", "create", "--name", name).want(t, name, exitDone)
	}
	r := carillon(t, "account", "list", "--output", "table")
	lines := strings.Split(strings.TrimRight(r.out, "\n"), "\n")
	if r.code != exitDone || len(lines) != 3 || !strings.HasPrefix(lines[0], "AccountId ") {
		t.Fatalf("got %+v", r)
	}
	column := strings.Index(lines[0], " Name ")
	for i, want := range []string{" Name ", " Second one ", " First "} {
		if column < 0 || !strings.HasPrefix(lines[i][column:], want) {
			t.Errorf("line %d has no %q below the name: %s", i, want, lines[i])
		}
	}
	if one := carillon(t, "account", "create", "--name", "x", "--output=table").out; strings.Count(one, "\n") != 2 || !strings.HasPrefix(one, "AccountId ") {
		t.Errorf("one account: %s", one)
	}
}

func TestPrintTable(t *testing.T) {
	for _, test := range []struct{ json, want string }{
		{`{}`, "\n\n"},
		{`{"A": "x", "B": 1}`, "A  B\nx  1\n"},
		{`{"List": []}`, "\n"},
		{`{"List": [{"B": true, "A": "long value"}, {"C": null, "D": {"x": [1]}}]}`, "A           B     D\nlong value  true  \n                  {\"x\":[1]}\n"},
		{`{"NextToken": null, "List": [{"A": "x"}]}`, "A\nx\n"},
		{`{"List": [{"A": ["x", "y"], "B": [], "C": [1]}]}`, "A     B  C\nx, y     [1]\n"},
		{`{"Outer": {"A": "é"}}`, "A\né\n"},
	} {
		var b strings.Builder
		if err := printTable(&b, []byte(test.json)); err != nil || b.String() != test.want {
			t.Errorf("%s: got %q, %v, want %q", test.json, b.String(), err, test.want)
		}
	}
	if err := printTable(&strings.Builder{}, []byte(`[]`)); err == nil {
		t.Error("a list is no result")
	}
}
