package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func TestDeleteRoomMembership_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room, users := *e.room(t, id, "Kitchen").RoomId, e.users(t, id, 2)
		stays := e.join(t, id, room, users[0])
		e.join(t, id, room, users[1])
		e.send(t, "DELETE", "/accounts/"+id+"/rooms/"+room+"/memberships/"+users[1], "").noContent(t)
		equal(t, "members", e.members(t, id, room), []types.RoomMembership{*stays})
		refused(t, e.leave(t, id, room, users[1]), notFound, messageNotFound)
		succeed(t, e.leave(t, id, room, users[0]))
		e.listMembers(t, id, room).isEmpty(t)
	})
}

func TestDeleteRoomMembership_unknown(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		needsMembership(t, e, func(c *caller, accountID, roomID, memberID string) error {
			return c.leave(t, accountID, roomID, memberID)
		})
	})
}
