package chime_test

import (
	"fmt"
	"sync"
	"testing"

	"carillon/api"
	"carillon/chime"
	"carillon/store/engine"
)

// atOnce calls fn n times at once and returns what each call returned.
func atOnce(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = fn(i) })
	}
	wg.Wait()
	return errs
}

// wantDone checks that so many calls were done and the others refused.
func (w *world) wantDone(what string, errs []error, done int, refusal api.Kind) {
	w.Helper()
	n := 0
	for _, err := range errs {
		if err == nil {
			n++
		} else {
			w.refused(what, err, refusal)
		}
	}
	if n != done {
		w.Errorf("%s: %d were done, want %d", what, n, done)
	}
}

// count returns how many rows of a table are of an account.
func (w *world) count(table, account string) (n int64) {
	w.Helper()
	w.must(w.engine.View(w.ctx, func(tx engine.Tx) error {
		return tx.Query(`SELECT COUNT(*) FROM `+table+` WHERE account_id = $1`, []any{account}, func(row engine.Row) error { return row.Scan(&n) })
	}))
	return n
}

// Of callers who come at once as many get something as a quota has places.
func TestQuotas_atOnce(t *testing.T) {
	w := newWorld(t)
	w.configure(func(c *chime.Config) {
		c.Quotas = chime.Quotas{Accounts: 3, PhoneNumbers: 2, Rooms: 2, RoomMemberships: 2, Bots: 2}
	})
	a := w.enterprise()
	wantTwo := func(what string, fn func(i int) error) {
		w.wantDone(what, atOnce(6, fn), 2, api.ResourceLimitExceeded)
	}
	wantTwo("rooms", func(int) error { return second(w.createRoom(a, "Room", api.Opt[string]{})) })
	wantTwo("bots", func(i int) error { return second(w.createBot(a, fmt.Sprint("Bot", i))) })
	wantTwo("accounts", func(int) error {
		return second(w.CreateAccount(w.ctx, &api.CreateAccountInput{Name: api.Some("x")}))
	})
	wantTwo("numbers", func(i int) error {
		return second(w.CreatePhoneNumberOrder(w.ctx, &api.CreatePhoneNumberOrderInput{
			ProductType: api.Some(api.PhoneNumberProductTypeBusinessCalling), E164PhoneNumbers: []string{fiction(i)},
		}))
	})
	rooms, err := w.ListRooms(w.ctx, &api.ListRoomsInput{AccountId: a})
	w.must(err)
	var users []string
	for i := range 6 {
		users = append(users, w.create(a, fmt.Sprintf("%d@example.com", i)))
	}
	wantTwo("members of a room", func(i int) error { return second(w.add(a, rooms.Rooms[0].RoomId.V, users[i], none)) })
}

// What may happen once in a while happens once, whatever each caller's clock says.
func TestPace_atOnce(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	link := w.hook(a, w.room(a))
	w.tick = true
	w.wantDone("posts", atOnce(8, func(int) error { return w.say(link, "x") }), 1, api.ThrottledClient)
	w.wantDone("names", atOnce(8, func(i int) error { return w.defaultName(fmt.Sprint("Name ", i)) }), 1, api.BadRequest)
}

// A number that is given to a user while the account is deleted comes back.
func TestAssociate_amidDelete(t *testing.T) {
	w := newWorld(t)
	w.own(fiction(0))
	for i := range 20 {
		a := w.account(api.AccountTypeEnterpriseLWA)
		u := w.create(a, "u@example.com")
		errs := atOnce(2, func(j int) error {
			if j == 0 {
				return w.associate(a, u, fiction(0))
			}
			return w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: a})
		})
		w.must(errs[1])
		if errs[0] != nil {
			w.refused("associating", errs[0], api.NotFound)
		}
		if n := w.number(fiction(0)); n.Status.V != api.PhoneNumberStatusUnassigned || len(n.Associations) > 0 {
			t.Fatalf("round %d: the number is %s with %+v", i, n.Status.V, n.Associations)
		}
	}
}

