package e2e

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// permission is a row of docs/permissions.md.
type permission struct {
	service, operation string
	allowedBy          string
}

var permissionRow = regexp.MustCompile(`(?m)^\| (\w+) \| .(iam|sts):\w+. \|.*\| ([^|]+) \|$`)

// permissions are the rows of IAM and STS.
func permissions(t *testing.T) (list []permission) {
	t.Helper()
	for _, m := range permissionRow.FindAllStringSubmatch(readFile(filepath.Join("..", "docs", "permissions.md")), -1) {
		list = append(list, permission{m[2], m[1], m[3]})
	}
	if len(list) < 30 {
		t.Fatalf("docs/permissions.md has %d operations of IAM and STS", len(list))
	}
	return list
}

// Everybody may call what the documentation says that a policy allows, and the
// documents of the policies say the same.
func TestPolicies_of_iam_operations(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		admin, account := e.admin(t)
		for _, policy := range []string{"", "AmazonChimeFullAccess", "IAMReadOnlyAccess", "IAMFullAccess", "AdministratorAccess"} {
			name := "holder-of-" + policy
			user := newCaller(e.endpoint, newPrincipal(t, admin.byName(), name, policy).keys)
			document := readBuiltIn(t, policy)
			for _, p := range permissions(t) {
				free := strings.HasPrefix(p.allowedBy, "everybody")
				want := free || policy != "" && strings.Contains(p.allowedBy+",", policy+",")
				equal(t, policy+" and "+p.operation+" in its document", free || document.allows(p.service+":"+p.operation, "*"), want)
				user.permitted(t, p, "arn:aws:iam::"+account+":user/"+name, want)
			}
		}
	})
}

// permitted sends a request for an operation without parameters, most of which
// need some: who may call it hears of that.
func (c *caller) permitted(t *testing.T, p permission, arn string, want bool) {
	t.Helper()
	version := map[string]string{"iam": "2010-05-08", "sts": "2011-06-15"}[p.service]
	got := c.post(t, p.service, "Action="+p.operation+"&Version="+version)
	denial := "User: " + arn + " is not authorized to perform: " + p.service + ":" + p.operation
	if denied := got.status == 403 && strings.Contains(got.body, "<Code>AccessDenied</Code><Message>"+denial); denied == want {
		t.Errorf("%s by %s got %d %s, want allowed = %t", p.operation, arn, got.status, got.body, want)
	}
	if got.status >= 500 {
		t.Errorf("%s by %s got %d %s", p.operation, arn, got.status, got.body)
	}
}

// What is denied by IAM changes nothing of users, keys and policies.
func TestPolicies_denied_changes_of_iam(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		admin, account := e.admin(t)
		root := admin.byName()
		b := root.moveIn(t)
		user, arn := newPrincipal(t, root, "reader", "IAMReadOnlyAccess"), "arn:aws:iam::"+account+":user/"
		before := root.do(t, "iam", "GetAccountAuthorizationDetails", nil)
		for _, call := range []probe{
			{"iam", "CreateUser", members{"UserName": "New", "Path": "/a/"}, arn + "a/New"},
			{"iam", "DeleteUser", members{"UserName": b.user}, arn + b.user},
			{"iam", "UpdateUser", members{"UserName": b.user, "NewUserName": "Other"}, arn + b.user},
			{"iam", "CreateAccessKey", members{"UserName": b.user}, arn + b.user},
			{"iam", "UpdateAccessKey", members{"UserName": b.user, "AccessKeyId": b.key, "Status": "Inactive"}, arn + b.user},
			{"iam", "DeleteAccessKey", members{"UserName": b.user, "AccessKeyId": b.key}, arn + b.user},
			{"iam", "AttachUserPolicy", members{"UserName": "reader", "PolicyArn": managedPolicies + "AdministratorAccess"}, arn + "reader"},
			{"iam", "DetachUserPolicy", members{"UserName": b.user, "PolicyArn": b.policy}, arn + b.user},
			{"iam", "PutUserPolicy", members{"UserName": "reader", "PolicyName": "p", "PolicyDocument": firstVersion}, arn + "reader"},
			{"iam", "CreatePolicy", members{"PolicyName": "New", "Path": "/a/", "PolicyDocument": firstVersion}, "arn:aws:iam::" + account + ":policy/a/New"},
			{"iam", "CreatePolicyVersion", members{"PolicyArn": b.policy, "PolicyDocument": secondVersion, "SetAsDefault": true}, b.policy},
			{"iam", "SetDefaultPolicyVersion", members{"PolicyArn": b.policy, "VersionId": "v1"}, b.policy},
			{"iam", "DeletePolicy", members{"PolicyArn": b.policy}, b.policy},
		} {
			user.decided(t, arn+"reader", call, implicitDeny)
		}
		equal(t, "details", root.do(t, "iam", "GetAccountAuthorizationDetails", nil), before)
		equal(t, "key", text(root.do(t, "iam", "ListAccessKeys", members{"UserName": b.user}), "AccessKeyMetadata", 0, "Status"), "Active")
	})
}
