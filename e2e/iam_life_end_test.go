package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// How the simulator calls decisions.
const (
	allowed      = "allowed"
	implicitDeny = "implicitDeny"
	explicitDeny = "explicitDeny"
)

// probe is a call that shows whether an action is allowed.
type probe struct {
	service, operation string
	in                 members
	resource           string
}

// probes are calls that change nothing of importance.
func (l *life) probes() []probe {
	list := []probe{
		{"chime", "ListAccounts", nil, "*"},
		{"chime", "DeleteAccount", members{"AccountId": unknownID}, "*"},
		{"iam", "CreateUser", members{"UserName": "Bob", "Path": "/ops/"}, "arn:aws:iam::" + l.account + ":user/ops/Bob"},
	}
	if l.brief {
		return list
	}
	return append(list, []probe{
		{"chime", "CreateAccount", members{"Name": "Team"}, "*"},
		{"chime", "UpdateGlobalSettings", members{"VoiceConnector": members{"CdrBucket": "bucket"}}, "*"},
		{"iam", "ListUsers", nil, "*"},
		{"iam", "GetUser", members{"UserName": "alice"}, l.arn},
		{"sts", "GetAccessKeyInfo", members{"AccessKeyId": l.keys[1].AccessKeyID}, "*"},
	}...)
}

// simulatorIsRight checks what the simulator says of the user, and that it is so.
// What it should say is implicitDeny where nothing else is wanted.
func (l *life) simulatorIsRight(t *testing.T, want map[string]string) {
	t.Helper()
	probes := l.probes()
	in := members{"PolicySourceArn": l.arn, "ActionNames": []string{}, "ResourceArns": []string{"*", l.arn, l.arn[:len(l.arn)-len("Alice")] + "Bob"}}
	for _, p := range probes {
		in["ActionNames"] = append(in["ActionNames"].([]string), p.action())
	}
	results := at(l.admin.do(t, "iam", "SimulatePrincipalPolicy", in), "EvaluationResults")
	for _, p := range probes {
		expected := want[p.action()]
		if expected == "" {
			expected = implicitDeny
		}
		equal(t, "the simulator on "+p.action(), decisionOn(results, p), expected)
		l.prober(p).decided(t, l.arn, p, expected)
	}
}

// prober is the user, who calls what is denied by an explicit deny or by IAM
// through the client in any case.
func (l *life) prober(p probe) *principal {
	if p.operation == "DeleteAccount" || p.service == "iam" {
		return l.user()
	}
	return l.quick.as(l.keys[0])
}

func (p probe) action() string { return p.service + ":" + p.operation }

// decisionOn finds the decision of the simulator on a probe.
func decisionOn(results any, p probe) string {
	list, _ := results.([]any)
	for _, r := range list {
		if text(r, "EvalActionName") == p.action() && text(r, "EvalResourceName") == p.resource {
			return text(r, "EvalDecision")
		}
	}
	return "nothing"
}

// decided checks that a call is decided as expected, and what a denial says.
func (p *principal) decided(t *testing.T, arn string, call probe, expected string) {
	t.Helper()
	name := "Forbidden"
	if call.service != "chime" {
		name = "AccessDenied"
	}
	if expected != allowed {
		p.refused(t, name, denialText(arn, call.action(), call.resource, expected), call.service, call.operation, call.in)
		return
	}
	if o := p.try(t, call.service, call.operation, call.in); o.Error != nil && o.Error.Name == name {
		t.Errorf("%s is denied: %s", call.action(), o.Error.Message)
	}
}

// denialText is what is said of a denial, to the byte.
func denialText(arn, action, resource, decision string) string {
	said := "User: " + arn + " is not authorized to perform: " + action
	if resource != "*" {
		said += " on resource: " + resource
	}
	if decision == explicitDeny {
		return said + " with an explicit deny in an identity-based policy"
	}
	return said + " because no identity-based policy allows the " + action + " action"
}