// An account is deleted while people are invited to it.
func TestInviteUsers_amidDelete(t *testing.T) {
	w := newWorld(t)
	for range 10 {
		a := w.team()
		errs := atOnce(4, func(i int) error {
			if i == 0 {
				return w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: a})
			}
			in := &api.InviteUsersInput{AccountId: a, UserEmailList: []string{"same@example.com", fmt.Sprintf("%d@example.com", i)}}
			return second(w.InviteUsers(w.ctx, in))
		})
		if errs[0] == nil {
			w.wantDone("inviting to what is gone", errs[1:], 0, api.NotFound)
			w.mustWork()
			if n := w.count("users", a); n != 0 {
				t.Errorf("%d users are left", n)
			}
			continue
		}
		w.refused("deleting", errs[0], api.UnprocessableEntity)
		w.wantDone("inviting", errs[1:], 3, api.NotFound)
		if list := w.emails(a); len(list) != 4 {
			t.Errorf("there are %v", list)
		}
	}
}

// A room is deleted while members join it.
func TestRoomMembership_amidDelete(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	var users []string
	for i := range 4 {
		users = append(users, w.create(a, fmt.Sprintf("%d@example.com", i)))
	}
	for range 10 {
		room := w.room(a)
		errs := atOnce(4, func(i int) error {
			switch i {
			case 0:
				return w.deleteRoom(a, room)
			case 1:
				in := &api.BatchCreateRoomMembershipInput{AccountId: a, RoomId: room}
				for _, u := range users[1:] {
					in.MembershipItemList = append(in.MembershipItemList, api.MembershipItem{MemberId: api.Some(u)})
				}
				return second(w.BatchCreateRoomMembership(w.ctx, in))
			}
			return second(w.add(a, room, users[i], none))
		})
		w.must(errs[0])
		for _, err := range errs[1:] {
			if err != nil && !api.IsKind(err, api.Conflict) {
				w.refused("joining", err, api.NotFound)
			}
		}
		if n := w.count("room_memberships", a); n != 0 {
			t.Fatalf("%d members are left", n)
		}
	}
}

// importing imports messages to some places, a few in each call, which must be
// imported or refused one by one.
func (w *world) importing(account, room string, i int) error {
	var list []api.ImportedMessage
	for j := range 5 {
		id := fmt.Sprintf("%d-%d", i, j)
		list = append(list, inRoom(account, room, id, daysAgo(1)), inConversation(account, "c", id, daysAgo(1)))
	}
	out, err := w.ImportMessages(w.ctx, &api.ImportMessagesInput{Messages: list})
	if err != nil {
		return err
	}
	for _, e := range out.Errors {
		if e.ErrorCode.V != api.ErrorCodeNotFound {
			return fmt.Errorf("row %d: %s %s", e.Index.V, e.ErrorCode.V, e.ErrorMessage.V)
		}
	}
	if out.Imported.V+len(out.Errors) != len(list) {
		return fmt.Errorf("%d imported, %d refused, of %d", out.Imported.V, len(out.Errors), len(list))
	}
	return nil
}

// erasing runs the jobs of a deletion at once.
func (w *world) erasing(err error) error {
	if err == nil {
		w.mustWork()
	}
	return err
}

// An account is deleted while messages are imported to it: none is left over.
func TestImportMessages_amidDeleteAccount(t *testing.T) {
	w := newWorld(t)
	for range 10 {
		a := w.account(api.AccountTypeEnterpriseLWA)
		room := w.room(a)
		for _, err := range atOnce(4, func(i int) error {
			if i == 0 {
				return w.erasing(w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: a}))
			}
			return w.importing(a, room, i)
		}) {
			w.must(err)
		}
		w.mustWork()
		if n, accounts := w.count("messages", a), w.count("accounts", a); n != 0 || accounts != 0 {
			t.Fatalf("%d messages and %d accounts are left", n, accounts)
		}
	}
}

// A room is deleted while messages are imported to it: those of the
// conversation stay, and no other.
func TestImportMessages_amidDeleteRoom(t *testing.T) {
	w := newWorld(t)
	for range 10 {
		a := w.account(api.AccountTypeEnterpriseLWA)
		room := w.room(a)
		for _, err := range atOnce(4, func(i int) error {
			if i == 0 {
				return w.erasing(w.deleteRoom(a, room))
			}
			return w.importing(a, room, i)
		}) {
			w.must(err)
		}
		w.mustWork()
		if n := w.count("messages", a); n != 15 {
			t.Fatalf("%d messages, want the 15 of the conversation", n)
		}
	}
}
