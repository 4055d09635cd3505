package chime_test

import (
	"slices"
	"testing"
	"time"

	"carillon/api"
	"carillon/store"
)

// retain sets both retentions; 0 days are for ever.
func (w *world) retain(account string, room, conversation int) error {
	return w.PutRetentionSettings(w.ctx, &api.PutRetentionSettingsInput{AccountId: account, RetentionSettings: &api.RetentionSettings{
		RoomRetentionSettings:         &api.RoomRetentionSettings{RetentionDays: api.NonZero(room)},
		ConversationRetentionSettings: &api.ConversationRetentionSettings{RetentionDays: api.NonZero(conversation)},
	}})
}

func (w *world) retention(account string) (room, conversation api.Opt[int], deletion api.Timestamp) {
	w.Helper()
	out, err := w.GetRetentionSettings(w.ctx, &api.GetRetentionSettingsInput{AccountId: account})
	w.must(err)
	s := out.RetentionSettings
	return s.RoomRetentionSettings.RetentionDays, s.ConversationRetentionSettings.RetentionDays, out.InitiateDeletionTimestamp
}

const day = 24 * time.Hour

func TestRetentionSettings(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	if r, c, at := w.retention(a); r.Set || c.Set || at != 0 {
		t.Errorf("before any: %v, %v, %v", r, c, at)
	}
	for _, test := range []struct{ room, conversation int }{{1, 0}, {30, 5475}, {0, 7}, {0, 0}} {
		w.advance(time.Minute)
		w.must(w.retain(a, test.room, test.conversation))
		want := api.TimestampOf(time.UnixMilli(w.now.Load()).Add(30 * day))
		if test.room+test.conversation == 0 {
			want = 0
		}
		if r, c, at := w.retention(a); r != api.NonZero(test.room) || c != api.NonZero(test.conversation) || at != want {
			t.Errorf("%+v: %v, %v, %d, want %d", test, r, c, at, want)
		}
	}
	w.must(w.PutRetentionSettings(w.ctx, &api.PutRetentionSettingsInput{AccountId: a, RetentionSettings: &api.RetentionSettings{
		ConversationRetentionSettings: &api.ConversationRetentionSettings{RetentionDays: api.Some(3)},
	}}))
	if r, c, _ := w.retention(a); r.Set || c.V != 3 {
		t.Errorf("a part left out: %v, %v", r, c)
	}
}

func TestRetentionSettings_refused(t *testing.T) {
	w := newWorld(t)
	team, a := w.team(), w.enterprise()
	get := func(account string) error {
		_, err := w.GetRetentionSettings(w.ctx, &api.GetRetentionSettingsInput{AccountId: account})
		return err
	}
	w.refused("put on Team", w.retain(team, 1, 1), api.BadRequest)
	w.refused("get on Team", get(team), api.BadRequest)
	w.refused("put on none", w.retain("ghost", 1, 1), api.NotFound)
	w.refused("get on none", get("ghost"), api.NotFound)
	w.freeze(a)
	w.refused("put on suspended", w.retain(a, 1, 1), api.Forbidden)
	w.must(get(a))
	for _, days := range []int{0, 5476, -1} {
		in := &api.PutRetentionSettingsInput{AccountId: a, RetentionSettings: &api.RetentionSettings{
			RoomRetentionSettings: &api.RoomRetentionSettings{RetentionDays: api.Some(days)},
		}}
		w.refused("days out of range", in.Validate(), api.BadRequest, "RetentionDays")
	}
}

// chatter makes an account whose room and conversation have messages of 1, 10
// and 100 days ago.
func (w *world) chatter() (account, room string) {
	w.Helper()
	a := w.enterprise()
	room = w.room(a)
	for id, days := range map[string]int{"m1": 1, "m10": 10, "m100": 100} {
		w.importMessages(inRoom(a, room, id, daysAgo(days)), inConversation(a, "c", id, daysAgo(days)))
	}
	return a, room
}

