package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// exported writes messages to a file, a line each.
func exported(t *testing.T, messages ...message) string {
	t.Helper()
	var b strings.Builder
	for _, m := range messages {
		line, err := json.Marshal(m)
		succeed(t, err)
		b.Write(append(line, '\n'))
	}
	return write(t, "messages.jsonl", b.String())
}

// importResult is what carillon message import prints.
type importResult struct{ Imported, Failed int }

func TestCommandMessageImport_rooms_and_conversations(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		id := c.enterprise(t)
		room := c.room(t, id, "Kitchen").RoomId
		inside := message{
			AccountId: id, RoomId: *room, MessageId: "m-1", Sender: "ann@example.com", Content: "Grüße\n\"<&>\" 🔔", CreatedTimestamp: "2019-01-08T17:59:18.006Z",
		}
		between := inside
		between.RoomId, between.ConversationId, between.CreatedTimestamp = "", "talk 1", "2019-01-08T19:59:18+02:00"
		for range 2 { // an import may be repeated
			equal(t, "result", carillon[importResult](t, c, "message", "import", exported(t, inside, between)), importResult{2, 0})
		}
		equal(t, "messages of the room", c.listed(t, "--account-id", id, "--room-id", *room), []message{inside})
		between.CreatedTimestamp = "2019-01-08T17:59:18.000Z"
		equal(t, "messages of the conversation", c.listed(t, "--account-id", id, "--conversation-id", "talk 1"), []message{between})
	})
}

// listed returns what carillon message list prints.
func (c *caller) listed(t testing.TB, args ...string) []message {
	t.Helper()
	return carillon[struct{ Messages []message }](t, c, append([]string{"message", "list"}, args...)...).Messages
}

// A message that is there stays as it is.
func TestCommandMessageImport_again_with_changes(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		first := message{AccountId: id, ConversationId: "talk", MessageId: "m", Sender: "ann@example.com", Content: "First", CreatedTimestamp: daysAgo(1)}
		changed := first
		changed.Content = "Changed"
		e.tryCarillon(t, "message", "import", exported(t, first)).succeeded(t)
		e.tryCarillon(t, "message", "import", exported(t, changed)).succeeded(t)
		equal(t, "messages", e.messages(t, id, inConversation("talk")), []message{first})
	})
}

func TestCommandMessageImport_some_refused(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id, theirs := e.enterprise(t), e.stranger(t).enterprise(t)
		good := message{AccountId: id, ConversationId: "talk", MessageId: "good", Sender: "ann@example.com", Content: "Hello", CreatedTimestamp: daysAgo(1)}
		bad := func(change func(*message)) message {
			m := good
			m.MessageId = "bad"
			change(&m)
			return m
		}
		r := e.tryCarillon(t, "message", "import", exported(t,
			bad(func(m *message) { m.AccountId = unknownID }),
			bad(func(m *message) { m.AccountId = theirs }),
			bad(func(m *message) { m.AccountId = e.team(t) }),
			bad(func(m *message) { m.ConversationId, m.RoomId = "", unknownID }),
			bad(func(m *message) { m.RoomId = unknownID }),
			bad(func(m *message) { m.ConversationId = "" }),
			bad(func(m *message) { m.CreatedTimestamp = "yesterday" }),
			good,
		))
		equal(t, "exit code", r.code, exitFailed)
		equal(t, "result", parseJSON[importResult](t, r.stdout), importResult{1, 7})
		for i, name := range []string{"NotFound", "NotFound", "BadRequest", "NotFound", "BadRequest", "BadRequest", "BadRequest"} {
			if want := fmt.Sprintf("line %d: %s", i+1, name); !strings.Contains(r.stderr, want) {
				t.Errorf("stderr %q lacks %q", r.stderr, want)
			}
		}
		equal(t, "messages", e.messageIDs(t, id, inConversation("talk")), []string{"good"})
	})
}

