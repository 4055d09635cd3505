package chime_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"carillon/api"
	"carillon/chime"
)

func (w *world) createRoom(account, name string, token api.Opt[string]) (*api.Room, error) {
	out, err := w.CreateRoom(w.ctx, &api.CreateRoomInput{AccountId: account, Name: api.Some(name), ClientRequestToken: token})
	if err != nil {
		return nil, err
	}
	return out.Room, nil
}

// room makes a room and returns its id.
func (w *world) room(account string) string {
	w.Helper()
	m, err := w.createRoom(account, "Room", api.Opt[string]{})
	w.must(err)
	return m.RoomId.V
}

func (w *world) getRoom(account, room string) (*api.Room, error) {
	out, err := w.GetRoom(w.ctx, &api.GetRoomInput{AccountId: account, RoomId: room})
	return out.Room, err
}

func (w *world) rename(account, room string, name api.Opt[string]) (*api.Room, error) {
	out, err := w.UpdateRoom(w.ctx, &api.UpdateRoomInput{AccountId: account, RoomId: room, Name: name})
	if err != nil {
		return nil, err
	}
	return out.Room, nil
}

func (w *world) deleteRoom(account, room string) error {
	return w.DeleteRoom(w.ctx, &api.DeleteRoomInput{AccountId: account, RoomId: room})
}

func TestRoom(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	m, err := w.createRoom(a, " Räume ", api.Opt[string]{})
	w.must(err)
	if m.AccountId.V != a || m.Name.V != " Räume " || m.CreatedBy.V != "arn:aws:iam::111122223333:root" ||
		m.CreatedTimestamp.Time() != epoch || m.UpdatedTimestamp != m.CreatedTimestamp {
		t.Errorf("made %+v", m)
	}
	at := w.advance(time.Second)
	if same, err := w.rename(a, m.RoomId.V, api.Opt[string]{}); err != nil || *same != *m {
		t.Errorf("without a name: %+v, %v", same, err)
	}
	renamed, err := w.rename(a, m.RoomId.V, api.Some("New"))
	w.must(err)
	got, err := w.getRoom(a, m.RoomId.V)
	w.must(err)
	if *got != *renamed || got.Name.V != "New" || got.UpdatedTimestamp != at || got.CreatedTimestamp != m.CreatedTimestamp {
		t.Errorf("renamed %+v, read %+v", renamed, got)
	}
	w.must(w.deleteRoom(a, m.RoomId.V))
	w.refused("deleted twice", w.deleteRoom(a, m.RoomId.V), api.NotFound)
	_, err = w.getRoom(a, m.RoomId.V)
	w.refused("read after that", err, api.NotFound)
}

func TestRoom_names(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	for name, good := range map[string]bool{
		"x": true, strings.Repeat("é", 256): true, strings.Repeat("é", 257): false, "": false, " \t\n": false,
	} {
		_, err := w.createRoom(a, name, api.Opt[string]{})
		_, err2 := w.rename(a, room, api.Some(name))
		if good && (err != nil || err2 != nil) {
			t.Errorf("a name of %d bytes: %v, %v", len(name), err, err2)
		}
		if !good {
			w.refused("create", err, api.BadRequest, "Name")
			w.refused("rename", err2, api.BadRequest, "Name")
		}
	}
}

// Whose account or room it is not, and what type of account it must be.
func TestRoom_refused(t *testing.T) {
	w := newWorld(t)
	a, team := w.enterprise(), w.team()
	room := w.room(a)
	calls := map[string]func(account, room string) error{
		"CreateRoom": func(a, _ string) error { _, err := w.createRoom(a, "x", api.Opt[string]{}); return err },
		"GetRoom":    func(a, r string) error { _, err := w.getRoom(a, r); return err },
		"UpdateRoom": func(a, r string) error { _, err := w.rename(a, r, api.Some("x")); return err },
		"DeleteRoom": w.deleteRoom,
		"ListRooms": func(a, _ string) error {
			_, err := w.ListRooms(w.ctx, &api.ListRoomsInput{AccountId: a})
			return err
		},
		"ListRoomMemberships": func(a, r string) error {
			_, err := w.ListRoomMemberships(w.ctx, &api.ListRoomMembershipsInput{AccountId: a, RoomId: r})
			return err
		},
		"ListRoomWebhooks": func(a, r string) error {
			_, err := w.ListRoomWebhooks(w.ctx, &api.ListRoomWebhooksInput{AccountId: a, RoomId: r})
			return err
		},
	}
	for name, call := range calls {
		w.refused(name+" of a Team account", call(team, room), api.BadRequest, "Enterprise")
		w.refused(name+" of no account", call("ghost", room), api.NotFound)
		if name != "CreateRoom" && name != "ListRooms" {
			w.refused(name+" of no room", call(a, "ghost"), api.NotFound)
		}
		w.ctx = as(other)
		w.refused(name+" of another AWS account", call(a, room), api.NotFound)
		w.ctx = as(aws)
	}
	w.freeze(a)
	w.refused("in a suspended account", calls["CreateRoom"](a, ""), api.Forbidden)
	w.must(calls["GetRoom"](a, room))
}

