package e2e

import (
	"cmp"
	"encoding/json"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"

	"carillon/api"
	"carillon/internal/apitest"
)

// requestWith is a request of an operation in which one member is given, and
// what the path cannot do without.
func requestWith(m apitest.Member, value string) operation {
	path := m.Op.Path
	for _, p := range m.Op.Params {
		if p.Location == api.InPath {
			segment := "a"
			if p.Name == m.Path {
				segment = value
			}
			path = strings.Replace(path, "{"+p.WireName+"}", url.PathEscape(segment), 1)
		}
	}
	var query []string
	if m.Op.QueryName != "" {
		query = append(query, m.Op.QueryName+"="+m.Op.QueryValue)
	}
	op := operation{name: m.String(), method: m.Op.Method}
	switch m.Location {
	case api.InQuery:
		query = append(query, m.WireName()+"="+url.PathEscape(value))
	case api.InBody:
		text, _ := json.Marshal(value) // strings always marshal
		op.body = m.Body(string(text))
	}
	op.target = strings.TrimSuffix(path+"?"+strings.Join(query, "&"), "?")
	return op
}

// tooLongFor finds what a refusal says of the length of a member.
func tooLongFor(m apitest.Member, body string) (limit int, unit string) {
	says := regexp.MustCompile(`Value at '` + regexp.QuoteMeta(m.Shown()) + `' [^;]*length less than or equal to (\d+)( bytes)?, not`)
	found := says.FindStringSubmatch(body)
	if found == nil {
		return 0, ""
	}
	limit, _ = strconv.Atoi(found[1]) // digits
	return limit, found[2]
}

// greatestLimit is what strings of the API may have at most, but for greater ones:
// records of an import, each of which is a text, and a list of 200 users.
const greatestLimit = 8192

var greater = map[string]int{"ImportRecords.Lines[]": 512 << 10, "ListUserNames.Users": 16 << 10, "ListRoomNames.Rooms": 16 << 10, "ListBotNames.Bots": 16 << 10}

// Every string of every operation has a limit: what is one character longer is
// refused by name, and what is as long as it may be troubles no engine.
func TestLimits_every_string(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		for _, m := range apitest.Members() {
			if m.Kind != reflect.String || m.Enum || m.Op.Audience == api.Bearer { // these have no signature and a limit of their own
				continue
			}
			sender := c
			if m.Op.Audience == api.RootOnly {
				sender = e.caller
			}
			sender.hasLimit(t, m)
		}
		e.works(t, true)
	})
}

func (c *caller) hasLimit(t *testing.T, m apitest.Member) {
	t.Helper()
	send := func(value string) answer {
		op := requestWith(m, value)
		return c.send(t, op.method, op.target, op.body)
	}
	greatest := cmp.Or(greater[m.String()], greatestLimit)
	most, unit := tooLongFor(m, send(ofLength(greatest+1, "x")).body)
	if most == 0 {
		t.Errorf("%s: %d characters are taken", m, greatest+1)
		return
	}
	longest := ofLength(most, "x")
	if unit == "" && most <= 2048 {
		longest = ofLength(most, "🔔") // characters are counted, not bytes
	}
	send(longest+"x").refused(t, badRequest, "'"+m.Shown()+"'", "less than or equal to "+strconv.Itoa(most))
	got := send(longest)
	if again, _ := tooLongFor(m, got.body); again != 0 || got.status >= 500 {
		t.Errorf("%s: %d%s got %d %s", m, most, unit, got.status, got.body)
	}
}

// What filled memory: none of it is stored, whatever operation brings it, and
// nothing else of the same call either.
func TestLimits_large_members(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		id, directory := c.enterprise(t), c.account(t, types.AccountTypeEnterpriseDirectory)
		users := c.users(t, id, 2)
		large := ofLength(1_000_000, "x")
		a := "/accounts/" + id
		imported := "/carillon/v1/accounts/" + id + "/users"
		message := `{"AccountId":"` + id + `","ConversationId":"talk","Sender":"s","CreatedTimestamp":"2020-01-01T00:00:00Z",`
		for _, test := range []struct{ target, body, member, limit string }{
			{a + "/users/" + users[0], `{"AlexaForBusinessMetadata":{"AlexaForBusinessRoomArn":"` + large + `"}}`, "AlexaForBusinessMetadata.AlexaForBusinessRoomArn", "2048"},
			{a + "/users", `{"UpdateUserRequestItems":[{"UserId":"` + users[0] + `","LicenseType":"Basic"},{"UserId":"` + users[1] + `","AlexaForBusinessMetadata":{"AlexaForBusinessRoomArn":"` + large + `"}}]}`, "UpdateUserRequestItems[1].AlexaForBusinessMetadata.AlexaForBusinessRoomArn", "2048"},
			{imported, `{"Users":[{"PrimaryEmail":"one@example.com"},{"PrimaryEmail":"two@example.com","DisplayName":"` + large + `"}]}`, "Users[1].DisplayName", "256"},
			{"/carillon/v1/messages", `{"Messages":[` + message + `"MessageId":"1","Content":"c"},` + message + `"MessageId":"2","Content":"` + large + `"}]}`, "Messages[1].Content", "4096 bytes"},
			{"/accounts/" + directory + "?operation=associate-signin-delegate-groups", `{"SigninDelegateGroups":[{"GroupName":"g"},{"GroupName":"` + large + `"}]}`, "SigninDelegateGroups[1].GroupName", "256"},
			{"/accounts/" + directory + "?operation=associate-signin-delegate-groups", `{"SigninDelegateGroups":[` + ofLength(100, `{"GroupName":"g"},`) + `{"GroupName":"h"}]}`, "SigninDelegateGroups", "100"},
		} {
			c.send(t, "POST", test.target, test.body).refused(t, badRequest, "'"+test.member+"'", "less than or equal to "+test.limit)
		}
		equal(t, "users", len(c.allUsers(t, chime.ListUsersInput{AccountId: &id})), 2)
		user, err := c.GetUser(t.Context(), &chime.GetUserInput{AccountId: &id, UserId: &users[0]})
		succeed(t, err)
		equal(t, "licence", user.User.LicenseType, types.LicensePro)
		c.send(t, "GET", messagesPath(id, inConversation("talk")), "").refused(t, notFound)
		account, err := c.GetAccount(t.Context(), &chime.GetAccountInput{AccountId: aws.String(directory)})
		succeed(t, err)
		equal(t, "groups", len(account.Account.SigninDelegateGroups), 0)
	})
}