// A line that lacks a member, or has one of the wrong kind or type, is refused alone.
func TestCommandMessageImport_incomplete_lines(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		r := e.tryCarillon(t, "message", "import", write(t, "messages.jsonl", strings.Join([]string{
			`{"AccountId":"` + id + `","ConversationId":"talk","MessageId":"a","Content":"c","CreatedTimestamp":"2019-01-08T17:59:18Z"}`,
			`{"AccountId":"` + id + `","ConversationId":"talk","MessageId":" ","Sender":"s","Content":"c","CreatedTimestamp":"2019-01-08T17:59:18Z"}`,
			"",
			`{"AccountId":"` + id + `","ConversationId":"talk","MessageId":7,"Sender":"s","Content":"c","CreatedTimestamp":"2019-01-08T17:59:18Z"}`,
			`{"AccountId":"` + id + `","ConversationId":"talk","MessageId":"b","Sender":"s","Content":"c","CreatedTimestamp":"2019-01-08T17:59:18Z"}`,
		}, "\n")))
		equal(t, "exit code", r.code, exitFailed)
		equal(t, "result", parseJSON[importResult](t, r.stdout), importResult{1, 3})
		for _, words := range []string{"line 1: BadRequest", "Sender", "line 2: BadRequest", "MessageId", "line 4: BadRequest"} {
			if !strings.Contains(r.stderr, words) {
				t.Errorf("stderr %q lacks %q", r.stderr, words)
			}
		}
		equal(t, "messages", e.messageIDs(t, id, inConversation("talk")), []string{"b"})
	})
}

func TestCommandMessageImport_bad_file(t *testing.T) {
	t.Parallel()
	e := engines()[0].share(t, documented)
	for text, words := range map[string]string{"not JSON\n": "line 1: it is not JSON", "\n{\"AccountId\":\n": "line 2: it is not JSON"} {
		r := e.tryCarillon(t, "message", "import", write(t, "messages.jsonl", text))
		equal(t, text, []any{r.code, parseJSON[importResult](t, r.stdout), strings.Contains(r.stderr, words)}, []any{exitFailed, importResult{0, 1}, true})
	}
	e.tryCarillon(t, "message", "import", "missing.jsonl").failed(t, exitFailed, "missing.jsonl")
	e.tryCarillon(t, "message", "import").failed(t, exitUsage)
	equal(t, "result of an empty file", carillon[importResult](t, e.caller, "message", "import", write(t, "empty", "")), importResult{})
}

func TestCommandMessageList_all_pages(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		var messages []message
		var want []string
		for i := range 250 {
			m := message{AccountId: id, ConversationId: "talk", MessageId: fmt.Sprintf("m%03d", i), Sender: "s", Content: "c", CreatedTimestamp: daysAgo(300 - float64(i))}
			messages, want = append(messages, m), append([]string{m.MessageId}, want...)
		}
		equal(t, "result", carillon[importResult](t, e.caller, "message", "import", exported(t, messages...)), importResult{250, 0})
		equal(t, "messages", e.listedIDs(t, id, inConversation("talk")), want)
		equal(t, "messages on the first page", len(e.messages(t, id, inConversation("talk"))), 99)
		for _, query := range []string{"max-results=0", "max-results=100", "next-token=x"} {
			e.send(t, "GET", messagesPath(id, inConversation("talk"))+"?"+query, "").refused(t, badRequest)
		}
	})
}

func TestCommandMessageList_refused(t *testing.T) {
	t.Parallel()
	e := engines()[0].share(t, documented)
	id := e.enterprise(t)
	for _, args := range [][]string{
		{"--account-id", id, "--room-id", unknownID},
		{"--account-id", id, "--conversation-id", "unknown"},
		{"--account-id", unknownID, "--conversation-id", "unknown"},
	} {
		e.tryCarillon(t, append([]string{"message", "list"}, args...)...).failed(t, exitFailed, "NotFoundException")
	}
	for _, args := range [][]string{
		{"--account-id", id},
		{"--room-id", unknownID},
		{"--account-id", id, "--room-id", unknownID, "--conversation-id", "talk"},
	} {
		e.tryCarillon(t, append([]string{"message", "list"}, args...)...).failed(t, exitUsage)
	}
	e.tryCarillon(t, "message", "list", "--account-id", e.team(t), "--room-id", unknownID).failed(t, exitFailed, "BadRequestException")
}
