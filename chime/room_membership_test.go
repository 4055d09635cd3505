package chime_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"carillon/api"
	"carillon/chime"
)

// join adds members to a room in one batch and returns the refusals as "id code".
func (w *world) join(account, room string, members ...string) []string {
	w.Helper()
	list := []api.MembershipItem{}
	for _, id := range members {
		list = append(list, api.MembershipItem{MemberId: api.Some(id)})
	}
	out, err := w.BatchCreateRoomMembership(w.ctx, &api.BatchCreateRoomMembershipInput{AccountId: account, RoomId: room, MembershipItemList: list})
	w.must(err)
	failed := []string{}
	for _, e := range out.Errors {
		failed = append(failed, e.MemberId.V+" "+string(e.ErrorCode.V))
	}
	return failed
}

func (w *world) add(account, room, member string, role api.Opt[api.RoomMembershipRole]) (*api.RoomMembership, error) {
	out, err := w.CreateRoomMembership(w.ctx, &api.CreateRoomMembershipInput{AccountId: account, RoomId: room, MemberId: api.Some(member), Role: role})
	if err != nil {
		return nil, err
	}
	return out.RoomMembership, nil
}

func (w *world) setRole(account, room, member string, role api.Opt[api.RoomMembershipRole]) (*api.RoomMembership, error) {
	out, err := w.UpdateRoomMembership(w.ctx, &api.UpdateRoomMembershipInput{AccountId: account, RoomId: room, MemberId: member, Role: role})
	if err != nil {
		return nil, err
	}
	return out.RoomMembership, nil
}

func (w *world) leave(account, room, member string) error {
	return w.DeleteRoomMembership(w.ctx, &api.DeleteRoomMembershipInput{AccountId: account, RoomId: room, MemberId: member})
}

// members lists the ids of a room's members, page by page.
func (w *world) members(account, room string) []string {
	w.Helper()
	list, _ := w.pages(api.Opt[string]{}, func(token api.Opt[string]) ([]string, api.Opt[string], error) {
		out, err := w.ListRoomMemberships(w.ctx, &api.ListRoomMembershipsInput{
			AccountId: account, RoomId: room, NextToken: token, MaxResults: api.Some(2),
		})
		var ids []string
		for i := range out.RoomMemberships {
			ids = append(ids, out.RoomMemberships[i].Member.MemberId.V)
		}
		return ids, out.NextToken, err
	})
	return list
}

var (
	none          = api.Opt[api.RoomMembershipRole]{}
	member        = api.Some(api.RoomMembershipRoleMember)
	administrator = api.Some(api.RoomMembershipRoleAdministrator)
)

func TestRoomMembership(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room, u := w.room(a), w.create(a, "mary.jones@example.com")
	before, err := w.getRoom(a, room)
	w.must(err)
	w.advance(time.Second)
	m, err := w.add(a, room, u, none)
	w.must(err)
	who := m.Member
	if m.Role != member || m.RoomId.V != room || m.InvitedBy.V != "arn:aws:iam::111122223333:root" || who.MemberType.V != api.MemberTypeUser ||
		who.AccountId.V != a || who.MemberId.V != u || who.Email.V != "mary.jones@example.com" || who.FullName.V != "Mary Jones" {
		t.Errorf("made %+v of %+v", m, who)
	}
	_, err = w.add(a, room, u, administrator)
	w.refused("again", err, api.Conflict)
	at := w.advance(time.Second)
	changed, err := w.setRole(a, room, u, administrator)
	w.must(err)
	if changed.Role != administrator || changed.UpdatedTimestamp != at || changed.InvitedBy != m.InvitedBy {
		t.Errorf("promoted %+v", changed)
	}
	w.advance(time.Second)
	if same, err := w.setRole(a, room, u, none); err != nil || same.Role != administrator || same.UpdatedTimestamp != at {
		t.Errorf("without a role: %+v, %v", same, err)
	}
	_, err = w.setRole(a, room, u, member) // the last administrator may go
	w.must(err)
	w.must(w.leave(a, room, u))
	w.refused("left twice", w.leave(a, room, u), api.NotFound)
	if after, err := w.getRoom(a, room); err != nil || *after != *before {
		t.Errorf("the room changed to %+v, %v", after, err)
	}
}