func (w *world) wantMessages(what, account, room string, want ...string) {
	w.Helper()
	if got := ids(w.read(account, room)); !slices.Equal(got, want) {
		w.Errorf("%s: the room has %v, want %v", what, got, want)
	}
}

// Older messages are hidden at once; in the grace period a longer retention
// brings them back.
func TestRetention_hides(t *testing.T) {
	w := newWorld(t)
	a, room := w.chatter()
	w.must(w.retain(a, 10, 0))
	w.wantMessages("10 days", a, room, "m1", "m10")
	w.advance(time.Millisecond)
	w.wantMessages("a little later", a, room, "m1")
	if list, err := w.conversation(a, "c"); err != nil || len(list) != 3 {
		t.Errorf("the conversation: %d, %v", len(list), err)
	}
	w.advance(29 * day)
	w.mustWork()
	w.must(w.retain(a, 5000, 0))
	w.wantMessages("longer", a, room, "m1", "m10", "m100")
	w.advance(day)
	w.mustWork() // the job of the first settings is due and does nothing
	w.must(w.retain(a, 0, 0))
	w.wantMessages("off", a, room, "m1", "m10", "m100")
}

// After the grace period messages are deleted for good, day by day, as long as
// the settings stay.
func TestRetention_purges(t *testing.T) {
	w := newWorld(t)
	a, room := w.chatter()
	b, otherRoom := w.chatter()
	w.must(w.retain(a, 50, 120))
	w.advance(30*day - time.Millisecond)
	w.mustWork()
	w.stored("before the end of grace", a, 3, 3)
	w.advance(time.Millisecond)
	w.mustWork()
	w.stored("at the end of grace", a, 2, 2)
	w.advance(11 * day) // m10 is 51 days old
	w.mustWork()
	w.stored("11 days later", a, 1, 2)
	w.stored("in the other account", b, 3, 3)
	w.must(w.retain(a, 0, 0))
	w.advance(400 * day)
	w.mustWork()
	w.stored("after it was switched off", a, 1, 2)
	if n := w.waiting("retention"); n != 0 {
		t.Errorf("%d jobs are left", n)
	}
	w.wantMessages("other account", b, otherRoom, "m1", "m10", "m100")
	w.wantMessages("this account", a, room, "m1")
}

// stored checks how many messages there are, whatever retention shows.
func (w *world) stored(what, account string, room, conversation int) {
	w.Helper()
	r, c, _ := w.retention(account)
	w.must(w.retainQuietly(account, 0, 0))
	defer func() { w.must(w.retainQuietly(account, r.V, c.V)) }()
	out, err := w.ListRooms(w.ctx, &api.ListRoomsInput{AccountId: account})
	w.must(err)
	list, err := w.conversation(account, "c")
	if n := len(w.read(account, out.Rooms[0].RoomId.V)); n != room || len(list) != conversation || err != nil {
		w.Errorf("%s: %d in the room, %d in the conversation, %v; want %d and %d", what, n, len(list), err, room, conversation)
	}
}

// retainQuietly changes the days alone, so that the job goes on.
func (w *world) retainQuietly(account string, room, conversation int) error {
	return w.store.Update(w.ctx, func(r store.Records) error {
		s, err := r.RetentionSettings(account)
		if err != nil {
			return err
		}
		s.RoomDays, s.ConversationDays = int64(room), int64(conversation)
		return r.PutRetentionSettings(&s)
	})
}

// The account goes, and its job with it.
func TestRetention_accountDeleted(t *testing.T) {
	w := newWorld(t)
	a := w.account(api.AccountTypeEnterpriseLWA)
	w.must(w.retain(a, 1, 1))
	w.must(w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: a}))
	w.advance(40 * day)
	w.mustWork()
	if n := w.waiting("retention"); n != 0 {
		t.Errorf("%d jobs are left", n)
	}
}
