package chime_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"carillon/api"
)

const mebibyte = 1 << 20

// bulky lists everything in as large pages as there are, which must be as full
// as the limit of bytes allows, and returns the ids and how many pages it took.
func (w *world) bulky(what string, next func(token api.Opt[string]) (page api.JSONOutput, ids []string, following api.Opt[string])) (all []string, pages int) {
	w.Helper()
	return w.pages(api.Opt[string]{}, func(token api.Opt[string]) ([]string, api.Opt[string], error) {
		page, ids, following := next(token)
		n := len(page.AppendJSON(nil))
		if n > mebibyte+1024 {
			w.Errorf("%s: a page of %d bytes", what, n)
		}
		if average := n / max(1, len(ids)); following.Set && n < mebibyte-2*average {
			w.Errorf("%s: a page ends at %d bytes, with items of %d", what, n, average)
		}
		return ids, following, nil
	})
}

// A page of users ends at 1 MiB, the whole list is complete and nobody is in it
// twice.
func TestListUsers_bytes(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	var users []api.ImportedUser
	var want []string
	for i := range 230 {
		u := person(fmt.Sprintf("%d@example.com", i), fmt.Sprintf("user-%03d", i))
		u.DisplayName, u.UserType = api.Some(strings.Repeat("鐘", 256)), api.Some(api.UserTypeSharedDevice)
		u.AlexaForBusinessMetadata = &api.AlexaForBusinessMetadata{AlexaForBusinessRoomArn: api.Some(strings.Repeat("é\x01", 1024))}
		users, want = append(users, u), append(want, u.UserId.V)
	}
	w.wantImport("users", w.importUsers(a, users...), len(users), 0)
	got, pages := w.bulky("users", func(token api.Opt[string]) (api.JSONOutput, []string, api.Opt[string]) {
		in := &api.ListUsersInput{AccountId: a, MaxResults: api.Some(200), NextToken: token}
		out, err := w.ListUsers(w.ctx, in)
		w.must(err)
		var ids []string
		for i := range out.Users {
			ids = append(ids, out.Users[i].UserId)
		}
		return out, ids, out.NextToken
	})
	if !slices.Equal(got, want) || pages < 3 {
		t.Errorf("%d users on %d pages, want %d on some", len(got), pages, len(want))
	}
}

func TestListRoomMessages_bytes(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	var messages []api.ImportedMessage
	var want []string
	for i := range 99 {
		m := inRoom(a, room, fmt.Sprintf("m%02d", i), daysAgo(200-i))
		m.Content = api.Some(strings.Repeat("\x01", 4096))
		messages, want = append(messages, m), append(want, m.MessageId.V)
	}
	slices.Reverse(want)
	if n, failed := w.importMessages(messages...); n != len(messages) {
		t.Fatalf("%d imported, refused %v", n, failed)
	}
	got, pages := w.bulky("messages", func(token api.Opt[string]) (api.JSONOutput, []string, api.Opt[string]) {
		out, err := w.ListRoomMessages(w.ctx, &api.ListRoomMessagesInput{AccountId: a, RoomId: room, MaxResults: api.Some(99), NextToken: token})
		w.must(err)
		var ids []string
		for i := range out.Messages {
			ids = append(ids, out.Messages[i].MessageId.V)
		}
		return out, ids, out.NextToken
	})
	if !slices.Equal(got, want) || pages < 3 {
		t.Errorf("%d messages on %d pages, want %d on some", len(got), pages, len(want))
	}
}

func TestListAccounts_bytes(t *testing.T) {
	w := newWorld(t)
	var want []string
	for range 20 {
		a := w.account(api.AccountTypeEnterpriseDirectory)
		var groups []string
		for i := range 100 {
			groups = append(groups, fmt.Sprintf("%03d", i)+strings.Repeat("\x01", 250))
		}
		w.must(w.addGroups(a, groups...))
		w.advance(1e6)
		want = append([]string{a}, want...)
	}
	got, pages := w.bulky("accounts", func(token api.Opt[string]) (api.JSONOutput, []string, api.Opt[string]) {
		out, err := w.ListAccounts(w.ctx, &api.ListAccountsInput{NextToken: token})
		w.must(err)
		var ids []string
		for i := range out.Accounts {
			ids = append(ids, out.Accounts[i].AccountId)
		}
		return out, ids, out.NextToken
	})
	if !slices.Equal(got, want) || pages < 3 {
		t.Errorf("%d accounts on %d pages, want %d on some", len(got), pages, len(want))
	}
}
