package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// admin returns an administrator of an AWS account that nobody else uses, and
// its id.
func (c *caller) admin(t testing.TB) (*caller, string) {
	t.Helper()
	account := fmt.Sprintf("%012d", 300_000_000_000+rand.Int64N(600_000_000_000))
	return c.administrator(t, account), account
}

func (c *caller) administrator(t testing.TB, account string) *caller {
	t.Helper()
	k := carillon[accessKey](t, c, "key", "create", "--account", account, "--user", "admin", "--policy", "AdministratorAccess")
	return newCaller(c.endpoint, k.credentials())
}

// managedPolicies begins the ARNs of policies that are built in.
const managedPolicies = "arn:aws:iam::aws:policy/"

// life is that of an IAM user, as a client shows it.
type life struct {
	admin   *principal
	account string
	// quick is the administrator through a client that is not slow, for what
	// has been done before; brief leaves out what does not depend on the client.
	quick *principal
	brief bool

	arn    string
	keys   []aws.Credentials
	policy string // the ARN of the managed policy that is not built in
}

// liveLife goes through the life of a user in an AWS account of its own.
func liveLife(t *testing.T, e *env, client sdk, brief bool) {
	admin, account := e.admin(t)
	l := &life{admin: &principal{client, admin.keys}, account: account, brief: brief}
	if l.quick = l.admin; brief {
		l.quick = admin.byName()
	}
	l.arn = "arn:aws:iam::" + account + ":user/ops/Alice"
	l.isBorn(t)
	l.getsKeys(t)
	l.simulatorIsRight(t, map[string]string{})
	l.getsPolicies(t)
	l.seesDocuments(t)
	l.simulatorIsRight(t, map[string]string{
		"chime:ListAccounts": allowed, "chime:CreateAccount": allowed, "chime:DeleteAccount": explicitDeny,
		"iam:ListUsers": allowed, "iam:GetUser": allowed, "sts:GetAccessKeyInfo": allowed,
	})
	l.getsSecondVersion(t)
	l.simulatorIsRight(t, map[string]string{
		"chime:ListAccounts": allowed, "chime:UpdateGlobalSettings": allowed, "chime:DeleteAccount": explicitDeny,
		"iam:ListUsers": allowed, "iam:GetUser": allowed,
	})
	session := l.startsSession(t)
	l.rotatesKeys(t, session)
	l.dies(t)
}

func (l *life) user() *principal { return l.admin.as(l.keys[0]) }

func (l *life) isBorn(t *testing.T) {
	made := l.admin.do(t, "iam", "CreateUser", members{"UserName": "Alice", "Path": "/ops/"})
	equal(t, "Arn", text(made, "User", "Arn"), l.arn)
	got := l.admin.do(t, "iam", "GetUser", members{"UserName": "ALICE"})
	for _, member := range []string{"Arn", "CreateDate", "Path", "UserId", "UserName"} {
		equal(t, member, text(got, "User", member), text(made, "User", member))
	}
	l.admin.refused(t, "NoSuchEntity", "The user with name bob cannot be found.", "iam", "GetUser", members{"UserName": "bob"})
	if l.brief {
		return
	}
	l.admin.refused(t, "EntityAlreadyExists", "User with name alice already exists.", "iam", "CreateUser", members{"UserName": "alice"})
	listed := l.admin.do(t, "iam", "ListUsers", members{"PathPrefix": "/ops/"})
	equal(t, "users below a path", texts(at(listed, "Users"), "UserName"), []string{"Alice"})
}

// newKey makes a key of the user.
func (l *life) newKey(t *testing.T, p *principal) aws.Credentials {
	t.Helper()
	key := at(p.do(t, "iam", "CreateAccessKey", members{"UserName": "Alice"}), "AccessKey")
	equal(t, "Status", text(key, "Status"), "Active")
	return aws.Credentials{AccessKeyID: text(key, "AccessKeyId"), SecretAccessKey: text(key, "SecretAccessKey")}
}

func (l *life) getsKeys(t *testing.T) {
	l.keys = []aws.Credentials{l.newKey(t, l.admin), l.newKey(t, l.quick)}
	l.admin.refused(t, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", "iam", "CreateAccessKey", members{"UserName": "Alice"})
	unused := l.admin.do(t, "iam", "GetAccessKeyLastUsed", members{"AccessKeyId": l.keys[1].AccessKeyID})
	equal(t, "user of the key", text(unused, "UserName"), "Alice")
	equal(t, "service of an unused key", text(unused, "AccessKeyLastUsed", "ServiceName"), "N/A")
	equal(t, "region of an unused key", text(unused, "AccessKeyLastUsed", "Region"), "N/A")
	me := l.user().do(t, "sts", "GetCallerIdentity", nil)
	equal(t, "Arn", text(me, "Arn"), l.arn)
	equal(t, "Account", text(me, "Account"), l.account)
	if l.brief {
		return
	}
	listed := at(l.admin.do(t, "iam", "ListAccessKeys", members{"UserName": "Alice"}), "AccessKeyMetadata")
	equal(t, "keys", texts(listed, "AccessKeyId"), []string{l.keys[0].AccessKeyID, l.keys[1].AccessKeyID})
}

// The documents of the user's own policies. What is odd in the first one has to
// come back as it was sent.
const (
	inlineDocument = `{"Version": "2012-10-17",
	"Statement": [ {"Sid": "Keep", "Effect": "Deny", "Action": "chime:Delete*", "Resource": "*",
		"Condition": {"StringNotEquals": {"aws:UserAgent": "100% a+b %2B é/ü"}}} ]}`
	firstVersion  = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["chime:CreateAccount","chime:DeleteAccount","sts:Get*"],"Resource":"*"}}`
	secondVersion = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"chime:UpdateGlobal?ettings","Resource":"*"}}`
)

