package e2e

import (
	"fmt"
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
			otherAwsAccount: {"key", "create", "--user", "alice@example.com", "--account", otherAwsAccount, "--policy", "AdministratorAccess"},
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
			{"rotate", "--user", "x"},
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

// What a key may do, its policies say, and the list shows.
func TestCommandKeyCreate_policies(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		account := newAwsAccount()
		for _, step := range []struct {
			args []string
			want string
		}{
			{[]string{"--user", "reader", "--policy", "AmazonChimeReadOnly"}, "[AmazonChimeReadOnly]"},
			{[]string{"--user", "READER", "--policy", "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}, "[AmazonChimeReadOnly IAMReadOnlyAccess]"},
			{[]string{"--user", "owner"}, "[AmazonChimeFullAccess]"},
		} {
			out := carillon[accessKey](t, e.caller, append([]string{"key", "create", "--account", account}, step.args...)...)
			list := carillon[struct {
				AccessKeys []struct {
					AccessKeyId string
					PolicyNames []string
				}
			}](t, e.caller, "key", "list", "--account", account, "--user", step.args[1])
			last := list.AccessKeys[len(list.AccessKeys)-1]
			equal(t, "the last key", last.AccessKeyId, out.AccessKeyID)
			equal(t, "policies", fmt.Sprint(last.PolicyNames), step.want)
		}
		r := e.tryCarillon(t, "key", "create", "--account", account, "--user", "reader")
		equal(t, "exit code of a third key", r.code, exitFailed)
		equal(t, "it names a key to delete", strings.Contains(r.stderr, "delete AKIA"), true)
	})
}

// A rotated key works until its time, and the next one from now on.
func TestCommandKeyRotate_life(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		account := newAwsAccount()
		first := e.userOf(t, account, "tester")
		k := carillon[accessKey](t, e.caller, "key", "rotate", "--user", "tester", "--account", account, "--after", "2h")
		second := newCaller(e.endpoint, k.credentials())
		first.works(t, true)
		second.works(t, true)
		e.tryCarillon(t, "key", "rotate", "--user", "tester", "--account", account).failed(t, exitFailed, "ResourceLimitExceeded")
		e.advance(t, "1h59m")
		first.works(t, true)
		e.advance(t, "1m")
		eventually(t, "the end of the first key", func() bool {
			_, err := first.ListAccounts(t.Context(), &chime.ListAccountsInput{})
			return err != nil
		})
		first.works(t, false)
		second.works(t, true)
		equal(t, "status", e.listKeys(t, "--account", account)[0].Status, "Inactive")
	}, "--test-clock")
}

func TestCommandKeyCreate_refused(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, tt := range []struct {
			word string
			args []string
		}{
			{"PolicyNames", []string{"--user", "x", "--policy", "Ghost"}},
			{"BadRequestException", []string{"--user", "x", "--account", "123"}},
			{"BadRequestException", []string{"--user", "x", "--account", "12345678901x"}},
			{"BadRequestException", []string{"--user", "a b"}},
			{"BadRequestException", []string{"--user", ofLength(65, "x")}},
		} {
			e.tryCarillon(t, append([]string{"key", "create"}, tt.args...)...).failed(t, exitFailed, tt.word)
		}
	})
}
