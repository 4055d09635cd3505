package e2e

import (
	"encoding/json"
	"strings"
	"testing"
)

// oddTexts are texts that databases and encoders stumble over, as JSON and as
// part of a path or query.
var oddTexts = []struct{ what, json, escaped string }{
	{"a NUL", `a\u0000b`, "a%00b"},
	{"half a surrogate pair", `a\ud83db`, "a%ED%A0%BDb"},
	{"bytes that are no UTF-8", "a\xff\xfeb", "a%FF%FEb"},
	{"a line separator", `a\u2028b`, "a%E2%80%A8b"},
	{"an escape of an escape", `a\\u0000%00b`, "a%2500b"},
	{"a quote", `a'\"b`, "a'%22b"},
}

// Whatever text comes, in bodies, paths and queries: it is taken or refused, by
// both engines, and never fails the server.
func TestOddText_never_fails(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		w := e.world(t)
		url := w.webhook(t, w.account, &w.room, "News").Url
		for _, odd := range oddTexts {
			for _, op := range append(w.oddBodies(odd.json), w.oddTargets(odd.escaped)...) {
				if got := w.send(t, op.method, op.target, op.body); got.status >= 500 {
					t.Errorf("%s with %s got %d %s", op.name, odd.what, got.status, got.body)
				}
			}
			if got := post(t, url, `{"Content":"`+odd.json+`"}`); got.status >= 500 {
				t.Errorf("a message with %s got %d %s", odd.what, got.status, got.body)
			}
		}
	})
}

// oddBodies are requests with a text in every free member of a body.
func (w world) oddBodies(text string) []operation {
	a := "/accounts/" + w.account
	room := a + "/rooms/" + w.room
	imported := func(change string) string {
		m := `{"Messages":[{"AccountId":"` + w.account + `","ConversationId":"talk","MessageId":"odd","Sender":"s","Content":"c","CreatedTimestamp":"2020-01-01T00:00:00Z"}]}`
		return strings.Replace(m, change, text, 1)
	}
	quoted := `"` + text + `"`
	return []operation{
		{"CreateRoom", "POST", a + "/rooms", `{"Name":` + quoted + `}`, 0},
		{"UpdateRoom", "POST", room, `{"Name":` + quoted + `}`, 0},
		{"CreateRoom", "POST", a + "/rooms", `{"Name":"x","ClientRequestToken":` + quoted + `}`, 0},
		{"CreateRoomMembership", "POST", room + "/memberships", `{"MemberId":` + quoted + `}`, 0},
		{"BatchCreateRoomMembership", "POST", room + "/memberships?operation=batch-create", `{"MembershipItemList":[{"MemberId":` + quoted + `}]}`, 0},
		{"CreateBot", "POST", a + "/bots", `{"DisplayName":` + quoted + `}`, 0},
		{"CreateBot", "POST", a + "/bots", `{"DisplayName":"x","Domain":` + quoted + `}`, 0},
		{"PutEventsConfiguration", "PUT", a + "/bots/" + w.bot + "/events-configuration", `{"LambdaFunctionArn":` + quoted + `}`, 0},
		{"PutEventsConfiguration", "PUT", a + "/bots/" + w.bot + "/events-configuration", `{"OutboundEventsHTTPSEndpoint":"https://` + text + `"}`, 0},
		{"BatchDeletePhoneNumber", "POST", "/phone-numbers?operation=batch-delete", `{"PhoneNumberIds":[` + quoted + `]}`, 0},
		{"BatchUpdatePhoneNumber", "POST", "/phone-numbers?operation=batch-update", `{"UpdatePhoneNumberRequestItems":[{"PhoneNumberId":` + quoted + `,"CallingName":"x1"}]}`, 0},
		{"CreatePhoneNumberOrder", "POST", "/phone-number-orders", `{"ProductType":"BusinessCalling","E164PhoneNumbers":[` + quoted + `]}`, 0},
		{"UpdateGlobalSettings", "PUT", "/settings", `{"BusinessCalling":{"CdrBucket":` + quoted + `}}`, 0},
		{"CreateRoomWebhook", "POST", webhooksPath(w.account, &w.room), `{"Name":` + quoted + `}`, 0},
		{"ImportMessages", "POST", "/carillon/v1/messages", imported("odd"), 0},
		{"ImportMessages", "POST", "/carillon/v1/messages", imported("talk"), 0},
		{"ImportMessages", "POST", "/carillon/v1/messages", strings.Replace(imported("none"), `"s"`, quoted, 1), 0},
		{"ImportMessages", "POST", "/carillon/v1/messages", strings.Replace(imported("none"), `"c"`, quoted, 1), 0},
	}
}

// oddTargets are requests with a text in every free place of path and query.
func (w world) oddTargets(text string) []operation {
	a := "/accounts/" + w.account
	return []operation{
		{"GetRoom", "GET", a + "/rooms/" + text, "", 0},
		{"DeleteRoomMembership", "DELETE", a + "/rooms/" + w.room + "/memberships/" + text, "", 0},
		{"RedactRoomMessage", "POST", a + "/rooms/" + w.room + "/messages/" + text + "?operation=redact", "", 0},
		{"RedactConversationMessage", "POST", a + "/conversations/" + text + "/messages/m?operation=redact", "", 0},
		{"GetBot", "GET", a + "/bots/" + text, "", 0},
		{"GetPhoneNumber", "GET", "/phone-numbers/" + text, "", 0},
		{"RestorePhoneNumber", "POST", "/phone-numbers/" + text + "?operation=restore", "", 0},
		{"ListRooms", "GET", a + "/rooms?member-id=" + text, "", 0},
		{"ListRooms", "GET", a + "/rooms?next-token=" + text, "", 0},
		{"ListPhoneNumbers", "GET", "/phone-numbers?filter-name=UserId&filter-value=" + text, "", 0},
		{"SearchAvailablePhoneNumbers", "GET", "/search?type=phone-numbers&area-code=" + text, "", 0},
		{"SearchAvailablePhoneNumbers", "GET", "/search?type=phone-numbers&state=" + text + "&city=" + text, "", 0},
		{"ListConversationMessages", "GET", messagesPath(w.account, inConversation(text)), "", 0},
		{"DeleteRoomWebhook", "DELETE", webhooksPath(w.account, &w.room) + "/" + text, "", 0},
	}
}

// What is taken comes back as it was.
func TestOddText_comes_back(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room := e.room(t, id, "Kitchen").RoomId
		for _, text := range []string{"tab\tand\r\nlines", "\u2028\u2029", "e\u0301 is not \u00e9", "🔔\U0010FFFF", `\u0041 \n "quoted" 'and' %41`, "\x7f\x01", "</script>"} {
			text = "x" + text + "x"
			name, _ := json.Marshal(text) // strings always marshal
			got := e.send(t, "POST", "/accounts/"+id+"/rooms/"+*room, `{"Name":`+string(name)+`}`)
			got.ok(t, 200)
			equal(t, "name", *e.getRoom(t, id, *room).Name, text)
			inside := e.room(t, id, "Inside").RoomId
			say(t, e.webhook(t, id, inside, "News").Url, text)
			equal(t, "message", e.messages(t, id, inRoom(inside))[0].Content, text)
		}
	})
}