// startsSession checks when the key was used last, and returns a session of it.
func (l *life) startsSession(t *testing.T) aws.Credentials {
	var used any
	eventually(t, "use of the key written down", func() bool {
		used = at(l.quick.do(t, "iam", "GetAccessKeyLastUsed", members{"AccessKeyId": l.keys[0].AccessKeyID}), "AccessKeyLastUsed")
		return text(used, "ServiceName") != "N/A"
	})
	if service := text(used, "ServiceName"); service != "sts" && service != "iam" && service != "chime" {
		t.Errorf("the key was used last for %q", service)
	}
	equal(t, "region of the use", text(used, "Region"), region)
	session := at(l.user().do(t, "sts", "GetSessionToken", members{"DurationSeconds": 900}), "Credentials")
	keys := aws.Credentials{AccessKeyID: text(session, "AccessKeyId"), SecretAccessKey: text(session, "SecretAccessKey"), SessionToken: text(session, "SessionToken")}
	me := l.admin.as(keys).do(t, "sts", "GetCallerIdentity", nil)
	equal(t, "who the session is", text(me, "Arn"), l.arn)
	for i, p := range l.probes()[:3] {
		l.quick.as(keys).decided(t, l.arn, p, []string{allowed, explicitDeny, implicitDeny}[i])
	}
	return keys
}

// rotatesKeys ends the first key, and with it the session.
func (l *life) rotatesKeys(t *testing.T, session aws.Credentials) {
	l.deleteKey(t, l.quick, l.keys[1])
	old, next := l.user(), l.newKey(t, l.quick)
	l.admin.do(t, "iam", "UpdateAccessKey", members{"UserName": "Alice", "AccessKeyId": l.keys[0].AccessKeyID, "Status": "Inactive"})
	const unknown = "The access key is unknown or disabled"
	old.refused(t, "UnrecognizedClient", unknown, "chime", "ListAccounts", nil)
	old.refused(t, "InvalidClientTokenId", unknown, "sts", "GetCallerIdentity", nil)
	l.admin.as(session).refused(t, "ExpiredToken", "", "chime", "ListAccounts", nil)
	l.quick.as(session).refused(t, "ExpiredToken", "", "iam", "ListUsers", nil)
	l.deleteKey(t, l.admin, l.keys[0])
	l.keys = []aws.Credentials{next}
	l.quick.as(next).do(t, "chime", "ListAccounts", nil)
}

func (l *life) deleteKey(t *testing.T, p *principal, key aws.Credentials) {
	t.Helper()
	p.do(t, "iam", "DeleteAccessKey", members{"UserName": "Alice", "AccessKeyId": key.AccessKeyID})
}

// dies deletes everything, from the wrong end at first.
func (l *life) dies(t *testing.T) {
	user, policy := members{"UserName": "Alice"}, members{"PolicyArn": l.policy}
	l.admin.refused(t, "DeleteConflict", "Cannot delete entity, must detach all policies first.", "iam", "DeleteUser", user)
	l.admin.refused(t, "DeleteConflict", "Cannot delete a policy attached to entities.", "iam", "DeletePolicy", policy)
	l.admin.do(t, "iam", "DetachUserPolicy", members{"UserName": "Alice", "PolicyArn": l.policy})
	for _, name := range granted {
		l.quick.do(t, "iam", "DetachUserPolicy", members{"UserName": "Alice", "PolicyArn": managedPolicies + name})
	}
	l.quick.refused(t, "DeleteConflict", "Cannot delete entity, must delete policies first.", "iam", "DeleteUser", user)
	l.admin.do(t, "iam", "DeleteUserPolicy", members{"UserName": "Alice", "PolicyName": "keep"})
	l.admin.refused(t, "DeleteConflict", "Cannot delete entity, must delete access keys first.", "iam", "DeleteUser", user)
	l.quick.as(l.keys[0]).refused(t, "Forbidden", denialText(l.arn, "chime:ListAccounts", "*", implicitDeny), "chime", "ListAccounts", nil)
	l.deleteKey(t, l.admin, l.keys[0])
	l.admin.do(t, "iam", "DeleteUser", user)
	l.quick.refused(t, "DeleteConflict", "", "iam", "DeletePolicy", policy)
	l.admin.do(t, "iam", "DeletePolicyVersion", members{"PolicyArn": l.policy, "VersionId": "v1"})
	l.admin.do(t, "iam", "DeletePolicy", policy)
	l.admin.refused(t, "NoSuchEntity", "Policy "+l.policy+" was not found.", "iam", "GetPolicy", policy)
	l.quick.refused(t, "NoSuchEntity", "The user with name Alice cannot be found.", "iam", "DeleteUser", user)
}
