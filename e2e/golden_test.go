package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// placeholders stand for what differs from run to run. What they replace has to
// be of the right form.
var placeholders = []struct {
	pattern     *regexp.Regexp
	replacement string
}{
	{regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"`), `"<time>"`},
	{regexp.MustCompile(`"PersonalPIN":"\d{10}"`), `"PersonalPIN":"<pin>"`},
	{regexp.MustCompile(`"(DisplayName|FullName)":"[^"]+"`), `"$1":"<name>"`},
	{regexp.MustCompile(`"AccountId":"[0-9a-f-]{36}"`), `"AccountId":"<account>"`},
	{regexp.MustCompile(`"UserId":"[0-9a-f-]{36}"`), `"UserId":"<user>"`},
	{regexp.MustCompile(`"InviteId":"[0-9a-f-]{36}"`), `"InviteId":"<uuid>"`},
	{regexp.MustCompile(`"AwsAccountId":"\d{12}"`), `"AwsAccountId":"<aws>"`},
}

// golden compares the body of an answer with a file, byte for byte.
func (a answer) golden(t *testing.T, status int, name string) {
	t.Helper()
	if a.status != status {
		t.Fatalf("got %d %s, want %d", a.status, a.body, status)
	}
	a.complete(t)
	want, err := os.ReadFile(filepath.Join("testdata", "golden", name+".json"))
	succeed(t, err)
	got := a.body
	for _, p := range placeholders {
		got = p.pattern.ReplaceAllString(got, p.replacement)
	}
	equal(t, name, got, strings.TrimSuffix(string(want), "\n"))
}

// The request of Amazon's own sample, on an account of the sample's type.
func TestGolden_create_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		target := "/accounts/" + e.account(t, types.AccountTypeEnterpriseDirectory) + "/users?operation=create"
		e.send(t, "POST", target, `{"Email": "roomdevice@example.com", "UserType": "SharedDevice"}`).golden(t, 201, "create_user")
	})
}

func TestGolden_create_user_observed(t *testing.T) {
	forEachObserved(t, func(t *testing.T, e *env) {
		domain := uniqueDomain()
		target := "/accounts/" + e.account(t, types.AccountTypeEnterpriseDirectory, domain) + "/users?operation=create"
		got := e.send(t, "POST", target, `{"Email": "roomdevice@`+domain+`", "UserType": "SharedDevice"}`)
		got.body = strings.Replace(got.body, domain, "example.com", 1)
		got.length = int64(len(got.body))
		got.golden(t, 201, "create_user")
	})
}

// A user with members of the sample, and the two that came later.
func TestGolden_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.account(t, types.AccountTypeEnterpriseDirectory)
		user := "/accounts/" + id + "/users/" + *e.user(t, id, "user1@example.com").UserId
		e.send(t, "GET", user, "").golden(t, 200, "get_user")
		e.send(t, "GET", "/accounts/"+id+"/users", "").golden(t, 200, "list_users")
		e.send(t, "POST", user+"?operation=reset-personal-pin", "").golden(t, 200, "reset_personal_pin")
		e.send(t, "GET", user+"/settings", "").golden(t, 200, "get_user_settings")
		e.send(t, "POST", user, `{"LicenseType": "Basic"}`).golden(t, 200, "update_user")
		e.send(t, "POST", "/accounts/"+id+"/users", `{"UpdateUserRequestItems": []}`).golden(t, 200, "batch_update_user")
	})
}

func TestGolden_update_user_observed(t *testing.T) {
	forEachObserved(t, func(t *testing.T, e *env) {
		domain := uniqueDomain()
		id := e.account(t, types.AccountTypeEnterpriseDirectory, domain)
		user := e.user(t, id, "user1@"+domain)
		got := e.send(t, "POST", "/console/accounts/"+id+"/users/"+*user.UserId, `{"LicenseType": "Basic"}`)
		got.golden(t, 200, "update_user_observed")
		if !strings.Contains(got.body, *user.UserId) {
			t.Error("the answer is about another user")
		}
	})
}

func TestGolden_invited_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		users := "/accounts/" + e.team(t) + "/users"
		e.send(t, "POST", users+"?operation=add", `{"UserEmailList": ["user1@example.com"]}`).golden(t, 201, "invite_users")
		e.send(t, "GET", users, "").golden(t, 200, "list_users_invited")
	})
}

func TestGolden_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.stranger(t)
		c.send(t, "POST", "/accounts", `{"Name": "example"}`).golden(t, 201, "create_account")
		c = e.tenant(t)
		id := c.account(t, types.AccountTypeEnterpriseDirectory)
		succeed(t, c.addGroups(t, id, "rooms"))
		c.send(t, "POST", "/accounts/"+id, `{"Name":"example","DefaultLicense":"Basic"}`).ok(t, 200)
		c.send(t, "GET", "/accounts", "").golden(t, 200, "list_accounts")
		c.send(t, "PUT", "/accounts/"+id+"/settings", `{"AccountSettings":{"DisableRemoteControl":true}}`).noContent(t)
		c.send(t, "GET", "/accounts/"+id+"/settings", "").golden(t, 200, "get_account_settings")
	})
}

func TestGolden_not_found(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.send(t, "GET", "/accounts/"+unknownID, "").golden(t, 404, "not_found")
		id := e.account(t, types.AccountTypeEnterpriseDirectory)
		e.send(t, "POST", "/accounts/"+id+"/users?operation=suspend", `{"UserIdList":["`+unknownID+`"]}`).golden(t, 200, "batch_suspend_user")
	})
}