// granted are the built-in policies that the user gets.
var granted = []string{"AmazonChimeReadOnly", "AWSCloudTrail_ReadOnlyAccess", "IAMReadOnlyAccess"}

func (l *life) getsPolicies(t *testing.T) {
	made := l.admin.do(t, "iam", "CreatePolicy", members{"PolicyName": "Makers", "Path": "/team/", "PolicyDocument": firstVersion})
	l.policy = text(made, "Policy", "Arn")
	equal(t, "Arn", l.policy, "arn:aws:iam::"+l.account+":policy/team/Makers")
	l.admin.do(t, "iam", "AttachUserPolicy", members{"UserName": "Alice", "PolicyArn": l.policy})
	for _, name := range granted {
		l.quick.do(t, "iam", "AttachUserPolicy", members{"UserName": "Alice", "PolicyArn": managedPolicies + name})
	}
	l.admin.do(t, "iam", "PutUserPolicy", members{"UserName": "Alice", "PolicyName": "keep", "PolicyDocument": inlineDocument})
	l.admin.refused(t, "MalformedPolicyDocument", "", "iam", "PutUserPolicy", members{"UserName": "Alice", "PolicyName": "bad", "PolicyDocument": `{"Version":"2012-10-17"}`})
	if l.brief {
		return
	}
	attached := at(l.admin.do(t, "iam", "ListAttachedUserPolicies", members{"UserName": "Alice"}), "AttachedPolicies")
	equal(t, "attached", texts(attached, "PolicyName"), []string{granted[1], granted[0], granted[2], "Makers"})
	own := l.admin.do(t, "iam", "ListUserPolicies", members{"UserName": "Alice"})
	equal(t, "own policies", texts(at(own, "PolicyNames")), []string{"keep"})
	with := at(l.admin.do(t, "iam", "ListEntitiesForPolicy", members{"PolicyArn": l.policy}), "PolicyUsers")
	equal(t, "who has the policy", texts(with, "UserName"), []string{"Alice"})
}

// sameDocument checks that a document came back as it was sent: the SDKs of Go
// and JavaScript show it percent-encoded, those in Python decoded and parsed.
func sameDocument(t *testing.T, what string, got any, sent string) {
	t.Helper()
	if encoded, ok := got.(string); ok {
		decoded, err := url.PathUnescape(encoded)
		succeed(t, err)
		equal(t, what, decoded, sent)
		return
	}
	var want any
	succeed(t, json.Unmarshal([]byte(sent), &want))
	equal(t, what, got, want)
}

func (l *life) seesDocuments(t *testing.T) {
	own := l.user().do(t, "iam", "GetUserPolicy", members{"UserName": "Alice", "PolicyName": "keep"})
	sameDocument(t, "inline policy", own["PolicyDocument"], inlineDocument)
	version := l.user().do(t, "iam", "GetPolicyVersion", members{"PolicyArn": l.policy, "VersionId": "v1"})
	sameDocument(t, "version 1", at(version, "PolicyVersion", "Document"), firstVersion)
}

func (l *life) getsSecondVersion(t *testing.T) {
	made := l.admin.do(t, "iam", "CreatePolicyVersion", members{"PolicyArn": l.policy, "PolicyDocument": secondVersion})
	equal(t, "id of the version", text(made, "PolicyVersion", "VersionId"), "v2")
	equal(t, "version that counts", text(l.quick.do(t, "iam", "GetPolicy", members{"PolicyArn": l.policy}), "Policy", "DefaultVersionId"), "v1")
	l.admin.do(t, "iam", "SetDefaultPolicyVersion", members{"PolicyArn": l.policy, "VersionId": "v2"})
	if l.brief {
		return
	}
	versions := at(l.admin.do(t, "iam", "ListPolicyVersions", members{"PolicyArn": l.policy}), "Versions")
	equal(t, "versions", texts(versions, "VersionId"), []string{"v2", "v1"})
	l.admin.refused(t, "DeleteConflict", "Cannot delete the default version of a policy.", "iam", "DeletePolicyVersion", members{"PolicyArn": l.policy, "VersionId": "v2"})
}
