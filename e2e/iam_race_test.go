package e2e

import (
	"fmt"
	"path"
	"testing"
)

// tally calls something many times at once and counts the outcomes by name.
func tally(n int, call func(i int) outcome) map[string]int {
	outcomes := make([]outcome, n)
	atOnce(n, func(i int) error {
		outcomes[i] = call(i)
		return nil
	})
	names := map[string]int{}
	for _, o := range outcomes {
		if o.Error == nil {
			names["done"]++
			continue
		}
		names[o.Error.Name]++
	}
	return names
}

// Quotas and names hold also for those who come at the same time.
func TestIam_races(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		admin, _ := e.admin(t)
		root := admin.byName()
		const n = 12
		users := tally(n, func(i int) outcome {
			return root.try(t, "iam", "CreateUser", members{"UserName": []string{"race", "RACE"}[i%2]})
		})
		equal(t, "users", users, map[string]int{"done": 1, "EntityAlreadyExists": n - 1})
		keys := tally(n, func(int) outcome { return root.try(t, "iam", "CreateAccessKey", members{"UserName": "race"}) })
		equal(t, "keys", keys, map[string]int{"done": 2, "LimitExceeded": n - 2})
		policies := tally(n, func(i int) outcome {
			return root.try(t, "iam", "CreatePolicy", members{"PolicyName": fmt.Sprint("p", i), "PolicyDocument": firstVersion})
		})
		equal(t, "policies", policies, map[string]int{"done": n})
		arn := text(root.do(t, "iam", "ListPolicies", members{"Scope": "Local"}), "Policies", 0, "Arn")
		versions := tally(n, func(int) outcome {
			return root.try(t, "iam", "CreatePolicyVersion", members{"PolicyArn": arn, "PolicyDocument": secondVersion})
		})
		equal(t, "versions", versions, map[string]int{"done": 4, "LimitExceeded": n - 4})
		attached := tally(n, func(i int) outcome {
			own := path.Join(path.Dir(arn), fmt.Sprint("p", i))
			return root.try(t, "iam", "AttachUserPolicy", members{"UserName": "race", "PolicyArn": own})
		})
		equal(t, "attached policies", attached, map[string]int{"done": 10, "LimitExceeded": n - 10})
	})
}

// A user with the name of one who is gone has nothing of his.
func TestIam_same_name_again(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		admin, account := e.admin(t)
		root := admin.byName()
		first := newPrincipal(t, root, "again", "AmazonChimeReadOnly")
		session := first.as(credentialsIn(first.do(t, "sts", "GetSessionToken", nil), "Credentials"))
		session.do(t, "chime", "ListAccounts", nil)
		id := text(first.do(t, "sts", "GetCallerIdentity", nil), "UserId")
		root.do(t, "iam", "DetachUserPolicy", members{"UserName": "again", "PolicyArn": managedPolicies + "AmazonChimeReadOnly"})
		root.do(t, "iam", "DeleteAccessKey", members{"UserName": "again", "AccessKeyId": first.keys.AccessKeyID})
		root.do(t, "iam", "DeleteUser", members{"UserName": "again"})
		second := newPrincipal(t, root, "again", "")
		second.decided(t, "arn:aws:iam::"+account+":user/again", probe{"chime", "ListAccounts", nil, "*"}, implicitDeny)
		if again := text(second.do(t, "sts", "GetCallerIdentity", nil), "UserId"); again == id {
			t.Errorf("both users have the id %s", id)
		}
		session.refused(t, "ExpiredToken", "", "chime", "ListAccounts", nil)
		first.refused(t, "UnrecognizedClient", "", "chime", "ListAccounts", nil)
	})
}

// Tools ask for what users here never have before they delete one.
func TestIam_empty_lists(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		admin, _ := e.admin(t)
		root := admin.byName()
		for operation, list := range map[string]string{
			"ListGroupsForUser": "Groups", "ListMFADevices": "MFADevices", "ListSigningCertificates": "Certificates",
			"ListSSHPublicKeys": "SSHPublicKeys", "ListServiceSpecificCredentials": "ServiceSpecificCredentials", "ListUserTags": "Tags",
		} {
			equal(t, operation, at(root.do(t, "iam", operation, members{"UserName": "admin"}), list), any([]any{}))
			root.refused(t, "NoSuchEntity", "The user with name bob cannot be found.", "iam", operation, members{"UserName": "bob"})
		}
	})
}
