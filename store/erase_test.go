package store_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"carillon/store"
)

// twoFull adds accounts a and b with the same things in them, two users each.
func (d *db) twoFull() (list []*store.Account) {
	d.Helper()
	for _, id := range []string{"a", "b"} {
		list = append(list, d.addAccount(id, 1))
		d.addUser(id, "u", 1)
		d.addUser(id, "v", 2)
		left := d.addUser(id, "left", 3)
		d.write(func(r store.Records) error { return r.RemoveUser(left) })
		d.furnish(id, "r")
		d.write(func(r store.Records) error {
			return errors.Join(r.InsertBot(&store.Bot{AccountID: id, BotID: "b"}), r.PutRetentionSettings(&store.RetentionSettings{AccountID: id}),
				r.InsertInvitation(&store.Invitation{InviteID: id, AccountID: id}), r.AddActivity(&store.Activity{AccountID: id, UserID: "u"}))
		})
	}
	return list
}

func (d *db) mark(a *store.Account) {
	d.Helper()
	d.write(func(r store.Records) error { return r.MarkAccountDeleted(a, 10) })
}

// Who left an account and can come back has what they did; who cannot has not: whose
// identity another one has taken, or who was removed for good.
func formerActivity(d *db) {
	d.addAccount("a", 1)
	for i, id := range []string{"back", "replaced", "gone", "present"} {
		u := d.addUser("a", id, int64(i+1))
		d.write(func(r store.Records) error {
			if err := r.AddActivity(&store.Activity{AccountID: "a", UserID: id, ActiveMs: 7}); err != nil || id == "present" {
				return err
			}
			return r.RemoveUser(u)
		})
	}
	heir := d.addUser("a", "heir", 9)
	d.write(func(r store.Records) error {
		heir.Email = "replaced@example.com"
		return errors.Join(r.SetUserEmail(heir), r.RemoveUser(heir),
			r.ForgetScimUser("a", "gone", "gone@example.com"), r.ForgetScimUser("a", "present", "present@example.com"))
	})
	d.read(func(r store.Records) error {
		last, err := r.LastActive("a", "back", "replaced", "gone", "present")
		d.equal("active", last, map[string]int64{"back": 7, "present": 7})
		former, err2 := r.FormerUsersAmong("a", []string{"back", "replaced", "gone", "heir"})
		slices.Sort(former)
		d.equal("former", former, []string{"back", "heir"})
		return errors.Join(err, err2)
	})
}

// An account that is marked is gone for everybody, with its users, before
// anything of it is erased. Another one with the same things in it is not.
func accountMarked(d *db) {
	d.mark(d.twoFull()[0])
	for id, want := range map[string]error{"a": store.ErrNotFound, "b": nil} {
		for name, fn := range map[string]func(store.Records) error{
			"Account":     func(r store.Records) error { return second(r.Account(aws, id)) },
			"LockAccount": func(r store.Records) error { return second(r.LockAccount(aws, id)) },
			"KeepAccount": func(r store.Records) error { return second(r.KeepAccount(aws, id)) },
			"User":        func(r store.Records) error { return second(r.User(aws, id, "u")) },
		} {
			if err := d.update(fn); !errors.Is(err, want) {
				d.Errorf("%s of %s: %v, want %v", name, id, err, want)
			}
		}
	}
	users := func(id, email string) int {
		return len(d.users(store.UserFilter{AccountID: id, Email: email, Limit: 9}))
	}
	d.equal("users", []int{users("a", ""), users("a", "u@example.com"), users("b", ""), users("b", "u@example.com")}, []int{0, 0, 2, 1})
	for _, f := range []store.AccountFilter{{}, {NamePrefix: "a"}, {UserEmail: "u@example.com"}, {NamePrefix: "b", UserEmail: "u@example.com"}} {
		f.AwsAccountID, f.Limit = aws, 9
		want := []string{"b"}
		if f.NamePrefix == "a" {
			want = nil
		}
		d.equal(fmt.Sprintf("accounts %+v", f), d.accountIDs(f), want)
	}
	d.equal("counted", d.accountCount(), int64(1))
	together := [][]string{{"a", "b"}}
	if d.Distributed() { // a transaction there keeps accounts one by one
		together = [][]string{{"a"}, {"b"}}
	}
	for _, ids := range together {
		d.write(func(r store.Records) error {
			kept, err := r.KeepAccounts(ids)
			for _, a := range kept {
				d.equal("ours: "+a.AccountID, a.AwsAccountID == aws, a.AccountID == "b")
			}
			return err
		})
	}
}

// everything are the tables with what is in an account.
var everything = []string{
	"webhooks", "messages", "room_memberships", "room_tokens", "rooms", "bots", "retention_settings", "former_users", "user_rows",
	"invitations", "user_activity",
}

func (d *db) total() (n int64) {
	d.Helper()
	for _, rows := range d.rows(everything...) {
		n += rows
	}
	return n
}

// Each step erases as much as it may, the last one what is left and the account,
// and says so.
func accountErased(d *db) {
	for _, limit := range []int64{1, 3, 1000} {
		accounts := d.twoFull()
		before, each := d.rows(everything...), d.total()/2
		d.mark(accounts[0])
		for left := each; ; {
			var done bool
			d.write(func(r store.Records) (err error) {
				done, err = r.EraseAccount("a", int(limit))
				return err
			})
			left -= min(limit, left)
			d.equal(fmt.Sprintf("left by steps of %d", limit), d.total(), each+left)
			if done {
				d.equal("left at the end", left, int64(0))
				break
			}
		}
		for i := range before {
			before[i] /= 2
		}
		d.equal("of the other account", d.rows(everything...), before)
		d.equal("accounts", d.count("accounts"), int64(1))
		d.write(func(r store.Records) error {
			done, err := r.EraseAccount("a", 1)
			d.equal("done", done, true)
			return err
		})
		d.write(func(r store.Records) error { return deleteAccount(r, accounts[1], 9) })
		d.equal("in the end", []int64{d.total(), d.count("accounts")}, []int64{0, 0})
		d.exec("DELETE FROM deleted_accounts")
	}
}

