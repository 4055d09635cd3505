package e2e

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// readerOn is a user with a key and a policy on each of two servers.
type readerOn struct {
	admin [2]*principal
	user  [2]*principal
	name  string
	arn   string
}

// reader makes a user on one server whom both have let in.
func reader(t *testing.T, list []*env, admin *caller, account, name string) *readerOn {
	t.Helper()
	u := &readerOn{name: name, arn: "arn:aws:iam::" + account + ":user/" + name}
	for i, c := range admin.through(list) {
		u.admin[i] = c.byName()
	}
	u.user[0] = newPrincipal(t, u.admin[0], name, "AmazonChimeReadOnly")
	u.user[1] = u.admin[1].as(u.user[0].keys)
	for _, user := range u.user {
		user.do(t, "chime", "ListAccounts", nil)
	}
	return u
}

// ends checks that users are refused by a name: at the server of the first at
// once, at the other in every request that begins a second later.
func ends(t *testing.T, here, there *principal, name, message string) {
	t.Helper()
	changed := time.Now()
	here.refused(t, name, message, "chime", "ListAccounts", nil)
	for {
		began := time.Now()
		o := there.try(t, "chime", "ListAccounts", nil)
		if o.Error != nil {
			equal(t, "refusal by the other server", o.Error.Name, name)
			return
		}
		if age := began.Sub(changed); age > time.Second {
			t.Fatalf("the other server has not heard of it for %s", age)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// What changes on one server holds on the other within a second.
func TestIam_changes_reach_replicas(t *testing.T) {
	list := cluster(t, 2)
	admin, account := list[0].admin(t)
	const unknown = "The access key is unknown or disabled"
	for _, change := range []struct {
		what, name string
		do         func(t *testing.T, admin *principal, u *readerOn)
	}{
		{"key-disabled", "UnrecognizedClient", func(t *testing.T, admin *principal, u *readerOn) {
			admin.do(t, "iam", "UpdateAccessKey", members{"UserName": u.name, "AccessKeyId": u.user[0].keys.AccessKeyID, "Status": "Inactive"})
		}},
		{"policy-detached", "Forbidden", func(t *testing.T, admin *principal, u *readerOn) {
			admin.do(t, "iam", "DetachUserPolicy", members{"UserName": u.name, "PolicyArn": managedPolicies + "AmazonChimeReadOnly"})
		}},
		{"denied", "Forbidden", func(t *testing.T, admin *principal, u *readerOn) {
			admin.do(t, "iam", "PutUserPolicy", members{"UserName": u.name, "PolicyName": "p", "PolicyDocument": denyAll})
		}},
		{"user-deleted", "UnrecognizedClient", func(t *testing.T, admin *principal, u *readerOn) {
			admin.do(t, "iam", "DetachUserPolicy", members{"UserName": u.name, "PolicyArn": managedPolicies + "AmazonChimeReadOnly"})
			admin.do(t, "iam", "DeleteAccessKey", members{"UserName": u.name, "AccessKeyId": u.user[0].keys.AccessKeyID})
			admin.do(t, "iam", "DeleteUser", members{"UserName": u.name})
		}},
	} {
		for here := range 2 {
			u := reader(t, list, admin, account, change.what+[]string{"-here", "-there"}[here])
			change.do(t, u.admin[here], u)
			message := map[string]string{"UnrecognizedClient": unknown, "Forbidden": ""}[change.name]
			ends(t, u.user[here], u.user[1-here], change.name, message)
		}
	}
}

const denyAll = `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`

// A session ends with its key on both servers, and is good on both before.
func TestIam_sessions_end_on_replicas(t *testing.T) {
	list := cluster(t, 2)
	admin, account := list[0].admin(t)
	for here, name := range []string{"on-first", "on-second"} {
		u := reader(t, list, admin, account, name)
		session := credentialsIn(u.user[here].do(t, "sts", "GetSessionToken", nil), "Credentials")
		both := [2]*principal{u.user[0].as(session), u.user[1].as(session)}
		for _, s := range both {
			s.do(t, "chime", "ListAccounts", nil)
		}
		u.admin[here].do(t, "iam", "DeleteAccessKey", members{"UserName": name, "AccessKeyId": u.user[0].keys.AccessKeyID})
		ends(t, both[here], both[1-here], "ExpiredToken", "")
	}
}

// A version that becomes the default, and a user with another name, hold at
// once on the server that made the change.
func TestIam_changes_hold_at_once(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		admin, account := e.admin(t)
		root := admin.byName()
		user, arn := newPrincipal(t, root, "ann", ""), "arn:aws:iam::"+account+":user/ann"
		policy := text(root.do(t, "iam", "CreatePolicy", members{"PolicyName": "P", "PolicyDocument": firstVersion}), "Policy", "Arn")
		root.do(t, "iam", "AttachUserPolicy", members{"UserName": "ann", "PolicyArn": policy})
		create := probe{"chime", "CreateAccount", members{"Name": "x"}, "*"}
		for range 5 {
			user.decided(t, arn, create, allowed)
			root.do(t, "iam", "CreatePolicyVersion", members{"PolicyArn": policy, "PolicyDocument": secondVersion, "SetAsDefault": true})
			user.decided(t, arn, create, implicitDeny)
			root.do(t, "iam", "SetDefaultPolicyVersion", members{"PolicyArn": policy, "VersionId": "v1"})
			newest := text(root.do(t, "iam", "ListPolicyVersions", members{"PolicyArn": policy}), "Versions", 0, "VersionId")
			root.do(t, "iam", "DeletePolicyVersion", members{"PolicyArn": policy, "VersionId": newest})
		}
		root.do(t, "iam", "UpdateUser", members{"UserName": "ann", "NewUserName": "Anna", "NewPath": "/new/"})
		equal(t, "Arn", text(user.do(t, "sts", "GetCallerIdentity", nil), "Arn"), "arn:aws:iam::"+account+":user/new/Anna")
		user.decided(t, "arn:aws:iam::"+account+":user/new/Anna", create, allowed)
	})
}

// Somebody without a session of ours is nobody.
func TestIam_foreign_sessions(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		admin, _ := e.admin(t)
		user := admin.byName()
		session := credentialsIn(user.do(t, "sts", "GetSessionToken", nil), "Credentials")
		with := func(id, secret, token string) *principal {
			return user.as(aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: token})
		}
		const foreign = "The security token was not issued by this server for the access key"
		for name, p := range map[string]*principal{
			"a token with a key":  with(user.keys.AccessKeyID, user.keys.SecretAccessKey, session.SessionToken),
			"a token cut off":     with(session.AccessKeyID, session.SecretAccessKey, session.SessionToken[:len(session.SessionToken)-2]),
			"a token of nobody's": with(session.AccessKeyID, session.SecretAccessKey, "token"),
		} {
			t.Run(name, func(t *testing.T) {
				p.refused(t, "UnrecognizedClient", foreign, "chime", "ListAccounts", nil)
				p.refused(t, "InvalidClientTokenId", foreign, "iam", "ListUsers", nil)
			})
		}
		with(session.AccessKeyID, session.SecretAccessKey, "").refused(t, "UnrecognizedClient", "", "chime", "ListAccounts", nil)
		user.as(session).refused(t, "AccessDenied", "Cannot call GetSessionToken with session credentials", "sts", "GetSessionToken", nil)
	})
}
