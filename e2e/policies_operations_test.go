package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// words are one string or a list of them, as in a policy document.
type words []string

func (w *words) UnmarshalJSON(text []byte) error {
	if text[0] == '"' {
		*w = make(words, 1)
		return json.Unmarshal(text, &(*w)[0])
	}
	return json.Unmarshal(text, (*[]string)(w))
}

// matches is a naive matcher of patterns with stars.
func (w words) matches(name string) bool {
	return slices.ContainsFunc(w, func(pattern string) bool {
		expression := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*")
		return regexp.MustCompile("(?i)^" + expression + "$").MatchString(name)
	})
}

// builtInDocument is the document of a policy that is built in, which has
// nothing but statements that allow.
type builtInDocument struct {
	Statement []struct {
		Effect           string
		Action, Resource words
	}
}

func readBuiltIn(t *testing.T, name string) (d builtInDocument) {
	t.Helper()
	if name == "" {
		return d
	}
	text, err := os.ReadFile(filepath.Join("..", "access", "managed", name+".json"))
	succeed(t, err)
	succeed(t, json.Unmarshal(text, &d))
	for _, s := range d.Statement {
		equal(t, "Effect", s.Effect, "Allow")
	}
	return d
}

func (d builtInDocument) allows(action, resource string) bool {
	for _, s := range d.Statement {
		if s.Action.matches(action) && s.Resource.matches(resource) {
			return true
		}
	}
	return false
}

// resourceOf is what a denial of an operation names.
func (w world) resourceOf(account string, op operation) string {
	if op.name == "CreateMeetingDialOut" {
		return "arn:aws:chime::" + account + ":meeting/" + unknownID
	}
	return "*"
}

// everything is what all reads of the API show of a world.
func (w world) everything(t *testing.T) map[string]string {
	t.Helper()
	shown := map[string]string{}
	for _, op := range w.operations() {
		if op.method == http.MethodGet {
			shown[op.name] = w.send(t, op.method, op.target, op.body).body
		}
	}
	return shown
}

// Every operation is allowed by exactly those policies whose documents say so,
// and what is denied changes nothing.
func TestPolicies_of_all_operations(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		w := e.world(t)
		account := *w.getAccount(t, w.account).AwsAccountId
		admin := e.administrator(t, account).byName()
		for _, name := range []string{"", "AmazonChimeReadOnly", "AmazonChimeUserManagement", "AmazonChimeFullAccess"} {
			user := newPrincipal(t, admin, "holder-of-"+name, name)
			bound := boundUser{w, newCaller(e.endpoint, user.keys), account, "arn:aws:iam::" + account + ":user/holder-of-" + name}
			t.Run("policy "+name, func(t *testing.T) { bound.judged(t, readBuiltIn(t, name)) })
		}
	})
}

// newPrincipal makes a user with a key and a policy that is built in; empty: none.
func newPrincipal(t *testing.T, admin *principal, name, policy string) *principal {
	t.Helper()
	admin.do(t, "iam", "CreateUser", members{"UserName": name})
	if policy != "" {
		admin.do(t, "iam", "AttachUserPolicy", members{"UserName": name, "PolicyArn": managedPolicies + policy})
	}
	return admin.as(credentialsIn(admin.do(t, "iam", "CreateAccessKey", members{"UserName": name}), "AccessKey"))
}

// boundUser is somebody in a world whom policies bind.
type boundUser struct {
	world
	user         *caller
	account, arn string
}

// judged sends all operations, first those that the policy does not allow.
func (b boundUser) judged(t *testing.T, policy builtInDocument) {
	before := b.everything(t)
	var rest []operation
	for _, op := range b.operations() {
		resource := b.resourceOf(b.account, op)
		if policy.allows("chime:"+op.name, resource) {
			rest = append(rest, op)
			continue
		}
		got := b.user.send(t, op.method, op.target, op.body)
		got.refused(t, forbidden)
		message := parseJSON[struct{ Message string }](t, got.body).Message
		equal(t, "message", message, denialText(b.arn, "chime:"+op.name, resource, implicitDeny))
	}
	equal(t, "everything after the denied operations", b.everything(t), before)
	for _, op := range rest {
		if got := b.user.send(t, op.method, op.target, op.body); strings.Contains(got.body, "not authorized") {
			t.Errorf("%s got %d %s", op.name, got.status, got.body)
		}
	}
}