func TestRoomMembership_refused(t *testing.T) {
	w := newWorld(t)
	a, elsewhere := w.team(), w.enterprise()
	w.invite(a, "i@example.com") // only Team accounts invite
	_, err := w.AddDomain(w.ctx, &api.AddDomainInput{AccountId: a, DomainName: api.Some("members.example")})
	w.must(err)
	room := w.room(a)
	suspended, stranger := w.create(a, "s@example.com"), w.create(elsewhere, "u@example.com")
	w.suspend(a, suspended)
	for name, test := range map[string]struct {
		member string
		want   api.Kind
	}{
		"nobody":             {"ghost", api.NotFound},
		"of another account": {stranger, api.NotFound},
		"suspended":          {suspended, api.BadRequest},
		"invited":            {w.byEmail(a, "i@example.com").UserId, api.BadRequest},
	} {
		_, err := w.add(a, room, test.member, none)
		w.refused(name, err, test.want)
	}
	_, err = w.setRole(a, room, "ghost", member)
	w.refused("role of nobody", err, api.NotFound)
	_, err = w.add(a, "ghost", stranger, none)
	w.refused("no room", err, api.NotFound)
	if got := w.members(a, room); len(got) > 0 {
		t.Errorf("members: %v", got)
	}
}

// Each of a batch succeeds or fails on its own.
func TestBatchCreateRoomMembership(t *testing.T) {
	w := newWorld(t)
	w.configure(func(c *chime.Config) { c.Quotas.RoomMemberships = 3 })
	a := w.enterprise()
	room := w.room(a)
	var u []string
	for i := range 4 {
		u = append(u, w.create(a, fmt.Sprintf("%d@example.com", i)))
	}
	got := w.join(a, room, u[0], u[0], "ghost", u[1], u[2], u[3], u[1])
	want := []string{u[0] + " Conflict", "ghost NotFound", u[3] + " ResourceLimitExceeded", u[1] + " Conflict"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := w.members(a, room); len(got) != 3 {
		t.Errorf("members: %v", got)
	}
	if got := w.join(a, room); len(got) != 0 {
		t.Errorf("nobody: %v", got)
	}
}

// A room has so many members, and a member is in so many rooms.
func TestRoomMembership_quotas(t *testing.T) {
	w := newWorld(t)
	w.configure(func(c *chime.Config) { c.Quotas.RoomMemberships = 2 })
	a := w.enterprise()
	room := w.room(a)
	var u []string
	for i := range 3 {
		u = append(u, w.create(a, fmt.Sprintf("%d@example.com", i)))
	}
	w.join(a, room, u[0], u[1])
	_, err := w.add(a, room, u[2], none)
	w.refused("a third member", err, api.ResourceLimitExceeded, "2")
	_, err = w.add(a, room, u[0], none)
	w.refused("who is there already", err, api.Conflict)
	w.must(w.leave(a, room, u[0]))
	_, err = w.add(a, room, u[2], none)
	w.must(err)
	w.roomsPerMember()
}

func (w *world) roomsPerMember() {
	w.Helper()
	a := w.enterprise()
	u := w.create(a, "u@example.com")
	rooms := []string{w.room(a), w.room(a)}
	w.configure(func(c *chime.Config) { c.Quotas.Rooms = 1 })
	_, err := w.add(a, rooms[0], u, none)
	w.must(err)
	_, err = w.add(a, rooms[1], u, none)
	w.refused("a second room", err, api.ResourceLimitExceeded, "1")
}

// Members come newest first, several of one moment included.
func TestListRoomMemberships(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	var want []string
	for i := range 7 {
		w.advance(time.Duration(i%2) * time.Millisecond)
		want = append(want, w.create(a, fmt.Sprintf("%d@example.com", i)))
		w.join(a, room, want[i])
	}
	slices.Reverse(want)
	if got := w.members(a, room); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	out, err := w.ListRoomMemberships(w.ctx, &api.ListRoomMembershipsInput{AccountId: a, RoomId: room, MaxResults: api.Some(1)})
	w.must(err)
	_, err = w.ListRoomMemberships(w.ctx, &api.ListRoomMembershipsInput{AccountId: a, RoomId: w.room(a), NextToken: out.NextToken})
	w.refused("the token of another room", err, api.BadRequest)
}

// Nothing of a deleted room is left.
func TestDeleteRoom_members(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room, u := w.room(a), w.create(a, "u@example.com")
	w.join(a, room, u)
	w.must(w.deleteRoom(a, room))
	_, err := w.setRole(a, room, u, member)
	w.refused("the membership", err, api.NotFound)
	out, err := w.ListRooms(w.ctx, &api.ListRoomsInput{AccountId: a, MemberId: api.Some(u)})
	if err != nil || len(out.Rooms) > 0 || out.Rooms == nil {
		t.Errorf("rooms of the member: %+v, %v", out, err)
	}
}
