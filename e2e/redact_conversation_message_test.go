package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

func redactInConversation(t testing.TB) redactCall {
	return func(c *caller, accountID, conversationID, messageID string) error {
		_, err := c.RedactConversationMessage(t.Context(), &chime.RedactConversationMessageInput{
			AccountId: &accountID, ConversationId: &conversationID, MessageId: &messageID,
		})
		return err
	}
}

func TestRedactConversationMessage_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		kept := message{AccountId: id, ConversationId: "talk 1/2", MessageId: "a/b", Sender: "ann@example.com", Content: "Hello", CreatedTimestamp: daysAgo(2)}
		bad := kept
		bad.MessageId, bad.Content, bad.CreatedTimestamp = "é", "Secret", daysAgo(1)
		e.importMessages(t, kept, bad)
		bad.Content, bad.Redacted = "", true
		for range 2 {
			succeed(t, redactInConversation(t)(e.caller, id, "talk 1/2", "é"))
			equal(t, "messages", e.messages(t, id, inConversation("talk%201%2F2")), []message{bad, kept})
		}
		got := e.send(t, "POST", "/accounts/"+id+"/conversations/talk%201%2F2/messages/%C3%A9?operation=redact", "")
		got.ok(t, 200)
		equal(t, "body", got.body, "{}")
	})
}

func TestRedactConversationMessage_unknown(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsEnterprise(t, func(c *caller, accountID string) error {
			return redactInConversation(t)(c, accountID, "talk", unknownID)
		})
		id := e.enterprise(t)
		room := *e.room(t, id, "Kitchen").RoomId
		e.importMessages(t,
			message{AccountId: id, ConversationId: "talk", MessageId: "here", Sender: "s", Content: "c", CreatedTimestamp: daysAgo(1)},
			message{AccountId: id, ConversationId: "other", MessageId: "there", Sender: "s", Content: "c", CreatedTimestamp: daysAgo(1)},
			message{AccountId: id, RoomId: room, MessageId: "room", Sender: "s", Content: "c", CreatedTimestamp: daysAgo(1)})
		e.needsMessage(t, redactInConversation(t), id, "talk", "there", "room")
		refused(t, redactInConversation(t)(e.caller, id, "unknown", "here"), notFound, messageNotFound)
		refused(t, redactInConversation(t)(e.caller, id, " ", "here"), badRequest, "'ConversationId'")
		equal(t, "message", e.messages(t, id, inConversation("other"))[0].Redacted, false)
		equal(t, "message", e.messages(t, id, inConversation("talk"))[0].Redacted, false)
	})
}
