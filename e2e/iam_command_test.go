package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// heldKey is a key in the results of carillon key list, with what it may do.
type heldKey struct {
	AccessKeyId, Status, LastUsedService, LastUsedRegion string
	LastUsedTimestamp, CreatedTimestamp                  time.Time
	PolicyNames                                          []string
}

func (c *caller) heldKeys(t *testing.T, account string) []heldKey {
	t.Helper()
	return carillon[struct{ AccessKeys []heldKey }](t, c, "key", "list", "--account", account).AccessKeys
}

// carillon env exports what makes the AWS CLI use the server for all services.
func TestIamCommand_env_for_aws_cli(t *testing.T) {
	t.Parallel()
	clis := awsCLIs()
	i := slices.IndexFunc(clis, func(cli awsCLI) bool { return !cli.told })
	if i < 0 {
		missing(t, "the AWS CLI", "none in PATH or /usr/bin reads endpoints from the environment")
	}
	e := ownServer(t)
	root := e.byName()
	root.do(t, "iam", "CreateUser", members{"UserName": "alice"})
	cmd := command("sh", "-c", `eval "$("$0" env --data "$1")" && "$2" iam list-users --query 'Users[].UserName' --output text`,
		suite.binary, e.server.data(), clis[i].program)
	cmd.Env = cleanEnv(t.TempDir(), "AWS_EC2_METADATA_DISABLED=true")
	r, err := run(cmd)
	succeed(t, err)
	equal(t, "users", strings.TrimSpace(r.succeeded(t)), "alice")
	vars, err := e.server.env()
	succeed(t, err)
	for _, service := range []string{"CHIME", "IAM", "STS", "CLOUDTRAIL"} {
		equal(t, "endpoint of "+service, vars["AWS_ENDPOINT_URL_"+service], e.endpoint)
	}
}

func TestIamCommand_key_create_policy(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		admin, account := e.admin(t)
		root := admin.byName()
		root.do(t, "iam", "CreatePolicy", members{"PolicyName": "Own", "PolicyDocument": firstVersion})
		own := "arn:aws:iam::" + account + ":policy/Own"
		create := func(args ...string) result {
			return e.tryCarillon(t, append([]string{"key", "create", "--account", account, "--user"}, args...)...)
		}
		attached := func(name string) []string {
			return texts(at(root.do(t, "iam", "ListAttachedUserPolicies", members{"UserName": name}), "AttachedPolicies"), "PolicyName")
		}
		create("ann", "--policy", "AmazonChimeReadOnly", "--policy", "Own").succeeded(t)
		equal(t, "by name", attached("ann"), []string{"AmazonChimeReadOnly", "Own"})
		create("ben", "--policy", own+","+managedPolicies+"IAMReadOnlyAccess").succeeded(t)
		equal(t, "by ARN", attached("ben"), []string{"IAMReadOnlyAccess", "Own"})
		create("cleo").succeeded(t)
		equal(t, "of a new user without a policy", attached("cleo"), []string{"AmazonChimeFullAccess"})
		root.do(t, "iam", "CreateUser", members{"UserName": "dan"})
		create("dan").succeeded(t)
		equal(t, "of an old user without a policy", attached("dan"), nil)
		create("ANN", "--policy", "IAMFullAccess").succeeded(t)
		equal(t, "of an old user with one more", attached("ann"), []string{"AmazonChimeReadOnly", "IAMFullAccess", "Own"})
		create("ann").failed(t, exitFailed, "ResourceLimitExceededException", "delete AKIA")
		create("eve", "--policy", "Nonsense").failed(t, exitFailed, "BadRequestException", "Nonsense")
		root.refused(t, "NoSuchEntity", "The user with name eve cannot be found.", "iam", "GetUser", members{"UserName": "eve"})
		for _, k := range e.heldKeys(t, account) {
			if len(k.PolicyNames) > 0 && slices.Contains(k.PolicyNames, "Own") {
				return
			}
		}
		t.Error("key list does not show the policies")
	})
}

func TestIamCommand_key_rotate(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		admin, account := e.admin(t)
		first := admin.keys.AccessKeyID
		k := carillon[accessKey](t, e.caller, "key", "rotate", "--account", account, "--user", "admin", "--after", "3h")
		next := newCaller(e.endpoint, k.credentials())
		next.works(t, true)
		e.tryCarillon(t, "key", "rotate", "--account", account, "--user", "admin").failed(t, exitFailed, "ResourceLimitExceededException", first)
		e.advance(t, "2h59m")
		steadily(t, "first key", func() bool { return e.statusOf(t, account, first) == "Active" })
		admin.works(t, true)
		e.advance(t, "2m")
		eventually(t, "end of the first key", func() bool { return e.statusOf(t, account, first) == "Inactive" })
		admin.works(t, false)
		next.works(t, true)
		e.tryCarillon(t, "key", "rotate", "--account", account, "--user", "nobody").failed(t, exitFailed, "NotFoundException")
		e.tryCarillon(t, "key", "rotate", "--account", account, "--user", "admin", "--after", "soon").failed(t, exitFailed, "BadRequestException", "After")
	}, "--test-clock")
}

func (e *env) statusOf(t *testing.T, account, id string) string {
	t.Helper()
	for _, k := range e.heldKeys(t, account) {
		if k.AccessKeyId == id {
			return k.Status
		}
	}
	return ""
}

// key list shows when a key was used last, where and for what.
func TestIamCommand_key_list_last_used(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		admin, account := e.admin(t)
		k := e.heldKeys(t, account)[0]
		equal(t, "key", k, heldKey{AccessKeyId: admin.keys.AccessKeyID, Status: "Active", CreatedTimestamp: k.CreatedTimestamp, PolicyNames: []string{"AdministratorAccess"}})
		isNow(t, "CreatedTimestamp", &k.CreatedTimestamp)
		s := signerOf(admin)
		s.region, s.service = "eu-west-1", "sts"
		r := admin.form(t, identityForm)
		s.sign(r, identityForm)
		do(t, r).isXML(t, "GetCallerIdentityResponse")
		eventually(t, "use in the list", func() bool { return e.heldKeys(t, account)[0].LastUsedService != "" })
		used := e.heldKeys(t, account)[0]
		equal(t, "use", []string{used.LastUsedService, used.LastUsedRegion}, []string{"sts", "eu-west-1"})
		isNow(t, "LastUsedTimestamp", &used.LastUsedTimestamp)
		table := e.tryCarillon(t, "key", "list", "--account", account, "--output", "table").succeeded(t)
		for _, word := range []string{"sts", "eu-west-1", "AdministratorAccess", used.LastUsedTimestamp.Format("2006-01-02")} {
			if !strings.Contains(table, word) {
				t.Errorf("the table lacks %q:\n%s", word, table)
			}
		}
	})
}
