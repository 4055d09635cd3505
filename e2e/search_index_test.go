package e2e

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// TestSearchIndex changes users of a server with --search-index, which finds them at
// once as they are; so does one without the flag after it, and one that has it again.
func TestSearchIndex(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		account := e.team(t)
		e.searchedFor(t, account, "first")
		flags := e.server.flags
		for i, word := range []string{"second", "third"} {
			succeed(t, e.server.stop())
			e.server.flags = slices.Clone(flags)
			if i == 0 {
				e.server.flags = slices.DeleteFunc(e.server.flags, func(flag string) bool { return flag == "--search-index" })
			}
			e.server = e.server.restart(t)
			e.caller = newCaller(e.server.endpoint, e.server.keys)
			e.searchedFor(t, account, word)
			equal(t, "found of all", len(e.usersWith(t, account, "Searched")), 2*(i+2))
		}
	}, "--search-index")
}

// searchedFor creates, renames and deletes users, and looks for them.
func (e *env) searchedFor(t *testing.T, account, word string) {
	t.Helper()
	var ids []string
	for _, name := range []string{"ann", "bob", "eve"} {
		u, err := e.CreateUser(t.Context(), &chime.CreateUserInput{
			AccountId: &account, Email: aws.String(name + "." + word + "@example.com"), Username: aws.String("Searched " + name),
		})
		succeed(t, err)
		ids = append(ids, *u.User.UserId)
	}
	equal(t, "by a part of the address", e.usersWith(t, account, "."+strings.ToUpper(word)+"@"), sorted(ids))
	e.tryCarillon(t, "user", "rename", "--account-id", account, "--user-id", ids[1], "--name", "Searched Röbert "+word).succeeded(t)
	equal(t, "by a part of the new name", e.usersWith(t, account, "röbert "+word), ids[1:2])
	equal(t, "by the old name", slices.Contains(e.usersWith(t, account, "Searched bob"), ids[1]), false)
	e.suspend(t, account, ids[2]) // which in a Team account removes
	equal(t, "after a deletion", e.usersWith(t, account, word), sorted(ids[:2]))
	equal(t, "a whole id", e.usersWith(t, account, ids[0]), ids[:1])
}

// usersWith returns the ids of the users who are found, in their order.
func (e *env) usersWith(t *testing.T, account, text string) []string {
	t.Helper()
	a := e.send(t, "GET", "/carillon/v1/accounts/"+account+"/user-search?query="+url.PathEscape(text), "")
	a.ok(t, 200)
	var out struct {
		Users []struct{ UserId string }
		Count int
	}
	succeed(t, json.Unmarshal([]byte(a.body), &out))
	ids := []string{}
	for _, u := range out.Users {
		ids = append(ids, u.UserId)
	}
	equal(t, "count", out.Count, len(ids))
	return sorted(ids)
}
