package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// credentialsIn returns the credentials in a member of an output.
func credentialsIn(out members, member string) aws.Credentials {
	k := out[member]
	return aws.Credentials{AccessKeyID: text(k, "AccessKeyId"), SecretAccessKey: text(k, "SecretAccessKey"), SessionToken: text(k, "SessionToken")}
}

// belongings are what an AWS account has that nobody else may see.
type belongings struct {
	account, user, policy, key, team string
}

func (p *principal) moveIn(t *testing.T) (b belongings) {
	t.Helper()
	b.account = text(p.do(t, "sts", "GetCallerIdentity", nil), "Account")
	b.user = "Resident"
	made := p.do(t, "iam", "CreateUser", members{"UserName": b.user})
	equal(t, "Arn", text(made, "User", "Arn"), "arn:aws:iam::"+b.account+":user/Resident")
	b.policy = text(p.do(t, "iam", "CreatePolicy", members{"PolicyName": "Private", "PolicyDocument": firstVersion}), "Policy", "Arn")
	p.do(t, "iam", "AttachUserPolicy", members{"UserName": b.user, "PolicyArn": b.policy})
	b.key = credentialsIn(p.do(t, "iam", "CreateAccessKey", members{"UserName": b.user}), "AccessKey").AccessKeyID
	b.team = text(p.do(t, "chime", "CreateAccount", members{"Name": "Private"}), "Account", "AccountId")
	return b
}

// The administrator of an AWS account sees nothing of another.
func TestIam_another_account_is_invisible(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		theirs := e.byName().moveIn(t)
		other := e.administrator(t, otherAwsAccount).byName()
		equal(t, "Arn", text(other.do(t, "sts", "GetCallerIdentity", nil), "Arn"), "arn:aws:iam::222233334444:user/admin")
		equal(t, "users", texts(at(other.do(t, "iam", "ListUsers", nil), "Users"), "UserName"), []string{"admin"})
		equal(t, "policies", at(other.do(t, "iam", "ListPolicies", members{"Scope": "Local"}), "Policies"), any([]any{}))
		details := other.do(t, "iam", "GetAccountAuthorizationDetails", members{"Filter": []string{"User", "LocalManagedPolicy"}})
		equal(t, "users in the details", texts(at(details, "UserDetailList"), "UserName"), []string{"admin"})
		equal(t, "policies in the details", at(details, "Policies"), any([]any{}))
		equal(t, "Chime accounts", at(other.do(t, "chime", "ListAccounts", nil), "Accounts"), any([]any{}))

		noUser := "The user with name Resident cannot be found."
		other.refused(t, "NoSuchEntity", noUser, "iam", "GetUser", members{"UserName": theirs.user})
		other.refused(t, "NoSuchEntity", noUser, "iam", "ListAccessKeys", members{"UserName": theirs.user})
		other.refused(t, "NoSuchEntity", "Policy "+theirs.policy+" was not found.", "iam", "GetPolicy", members{"PolicyArn": theirs.policy})
		noKey := "The Access Key with id " + theirs.key + " cannot be found."
		other.refused(t, "NoSuchEntity", noKey, "iam", "GetAccessKeyLastUsed", members{"AccessKeyId": theirs.key})
		other.refused(t, "NotFound", "", "chime", "GetAccount", members{"AccountId": theirs.team})
		other.refused(t, "NoSuchEntity", "", "iam", "SimulatePrincipalPolicy", members{
			"PolicySourceArn": "arn:aws:iam::" + theirs.account + ":user/" + theirs.user, "ActionNames": []string{"chime:GetAccount"},
		})
	})
}

// Nor can he change anything there, even under names that both have.
func TestIam_another_account_is_out_of_reach(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		root, other := e.byName(), e.administrator(t, otherAwsAccount).byName()
		theirs := root.moveIn(t)
		mine := other.moveIn(t)
		for _, call := range []probe{
			{"iam", "DeletePolicy", members{"PolicyArn": theirs.policy}, ""},
			{"iam", "CreatePolicyVersion", members{"PolicyArn": theirs.policy, "PolicyDocument": secondVersion}, ""},
			{"iam", "UpdateAccessKey", members{"UserName": mine.user, "AccessKeyId": theirs.key, "Status": "Inactive"}, ""},
			{"iam", "DeleteAccessKey", members{"UserName": mine.user, "AccessKeyId": theirs.key}, ""},
			{"iam", "AttachUserPolicy", members{"UserName": mine.user, "PolicyArn": theirs.policy}, ""},
		} {
			other.refused(t, "NoSuchEntity", "", call.service, call.operation, call.in)
		}
		other.refused(t, "NotFound", "", "chime", "DeleteAccount", members{"AccountId": theirs.team})
		other.do(t, "iam", "PutUserPolicy", members{"UserName": mine.user, "PolicyName": "p", "PolicyDocument": firstVersion})
		names := root.do(t, "iam", "ListUserPolicies", members{"UserName": theirs.user})
		equal(t, "own policies of the other of that name", at(names, "PolicyNames"), any([]any{}))
		equal(t, "key of the other", text(root.do(t, "iam", "ListAccessKeys", members{"UserName": theirs.user}), "AccessKeyMetadata", 0, "Status"), "Active")
	})
}

// What reaches across AWS accounts is for the root key, whatever policies say.
func TestIam_root_only_operations(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		admin, account := e.admin(t)
		arn := "arn:aws:iam::" + account + ":user/admin"
		for operation, args := range map[string][]string{
			"CreateAccessKey": {"key", "create", "--user", "x"},
			"RotateAccessKey": {"key", "rotate", "--user", "admin"},
			"ListAccessKeys":  {"key", "list"},
			"UpdateAccessKey": {"key", "disable", admin.keys.AccessKeyID},
			"DeleteAccessKey": {"key", "delete", admin.keys.AccessKeyID},
			"RotateRootKey":   {"root", "rotate"},
		} {
			text := denialText(arn, "carillon:"+operation, "*", implicitDeny)
			admin.tryCarillon(t, args...).failed(t, exitFailed, "ForbiddenException", text)
		}
		for target, operation := range map[string]string{clockPath: "GetTestClock", "/carillon/v1/jobs": "ListJobs"} {
			admin.send(t, "GET", target, "").refused(t, forbidden, denialText(arn, "carillon:"+operation, "*", implicitDeny))
		}
	})
}