// The same token gives the same room as long as there is one.
func TestCreateRoom_token(t *testing.T) {
	w := newWorld(t)
	w.configure(func(c *chime.Config) { c.Quotas.Rooms = 2 })
	a := w.enterprise()
	token := api.Some("token-1")
	first, err := w.createRoom(a, "Name", token)
	w.must(err)
	w.advance(time.Hour)
	w.room(a) // now the quota is used up
	again, err := w.createRoom(a, "Name", token)
	if err != nil || *again != *first {
		t.Errorf("again: %+v, %v", again, err)
	}
	_, err = w.createRoom(a, "Other", token)
	w.refused("another name", err, api.BadRequest, "ClientRequestToken")
	_, err = w.rename(a, first.RoomId.V, api.Some("Other"))
	w.must(err)
	if again, err = w.createRoom(a, "Name", token); err != nil || again.RoomId != first.RoomId || again.Name.V != "Other" {
		t.Errorf("after a change of the name: %+v, %v", again, err)
	}
	w.must(w.deleteRoom(a, first.RoomId.V))
	if again, err = w.createRoom(a, "Third", token); err != nil || again.RoomId == first.RoomId {
		t.Errorf("after the room is gone: %+v, %v", again, err)
	}
	if m, err := w.createRoom(w.enterprise(), "Elsewhere", token); err != nil || m.RoomId == again.RoomId {
		t.Errorf("in another account: %+v, %v", m, err)
	}
}

// Requests with one token at once make one room.
func TestCreateRoom_tokenAtOnce(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	var wg sync.WaitGroup
	var mu sync.Mutex
	ids := map[string]bool{}
	for range 8 {
		wg.Go(func() {
			m, err := w.createRoom(a, "Name", api.Some("token"))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
				return
			}
			ids[m.RoomId.V] = true
		})
	}
	wg.Wait()
	if len(ids) != 1 {
		t.Errorf("%d rooms", len(ids))
	}
}

func TestCreateRoom_quota(t *testing.T) {
	w := newWorld(t)
	w.configure(func(c *chime.Config) { c.Quotas.Rooms = 1 })
	a := w.enterprise()
	room := w.room(a)
	_, err := w.createRoom(a, "x", api.Opt[string]{})
	w.refused("a second room", err, api.ResourceLimitExceeded, "1")
	w.room(w.enterprise())
	w.must(w.deleteRoom(a, room))
	w.room(a)
}

func TestListRooms(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	u := w.create(a, "u@example.com")
	var all, hers []string
	for i := range 7 {
		w.advance(time.Duration(i%2) * time.Millisecond)
		all = append(all, w.room(a))
		if i%3 == 0 {
			hers = append(hers, all[i])
			w.join(a, all[i], u)
		}
	}
	slices.Reverse(all)
	slices.Reverse(hers)
	for name, test := range map[string]struct {
		member api.Opt[string]
		want   []string
	}{"all": {api.Opt[string]{}, all}, "a member's": {api.Some(u), hers}, "a stranger's": {api.Some("ghost"), nil}} {
		got, _ := w.pages(api.Opt[string]{}, func(token api.Opt[string]) ([]string, api.Opt[string], error) {
			in := api.ListRoomsInput{AccountId: a, NextToken: token, MaxResults: api.Some(2)}
			if !token.Set {
				in.MemberId = test.member
			}
			out, err := w.ListRooms(w.ctx, &in)
			var ids []string
			for i := range out.Rooms {
				ids = append(ids, out.Rooms[i].RoomId.V)
			}
			return ids, out.NextToken, err
		})
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
