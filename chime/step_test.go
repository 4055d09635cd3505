package chime_test

import (
	"fmt"
	"strings"
	"testing"

	"carillon/api"
	"carillon/store"
	"carillon/store/engine"
)

// most is how many rows one step of a job may delete.
const most = 100

// rows counts the rows of a table.
func (w *world) rows(table string) (n int64) {
	w.Helper()
	w.must(w.engine.View(w.ctx, func(tx engine.Tx) error {
		return tx.Query(`SELECT COUNT(*) FROM `+table, nil, func(row engine.Row) error { return row.Scan(&n) })
	}))
	return n
}

// steps runs jobs of a kind one by one until none is due, after each of which at
// most so many rows must be gone, and returns how many there were.
func (w *world) steps(kind string, left func() int64) (n int) {
	w.Helper()
	for before := left(); ; n++ {
		list := w.lease()
		if len(list) == 0 {
			return n
		}
		if len(list) != 1 || list[0].Kind != kind {
			w.Fatalf("leased %d jobs, the first is %s, want one %s", len(list), list[0].Kind, kind)
		}
		w.must(w.runJob(&list[0]))
		after := left()
		if before-after > most {
			w.Errorf("step %d: %d rows at once", n, before-after)
		}
		before = after
	}
}

// populate gives an account without domains users, messages and more.
func (w *world) populate(a string) (user string) {
	w.Helper()
	var users []api.ImportedUser
	for i := range 250 {
		users = append(users, person(fmt.Sprintf("%d@example.com", i), fmt.Sprintf("user-%d", i)))
	}
	w.wantImport("users", w.importUsers(a, users...), len(users), 0)
	m, err := w.createRoom(a, "Room", api.Some("token"))
	w.must(err)
	room := m.RoomId.V
	w.join(a, room, "user-1", "user-2")
	w.hook(a, room)
	w.must(w.retain(a, 1000, 1000))
	for batch := range 2 {
		var list []api.ImportedMessage
		for i := range 75 {
			id := fmt.Sprintf("%d-%d", batch, i)
			list = append(list, []api.ImportedMessage{inRoom(a, room, id, daysAgo(2)), inConversation(a, "c", id, daysAgo(2))}[batch])
		}
		w.importMessages(list...)
	}
	return "user-1"
}

// A deleted account is gone for everybody at once, with its users, and a job
// erases all that was in it bit by bit; another account keeps all.
func TestDeleteAccount_atOnceAndInSteps(t *testing.T) {
	w := newWorld(t)
	a, kept := w.account(api.AccountTypeEnterpriseLWA), w.account(api.AccountTypeEnterpriseLWA)
	user := w.populate(a)
	w.populate(kept)
	w.must(w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: a}))
	if w.count("users", a) != 250 {
		t.Error("the users were erased by the call")
	}
	w.gone(a, user)
	tables := []string{"users", "messages", "rooms", "room_memberships", "room_tokens", "webhooks", "retention_settings", "accounts"}
	all := func(account string) (n int64) {
		for _, table := range tables {
			n += w.count(table, account)
		}
		return n
	}
	before := all(kept)
	if n := w.steps("erase-account", func() int64 { return all(a) }); n < 4 {
		t.Errorf("erased in %d steps", n)
	}
	if left, others := all(a), all(kept); left != 0 || others != before {
		t.Errorf("%d rows are left, of another account %d, want 0 and %d", left, others, before)
	}
	w.gone(a, user)
	w.get(kept, user)
}

// gone checks that nobody finds an account or its users.
func (w *world) gone(a, user string) {
	w.Helper()
	for name, err := range map[string]error{
		"GetAccount":         second(w.getAccount(a)),
		"GetUser":            second(w.GetUser(w.ctx, &api.GetUserInput{AccountId: a, UserId: user})),
		"GetUserSettings":    second(w.GetUserSettings(w.ctx, &api.GetUserSettingsInput{AccountId: a, UserId: user})),
		"ListUsers":          second(w.ListUsers(w.ctx, &api.ListUsersInput{AccountId: a})),
		"ListUsers by email": second(w.ListUsers(w.ctx, &api.ListUsersInput{AccountId: a, UserEmail: api.Some("1@example.com")})),
		"ListRooms":          second(w.ListRooms(w.ctx, &api.ListRoomsInput{AccountId: a})),
		"UpdateUser":         second(w.update(api.UpdateUserInput{AccountId: a, UserId: user})),
		"CreateUser":         second(w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: a, Email: api.Some("new@example.com")})),
		"DeleteAccount":      w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: a}),
	} {
		w.refused(name, err, api.NotFound, "there is no such account")
	}
	for _, in := range []api.ListAccountsInput{{}, {UserEmail: api.Some("1@example.com")}, {Name: api.Some("Example")}} {
		list, _, err := w.listAccounts(in)
		if err != nil || len(list) != 1 || list[0] == a {
			w.Errorf("%+v: listed %v, %v", in, list, err)
		}
	}
}

