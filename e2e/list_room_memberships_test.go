package e2e

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// listMembers is the list of the members of a room.
func (c *caller) listMembers(t testing.TB, accountID, roomID string) pager {
	return func(size *int32, token *string) (ids []string, next *string, err error) {
		out, err := c.ListRoomMemberships(t.Context(), &chime.ListRoomMembershipsInput{
			AccountId: &accountID, RoomId: &roomID, MaxResults: size, NextToken: token,
		})
		if err != nil {
			return nil, nil, err
		}
		for _, m := range out.RoomMemberships {
			ids = append(ids, *m.Member.MemberId)
		}
		return ids, out.NextToken, nil
	}
}

func TestListRoomMemberships_newest_first(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		rooms, users := e.rooms(t, id, 2), e.users(t, id, 4)
		list := e.listMembers(t, id, rooms[0])
		list.isEmpty(t)
		e.join(t, id, rooms[0], users...)
		slices.Reverse(users)
		list.holds(t, users)
		e.listMembers(t, id, rooms[1]).isEmpty(t)
	})
}

// A batch gives all its members the same age; pages must not lose any.
func TestListRoomMemberships_same_age(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room, users := *e.room(t, id, "Kitchen").RoomId, e.users(t, id, 7)
		_, err := e.batchJoin(t, id, room, membershipItems(users...)...)
		succeed(t, err)
		got := e.listMembers(t, id, room).all(t, 1)
		slices.Sort(got)
		slices.Sort(users)
		equal(t, "members", got, users)
	})
}

func TestListRoomMemberships_page_sizes(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room, users := *e.room(t, id, "Kitchen").RoomId, e.users(t, id, 100)
		for chunk := range slices.Chunk(users, 50) {
			_, err := e.batchJoin(t, id, room, membershipItems(chunk...)...)
			succeed(t, err)
		}
		e.listMembers(t, id, room).pageSizes(t, 99, 99)
	})
}

func TestListRoomMemberships_unknown_room(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsRoom(t, func(c *caller, accountID, roomID string) error {
			_, _, err := c.listMembers(t, accountID, roomID)(nil, nil)
			return err
		})
	})
}
