package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime/types"
	"github.com/jackc/pgx/v5"
)

// neighbours are those that are not ordinary.
func (s *fairSite) neighbours(t *testing.T) []neighbour {
	t.Helper()
	list := []neighbour{
		{name: "InviteUsers(50)", loads: s.inviting(t)},
		{name: "ImportUsers(1000)", loads: s.importing(t)},
		{name: "ListUsers(200)", loads: s.listing(t)},
		{name: "BatchSuspendUser(50)", loads: s.suspending(t)},
		{name: "ListAccounts by e-mail", loads: s.looking(t)},
		{name: "BatchCreateRoomMembership(50)", loads: s.joining(t)},
		{name: "ImportMessages(100)", loads: s.importingMessages(t)},
		{name: "unknown webhooks", loads: s.knocking()},
	}
	if s.engine.name == postgres.name {
		list = append(list, s.locked(t))
	}
	return append(list, s.erasing(t))
}

// theirs is what the neighbour asks for.
func (s *fairSite) theirs(want int, next func(n int) (method, target, body string)) []load {
	return []load{{caller: s.other, callers: crowd, want: want, next: next}}
}

// body is the JSON form of plain data, which always has one.
func body(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

func (s *fairSite) inviting(t *testing.T) []load {
	account := s.other.team(t)
	return s.theirs(http.StatusCreated, func(int) (method, target, text string) {
		list := make([]string, 50)
		for i := range list {
			list[i] = s.address()
		}
		return "POST", "/accounts/" + account + "/users?operation=add", body(map[string]any{"UserEmailList": list})
	})
}

func (s *fairSite) importing(t *testing.T) []load {
	account := s.other.team(t)
	return s.theirs(http.StatusOK, func(int) (method, target, text string) {
		return "POST", "/carillon/v1/accounts/" + account + "/users", s.rows(1000)
	})
}

// rows is the body of an import of users.
func (s *fairSite) rows(n int) string {
	list := make([]map[string]string, n)
	for i := range list {
		list[i] = map[string]string{"PrimaryEmail": s.address()}
	}
	return body(map[string]any{"Users": list})
}

// filled makes an account of the neighbour with thousands of users.
func (s *fairSite) filled(t testing.TB, accountType types.AccountType, thousands int) string {
	t.Helper()
	account := s.other.account(t, accountType)
	for range thousands {
		got := s.other.send(t, "POST", "/carillon/v1/accounts/"+account+"/users", s.rows(1000))
		got.ok(t, http.StatusOK)
	}
	return account
}

func (s *fairSite) listing(t *testing.T) []load {
	account := s.filled(t, types.AccountTypeTeam, 1)
	return s.theirs(http.StatusOK, func(int) (method, target, text string) {
		return "GET", "/accounts/" + account + "/users?max-results=200", ""
	})
}

// fifties returns the ids of some users, in parts of 50.
func (s *fairSite) fifties(t testing.TB, account string) [][]string {
	t.Helper()
	got := s.other.send(t, "GET", "/accounts/"+account+"/users?max-results=200", "")
	got.ok(t, http.StatusOK)
	var ids []string
	for _, u := range parseJSON[struct{ Users []struct{ UserId string } }](t, got.body).Users {
		ids = append(ids, u.UserId)
	}
	return slices.Collect(slices.Chunk(ids, 50))
}

func (s *fairSite) suspending(t *testing.T) []load {
	account := s.filled(t, types.AccountTypeEnterpriseLWA, 1)
	parts := s.fifties(t, account)
	return s.theirs(http.StatusOK, func(n int) (method, target, text string) {
		operation := []string{"suspend", "unsuspend"}[n/len(parts)%2]
		return "POST", "/accounts/" + account + "/users?operation=" + operation, body(map[string]any{"UserIdList": parts[n%len(parts)]})
	})
}

func (s *fairSite) looking(t *testing.T) []load {
	s.other.users(t, s.other.team(t), 50)
	return s.theirs(http.StatusOK, func(n int) (method, target, text string) {
		return "GET", "/accounts?user-email=" + encode(emails(60)[n%60]), ""
	})
}

func (s *fairSite) joining(t *testing.T) []load {
	account := s.filled(t, types.AccountTypeEnterpriseLWA, 1)
	parts, rooms := s.fifties(t, account), s.other.rooms(t, account, 20)
	return s.theirs(http.StatusCreated, func(n int) (method, target, text string) {
		var items []map[string]string
		for _, id := range parts[n/len(rooms)%len(parts)] {
			items = append(items, map[string]string{"MemberId": id, "Role": "Member"})
		}
		target = "/accounts/" + account + "/rooms/" + rooms[n%len(rooms)] + "/memberships?operation=batch-create"
		return "POST", target, body(map[string]any{"MembershipItemList": items})
	})
}

func (s *fairSite) importingMessages(t *testing.T) []load {
	account := s.other.account(t, types.AccountTypeEnterpriseLWA)
	room, content := *s.other.room(t, account, "Kitchen").RoomId, strings.Repeat("x", 500)
	return s.theirs(http.StatusOK, func(int) (method, target, text string) {
		list := make([]message, 100)
		for i := range list {
			list[i] = message{
				AccountId: account, RoomId: room, MessageId: fmt.Sprint(s.serial.Add(1)), Sender: "ann@example.com",
				Content: content, CreatedTimestamp: "2026-01-01T00:00:00.000Z",
			}
		}
		return "POST", "/carillon/v1/messages", body(map[string]any{"Messages": list})
	})
}

// knocking asks for webhooks that do not exist.
func (s *fairSite) knocking() []load {
	list := s.theirs(http.StatusNotFound, func(n int) (method, target, text string) {
		return "POST", fmt.Sprintf("/incomingwebhooks/%08d%s?token=x", n, unknownID[8:]), contentBody("x")
	})
	list[0].bearer = true
	return list
}

// locked changes a user whom somebody else has locked in the database.
func (s *fairSite) locked(t *testing.T) neighbour {
	account := s.other.team(t)
	user := s.other.users(t, account, 1)[0]
	loads := s.theirs(http.StatusServiceUnavailable, func(int) (method, target, text string) {
		return "POST", "/accounts/" + account + "/users/" + user, `{"LicenseType":"Pro"}`
	})
	return neighbour{"UpdateUser of a locked user", loads, func(t testing.TB) func() {
		conn, err := pgx.Connect(t.Context(), s.server.flags[slices.Index(s.server.flags, "--database")+1])
		succeed(t, err)
		lock, err := conn.Begin(t.Context())
		succeed(t, err)
		_, err = lock.Exec(t.Context(), "SELECT 1 FROM user_rows WHERE account_id = $1 AND place = DECODE(REPLACE($2, '-', ''), 'hex') FOR UPDATE", account, user)
		succeed(t, err)
		return func() { succeed(t, conn.Close(context.Background())) }
	}}
}

// erasing deletes an account with 50,000 users, which goes on in the background.
func (s *fairSite) erasing(t *testing.T) neighbour {
	account := s.filled(t, types.AccountTypeEnterpriseLWA, 50)
	deleted := false
	return neighbour{"DeleteAccount", nil, func(t testing.TB) func() {
		if !deleted {
			succeed(t, s.other.deleteAccount(t, account))
			deleted = true
		}
		return func() {}
	}}
}
