package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// redactCall redacts a message of a room or a conversation.
type redactCall func(c *caller, accountID, containerID, messageID string) error

func redactInRoom(t testing.TB) redactCall {
	return func(c *caller, accountID, roomID, messageID string) error {
		_, err := c.RedactRoomMessage(t.Context(), &chime.RedactRoomMessageInput{AccountId: &accountID, RoomId: &roomID, MessageId: &messageID})
		return err
	}
}

func TestRedactRoomMessage_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room := e.room(t, id, "Kitchen")
		kept := message{AccountId: id, RoomId: *room.RoomId, MessageId: "m1", Sender: "ann@example.com", Content: "Hello", CreatedTimestamp: daysAgo(2)}
		bad := kept
		bad.MessageId, bad.Content, bad.CreatedTimestamp = "m2", "Secret", daysAgo(1)
		original := bad
		e.importMessages(t, kept, bad)
		path := "/accounts/" + id + "/rooms/" + *room.RoomId + "/messages/m2?operation=redact"
		bad.Content, bad.Redacted = "", true
		for range 2 {
			got := e.send(t, "POST", path, "")
			got.ok(t, 200)
			equal(t, "body", got.body, "{}")
			equal(t, "messages", e.messages(t, id, inRoom(room.RoomId)), []message{bad, kept})
		}
		e.importMessages(t, original)
		equal(t, "messages after another import", e.messages(t, id, inRoom(room.RoomId)), []message{bad, kept})
	})
}

func TestRedactRoomMessage_posted_message(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room := e.room(t, id, "Kitchen")
		message := say(t, e.webhook(t, id, room.RoomId, "News").Url, "Secret")
		succeed(t, redactInRoom(t)(e.caller, id, *room.RoomId, message))
		got := e.messages(t, id, inRoom(room.RoomId))
		equal(t, "content", got[0].Content, "")
		equal(t, "redacted", got[0].Redacted, true)
	})
}

func TestRedactRoomMessage_unknown(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsRoom(t, func(c *caller, accountID, roomID string) error {
			return redactInRoom(t)(c, accountID, roomID, unknownID)
		})
		id := e.enterprise(t)
		rooms := e.rooms(t, id, 2)
		here, there := inRoom(&rooms[0]), inRoom(&rooms[1])
		e.importMessages(t,
			message{AccountId: id, RoomId: rooms[0], MessageId: "here", Sender: "s", Content: "c", CreatedTimestamp: daysAgo(1)},
			message{AccountId: id, RoomId: rooms[1], MessageId: "there", Sender: "s", Content: "c", CreatedTimestamp: daysAgo(1)},
			message{AccountId: id, ConversationId: rooms[0], MessageId: "talk", Sender: "s", Content: "c", CreatedTimestamp: daysAgo(1)})
		e.needsMessage(t, redactInRoom(t), id, rooms[0], "there", "talk")
		equal(t, "message", e.messages(t, id, there)[0].Redacted, false)
		equal(t, "message", e.messages(t, id, here)[0].Redacted, false)
	})
}

// needsMessage checks that a call finds no message that is somewhere else. The
// message "here" is where it looks.
func (e *env) needsMessage(t *testing.T, call redactCall, accountID, containerID string, elsewhere ...string) {
	t.Helper()
	refused(t, call(e.caller, accountID, containerID, " "), badRequest, "'MessageId'")
	refused(t, call(e.stranger(t), accountID, containerID, "here"), notFound, messageNotFound)
	refused(t, call(e.caller, e.enterprise(t), containerID, "here"), notFound, messageNotFound)
	refused(t, call(e.caller, e.team(t), containerID, "here"), badRequest, "Enterprise")
	for _, id := range append(elsewhere, unknownID, "x/../y é") {
		refused(t, call(e.caller, accountID, containerID, id), notFound, messageNotFound)
	}
}