// The tombstone of an account stays for as long as anything is left of it.
func accountPurgedErased(d *db) {
	d.mark(d.twoFull()[0])
	purge := func() (n int64) {
		d.write(func(r store.Records) (err error) {
			n, err = r.PurgeDeletedAccounts(99, 9)
			return err
		})
		return n
	}
	d.equal("too early", purge(), int64(0))
	d.equal("users", len(d.users(store.UserFilter{AccountID: "a", Limit: 9})), 0)
	d.write(func(r store.Records) error { return second(r.EraseAccount("a", 1000)) })
	d.equal("then", purge(), int64(1))
}

// What deletes a part of much deletes no more than it may, and counts it.
func purgedInSteps(d *db) {
	d.addAccount("a", 1)
	for i := range 5 {
		id := fmt.Sprint(i)
		d.failJob(id, 1)
		d.addWebhook(store.Webhook{WebhookID: id, ExpiresMs: 1})
		gone := d.addAccount("gone"+id, 1)
		d.write(func(r store.Records) error { return deleteAccount(r, gone, 1) })
		d.write(func(r store.Records) error {
			return errors.Join(
				r.InsertMessage(&store.Message{AccountID: "a", ContainerType: store.InRoom, ContainerID: id, MessageID: "m", CreatedMs: 1}),
				r.InsertMessage(&store.Message{AccountID: "a", ContainerType: store.InRoom, ContainerID: "r", MessageID: id, CreatedMs: 50}))
		})
	}
	for name, fn := range map[string]func(store.Records) (int64, error){
		"PurgeFailedJobs":      func(r store.Records) (int64, error) { return r.PurgeFailedJobs(9, 2) },
		"PurgeWebhooks":        func(r store.Records) (int64, error) { return r.PurgeWebhooks(9, 2) },
		"PurgeDeletedAccounts": func(r store.Records) (int64, error) { return r.PurgeDeletedAccounts(9, 2) },
		"PurgeMessages":        func(r store.Records) (int64, error) { return r.PurgeMessages("a", store.InRoom, 9, 2) },
		"EraseRoomMessages":    func(r store.Records) (int64, error) { return r.EraseRoomMessages("a", "r", 2) },
	} {
		var counts []int64
		for range 4 {
			d.write(func(r store.Records) error {
				n, err := fn(r)
				counts = append(counts, n)
				return err
			})
		}
		d.equal(name, counts, []int64{2, 2, 1, 0})
	}
	d.equal("left", d.rows("jobs", "webhooks", "deleted_accounts", "messages"), []int64{0, 0, 0, 0})
}

func messageByID(d *db) {
	d.addAccount("a", 1)
	m := filled[store.Message](d, "+")
	m.AccountID, m.ContainerType = "a", store.InRoom
	d.write(func(r store.Records) error { return r.InsertMessage(&m) })
	for _, at := range [][4]string{
		{m.AccountID, m.ContainerType, m.ContainerID, m.MessageID},
		{"b", m.ContainerType, m.ContainerID, m.MessageID},
		{m.AccountID, store.InConversation, m.ContainerID, m.MessageID},
		{m.AccountID, m.ContainerType, "other", m.MessageID},
		{m.AccountID, m.ContainerType, m.ContainerID, "other"},
	} {
		var got store.Message
		err := d.View(d.Context(), func(r store.Records) (err error) {
			got, err = r.Message(at[0], at[1], at[2], at[3])
			return err
		})
		if at == [4]string{m.AccountID, m.ContainerType, m.ContainerID, m.MessageID} {
			d.must(err)
			d.equal("message", got, m)
		} else if !errors.Is(err, store.ErrNotFound) {
			d.Errorf("%q: %v", at, err)
		}
	}
}

// A clock that was put back does not close a webhook; one that is a little behind
// another's, or late to come, does not open it.
func webhookClocks(d *db) {
	d.addWebhook(store.Webhook{WebhookID: "w", PostedMs: 100_000})
	for _, step := range []struct {
		now  int64
		want bool
	}{
		{99_999, false},
		{99_001, false},
		{100_999, false},
		{99_000, true}, // a second before, which is no coincidence
		{99_999, false},
		{100_000, true},
		{5, true},
		{1004, false},
		{1005, true},
	} {
		d.write(func(r store.Records) error {
			ok, err := r.TouchWebhook("w", step.now, step.now-1000, step.now+999)
			d.equal(fmt.Sprint("at ", step.now), ok, step.want)
			return err
		})
	}
	d.write(func(r store.Records) error {
		ok, err := r.TouchWebhook("ghost", 1, 0, 1)
		d.equal("of none", ok, false)
		return err
	})
}

// Of many posts within a second one passes, in whatever order they come to the
// row.
func webhookAtOnce(d *db) {
	d.addWebhook(store.Webhook{WebhookID: "w"})
	var passed atomic.Int64
	var wg sync.WaitGroup
	for i := range int64(12) {
		wg.Go(func() {
			err := d.update(func(r store.Records) error {
				ok, err := r.TouchWebhook("w", 5000-i, 4000-i, 6000-i)
				if ok && err == nil {
					passed.Add(1)
				}
				return err
			})
			if err != nil {
				d.Error(err)
			}
		})
	}
	wg.Wait()
	d.equal("passed", passed.Load(), int64(1))
}