// A room's messages are erased bit by bit.
func TestDeleteRoom_inSteps(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	for batch := range 3 {
		var list []api.ImportedMessage
		for i := range 80 {
			list = append(list, inRoom(a, room, fmt.Sprintf("%d-%d", batch, i), daysAgo(2)))
		}
		w.importMessages(list...)
	}
	w.must(w.deleteRoom(a, room))
	left := func() int64 { return w.count("messages", a) }
	if n := w.steps("erase-room", left); n != 3 || left() != 0 {
		t.Errorf("%d steps, %d are left", n, left())
	}
}

// What retention deletes goes bit by bit, and the job comes back on the next day.
func TestRetention_inSteps(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	for batch := range 3 {
		var list []api.ImportedMessage
		for i := range 80 {
			list = append(list, inRoom(a, room, fmt.Sprintf("%d-%d", batch, i), daysAgo(200)))
		}
		w.importMessages(list...)
	}
	w.importMessages(inRoom(a, room, "young", daysAgo(1)))
	w.must(w.retain(a, 100, 0))
	w.advance(30 * day)
	left := func() int64 { return w.count("messages", a) }
	if n := w.steps("retention", left); n != 3 || left() != 1 {
		t.Errorf("%d steps, %d are left", n, left())
	}
	w.advance(day)
	if n := w.steps("retention", left); n != 1 || w.waiting("retention") != 1 {
		t.Errorf("on the next day: %d steps, %d are waiting", n, w.waiting("retention"))
	}
}

// So does what the cleaning forgets.
func TestHousekeeping_inSteps(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	w.must(w.store.Update(w.ctx, func(r store.Records) error {
		for i := range 250 {
			id := fmt.Sprintf("%03d", i)
			err := r.InsertWebhook(&store.Webhook{WebhookID: id, AccountID: a, RoomID: room, BotID: "b", ExpiresMs: w.now.Load()})
			if err != nil {
				return err
			}
			account := store.Account{AccountID: id, AwsAccountID: aws, Name: id}
			if err := r.InsertAccount(&account); err != nil {
				return err
			}
			if err := r.MarkAccountDeleted(&account, w.now.Load()); err != nil {
				return err
			}
			if _, err := r.EraseAccount(id, 1); err != nil {
				return err
			}
		}
		return nil
	}))
	w.failJobs(250)
	w.schedule()
	w.advance(100 * day)
	for _, table := range []string{"webhooks", "deleted_accounts", "jobs"} {
		if n := w.rows(table); n < 250 {
			t.Fatalf("%d rows of %s to begin with", n, table)
		}
	}
	for step := range 3 {
		list := w.lease()
		if len(list) != 1 {
			t.Fatalf("step %d: %d jobs are due", step, len(list))
		}
		w.must(w.runJob(&list[0]))
		left := max(0, 250-most*int64(step+1))
		if hooks, accounts, jobs := w.rows("webhooks"), w.rows("deleted_accounts"), w.rows("jobs"); hooks != left || accounts != left || jobs != left+1 {
			t.Errorf("step %d: %d webhooks, %d accounts, %d jobs are left, want %d", step, hooks, accounts, jobs, left)
		}
	}
	if list := w.lease(); len(list) != 0 {
		t.Errorf("there is no end: %+v", list)
	}
	w.advance(day)
	if list := w.lease(); len(list) != 1 || !strings.HasPrefix(list[0].Kind, "housekeeping") {
		t.Errorf("on the next day: %+v", list)
	}
}
