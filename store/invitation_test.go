package store_test

import (
	"errors"
	"testing"

	"carillon/store"
)

func invitation(d *db) {
	first := filled[store.Invitation](d, "+")
	first.InviteID, first.AccountID, first.UserID, first.AwsAccountID = "i", "a", "u", aws
	d.write(func(r store.Records) error { return r.InsertInvitation(&first) })
	d.equal("inserted", d.invitation("i"), first)
	d.refused(store.ErrExists, func(r store.Records) error { return r.InsertInvitation(&first) })

	second := filled[store.Invitation](d, "++")
	second.InviteID, second.AccountID, second.UserID, second.AwsAccountID = "i", "a", "u", aws
	second.Email, second.CreatedMs = first.Email, first.CreatedMs
	d.write(func(r store.Records) error {
		locked, err := r.LockInvitation("i")
		d.equal("locked", *locked, first)
		if err != nil {
			return err
		}
		return r.UpdateInvitation(&second)
	})
	d.equal("updated", d.invitation("i"), second)

	d.write(func(r store.Records) error {
		return errors.Join(r.DeleteUserInvitations("a", "other"), r.DeleteUserInvitations("b", "u"))
	})
	d.equal("others' deleted", d.count("invitations"), int64(1))
	d.write(func(r store.Records) error { return r.DeleteUserInvitations("a", "u") })
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.UpdateInvitation(&second) })
	d.refused(store.ErrNotFound, func(r store.Records) error { _, err := r.LockInvitation("i"); return err })
}

func (d *db) invitation(id string) (got store.Invitation) {
	d.Helper()
	d.read(func(r store.Records) error {
		i, err := r.Invitation(id)
		got = *i
		return err
	})
	return got
}

// Oldest first, of one account and AWS account, and of one status if so asked.
func invitationPages(d *db) {
	for i, of := range []struct{ id, account, owner, status string }{
		{"1", "a", aws, "Pending"},
		{"2", "a", aws, "Accepted"},
		{"3", "a", aws, "Pending"},
		{"4", "b", aws, "Pending"},
		{"5", "a", "999999999999", "Pending"},
	} {
		d.write(func(r store.Records) error {
			return r.InsertInvitation(&store.Invitation{InviteID: of.id, AccountID: of.account, AwsAccountID: of.owner, Status: of.status, CreatedMs: int64(i)})
		})
	}
	ids := func(f store.InvitationFilter) (ids []string) {
		f.AwsAccountID, f.AccountID, f.Limit = aws, "a", 2
		d.read(func(r store.Records) error {
			list, err := r.Invitations(f)
			for i := range list {
				ids = append(ids, list[i].InviteID)
			}
			return err
		})
		return ids
	}
	d.equal("first page", ids(store.InvitationFilter{}), []string{"1", "2"})
	d.equal("second page", ids(store.InvitationFilter{After: store.Position{Ms: 1, ID: "2"}}), []string{"3"})
	d.equal("pending", ids(store.InvitationFilter{Status: "Pending"}), []string{"1", "3"})
}

func activity(d *db) {
	const week = 1_795_305_600_000 // Sunday, 2026-11-22
	add := func(account, user string, ms, messages int64) {
		d.write(func(r store.Records) error {
			return r.AddActivity(&store.Activity{AccountID: account, UserID: user, ActiveMs: ms, Messages: messages})
		})
	}
	add("a", "u", week-1, 5)
	add("a", "u", week+9, 1)
	add("a", "u", week+3, 2)
	add("a", "v", week, 0)
	add("b", "u", week+100, 50)
	d.read(func(r store.Records) error {
		last, err := r.LastActive("a", "u", "v", "w")
		d.equal("last", last, map[string]int64{"u": week + 9, "v": week})
		messages, err2 := r.ActivityOfWeek("a", week, "u", "v", "w")
		d.equal("messages", messages, map[string]int64{"u": 3, "v": 0})
		none, err3 := r.LastActive("a")
		d.equal("of nobody", len(none), 0)
		return errors.Join(err, err2, err3)
	})
}

func TestWeekOf(t *testing.T) {
	const sunday, day = 1_795_305_600_000, 86_400_000
	for ms, want := range map[int64]int64{
		sunday: sunday, sunday + 1: sunday, sunday + 7*day - 1: sunday, sunday - 1: sunday - 7*day,
		0: -4 * day, 3 * day: 3 * day, -5 * day: -11 * day,
	} {
		if got := store.WeekOf(ms); got != want {
			t.Errorf("%d: %d, want %d", ms, got, want)
		}
	}
}
