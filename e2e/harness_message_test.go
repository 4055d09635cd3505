package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// webhook is an incoming webhook as the operator API shows it.
type webhook struct {
	AccountId, CreatedBy, CreatedTimestamp, Name, RoomId, Url, WebhookId string
}

// webhook makes an incoming webhook of a room.
func (c *caller) webhook(t testing.TB, accountID string, roomID *string, name string) webhook {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"Name": name}) // strings always marshal
	got := c.send(t, "POST", webhooksPath(accountID, roomID), string(body))
	got.ok(t, 201)
	return parseJSON[struct{ Webhook webhook }](t, got.body).Webhook
}

func webhooksPath(accountID string, roomID *string) string {
	return "/carillon/v1/accounts/" + accountID + "/rooms/" + *roomID + "/webhooks"
}

// post sends a body to the address of a webhook, without a signature.
func post(t testing.TB, url, body string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	succeed(t, err)
	r.Header.Set("Content-Type", "application/json")
	return do(t, r)
}

// posted is the answer to a message.
type posted struct{ MessageId, RoomId string }

// say posts a message, which must be taken, and returns its id.
func say(t testing.TB, url, content string) string {
	t.Helper()
	got := post(t, url, contentBody(content))
	got.ok(t, 200)
	return parseJSON[posted](t, got.body).MessageId
}

func contentBody(content string) string {
	body, _ := json.Marshal(map[string]string{"Content": content}) // strings always marshal
	return string(body)
}

// message is a message as the operator API shows and imports it.
type message struct {
	AccountId        string
	RoomId           string `json:",omitempty"`
	ConversationId   string `json:",omitempty"`
	MessageId        string
	Sender, Content  string
	CreatedTimestamp string
	Redacted         bool `json:",omitempty"`
}

// inRoom and inConversation name what messages are in.
func inRoom(roomID *string) string    { return "rooms/" + *roomID }
func inConversation(id string) string { return "conversations/" + id }
func messagesPath(account, in string) string {
	return "/carillon/v1/accounts/" + account + "/" + in + "/messages"
}

// messages returns the messages of a room or conversation that can be seen.
func (c *caller) messages(t testing.TB, accountID, in string) []message {
	t.Helper()
	got := c.send(t, "GET", messagesPath(accountID, in), "")
	got.ok(t, 200)
	return parseJSON[struct{ Messages []message }](t, got.body).Messages
}

// messageIDs returns the ids of the messages that can be seen, newest first.
func (c *caller) messageIDs(t testing.TB, accountID, in string) []string {
	t.Helper()
	ids := []string{}
	for _, m := range c.messages(t, accountID, in) {
		ids = append(ids, m.MessageId)
	}
	return ids
}

// imported is the answer to an import.
type imported struct {
	Imported int
	Errors   []struct {
		Index                   int
		ErrorCode, ErrorMessage string
	}
}

// importMessages imports messages, all of which must be taken.
func (c *caller) importMessages(t testing.TB, messages ...message) {
	t.Helper()
	body, _ := json.Marshal(map[string]any{"Messages": messages}) // plain data always marshals
	got := c.send(t, "POST", "/carillon/v1/messages", string(body))
	got.ok(t, 200)
	equal(t, "answer to the import", parseJSON[imported](t, got.body).Imported, len(messages))
}

// daysAgo returns the wire form of a moment in the past.
func daysAgo(days float64) string {
	return time.Now().Add(-time.Duration(days * 24 * float64(time.Hour))).UTC().Format(eventStamp)
}
