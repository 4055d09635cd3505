package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// printedKey is a key in the results of carillon key list.
type printedKey struct {
	AccessKeyId, Arn, AwsAccountId, Status, UserName string
}

// keys returns what carillon key list prints.
func (c *caller) listKeys(t testing.TB, args ...string) []printedKey {
	t.Helper()
	return carillon[struct{ AccessKeys []printedKey }](t, c, append([]string{"key", "list"}, args...)...).AccessKeys
}

// works checks whether the caller's key is accepted.
func (c *caller) works(t testing.TB, want bool) {
	t.Helper()
	_, err := c.ListAccounts(t.Context(), &chime.ListAccountsInput{})
	if want {
		succeed(t, err)
		return
	}
	refused(t, err, unrecognizedClient)
}

func TestCommandKeyCreate_result(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for account, args := range map[string][]string{
			rootAwsAccount:  {"key", "create", "--user", "alice@example.com"},
			otherAwsAccount: {"key", "create", "--user", "alice@example.com", "--account", otherAwsAccount},
		} {
			out := carillon[map[string]string](t, e.caller, args...)
			equal(t, "members", slices.Sorted(maps.Keys(out)), []string{"AccessKeyId", "Arn", "SecretAccessKey"})
			equal(t, "Arn", out["Arn"], "arn:aws:iam::"+account+":user/alice@example.com")
		}
	})
}

func TestCommandKey_life(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		c.works(t, true)
		id := c.keys.AccessKeyID
		for _, form := range [][]string{{id}, {"--access-key-id", id}} {
			e.tryCarillon(t, append([]string{"key", "disable"}, form...)...).succeeded(t)
			c.works(t, false)
			e.tryCarillon(t, append([]string{"key", "enable"}, form...)...).succeeded(t)
			c.works(t, true)
		}
		e.tryCarillon(t, "key", "delete", id).succeeded(t)
		c.works(t, false)
		for _, verb := range []string{"disable", "enable", "delete"} {
			e.tryCarillon(t, "key", verb, id).failed(t, exitFailed, "NotFoundException")
		}
	})
}

func TestCommandKeyList_filters(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		account := *c.getAccount(t, c.team(t)).AwsAccountId
		second := carillon[accessKey](t, e.caller, "key", "create", "--user", "bob", "--account", account)
		e.tryCarillon(t, "key", "disable", second.AccessKeyID).succeeded(t)
		first := printedKey{c.keys.AccessKeyID, "arn:aws:iam::" + account + ":user/tester", account, "Active", "tester"}
		bob := printedKey{second.AccessKeyID, second.Arn, account, "Inactive", "bob"}
		equal(t, "keys of the account", e.listKeys(t, "--account", account), []printedKey{first, bob})
		equal(t, "keys of bob", e.listKeys(t, "--account", account, "--user", "bob"), []printedKey{bob})
		equal(t, "keys of nobody", e.listKeys(t, "--account", account, "--user", "nobody"), []printedKey{})
		all := e.tryCarillon(t, "key", "list").succeeded(t)
		for word, want := range map[string]bool{first.AccessKeyId: true, second.SecretAccessKey: false, c.keys.SecretAccessKey: false} {
			equal(t, "the list holds "+word, strings.Contains(all, word), want)
		}
		table := e.tryCarillon(t, "key", "list", "--account", account, "--output", "table").succeeded(t)
		equal(t, "lines of the table", strings.Count(table, "\n"), 3)
	})
}

func TestCommandKey_root_only(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.keyOf(t, rootAwsAccount) // even in the AWS account of the root key
		for _, args := range [][]string{
			{"create", "--user", "x"},
			{"list"},
			{"disable", c.keys.AccessKeyID},
			{"enable", c.keys.AccessKeyID},
			{"delete", c.keys.AccessKeyID},
		} {
			c.tryCarillon(t, append([]string{"key"}, args...)...).failed(t, exitFailed, "ForbiddenException", "user/tester")
		}
		c.works(t, true)
	})
}

func TestCommandKey_root_key_stays(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, verb := range []string{"disable", "delete"} {
			r := e.tryCarillon(t, "key", verb, e.keys.AccessKeyID)
			equal(t, "exit code", r.code, exitFailed)
		}
		e.works(t, true)
	})
}

func TestCommandKeyCreate_refused(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, tt := range []struct {
			word string
			args []string
		}{
			{"PolicyNames", []string{"--user", "x", "--policy", "Nonsense"}},
			{"BadRequestException", []string{"--user", "x", "--account", "123"}},
			{"BadRequestException", []string{"--user", "x", "--account", "12345678901x"}},
			{"BadRequestException", []string{"--user", "a b"}},
			{"BadRequestException", []string{"--user", ofLength(65, "x")}},
		} {
			e.tryCarillon(t, append([]string{"key", "create"}, tt.args...)...).failed(t, exitFailed, tt.word)
		}
	})
}
