package e2e

import (
	"testing"
)

func TestDeleteRoom_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		ids := e.rooms(t, id, 2)
		e.send(t, "DELETE", "/accounts/"+id+"/rooms/"+ids[0], "").noContent(t)
		refused(t, e.deleteRoom(t, id, ids[0]), notFound, messageNotFound)
		equal(t, "rooms", e.listRooms(t, id, nil).all(t, 99), ids[1:])
	})
}

// Memberships, webhooks and messages go with the room.
func TestDeleteRoom_with_all_in_it(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room, ann := e.room(t, id, "Kitchen"), e.user(t, id, "ann@example.com").UserId
		e.join(t, id, *room.RoomId, *ann)
		hook := e.webhook(t, id, room.RoomId, "News")
		say(t, hook.Url, "Hello")
		succeed(t, e.deleteRoom(t, id, *room.RoomId))
		e.listRooms(t, id, ann).isEmpty(t)
		post(t, hook.Url, contentBody("Anybody here?")).refused(t, notFound)
		e.send(t, "GET", messagesPath(id, inRoom(room.RoomId)), "").refused(t, notFound, messageNotFound)
		e.send(t, "GET", webhooksPath(id, room.RoomId), "").refused(t, notFound, messageNotFound)
	})
}

func TestDeleteRoom_unknown(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsRoom(t, func(c *caller, accountID, roomID string) error { return c.deleteRoom(t, accountID, roomID) })
	})
}
