package chime_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"carillon/api"
)

// said is a message as a test sees it.
type said struct{ id, content string }

func inRoom(account, room, id, at string) api.ImportedMessage {
	return api.ImportedMessage{
		AccountId: api.Some(account), RoomId: api.Some(room), MessageId: api.Some(id),
		Sender: api.Some("sender of " + id), Content: api.Some("content of " + id), CreatedTimestamp: api.Some(at),
	}
}

func inConversation(account, conversation, id, at string) api.ImportedMessage {
	m := inRoom(account, "", id, at)
	m.RoomId, m.ConversationId = api.Opt[string]{}, api.Some(conversation)
	return m
}

// daysAgo is a moment before the epoch of the world, in the wire form.
func daysAgo(n int) string {
	return epoch.Add(-time.Duration(n) * 24 * time.Hour).Format("2006-01-02T15:04:05.000Z")
}

// importMessages returns how many were imported and the refusals as "index code".
func (w *world) importMessages(list ...api.ImportedMessage) (int, []string) {
	w.Helper()
	out, err := w.ImportMessages(w.ctx, &api.ImportMessagesInput{Messages: list})
	w.must(err)
	return out.Imported.V, importFailures(out.Errors)
}

func importFailures(list []api.ImportError) []string {
	failed := []string{}
	for _, e := range list {
		failed = append(failed, fmt.Sprintf("%d %s", e.Index.V, e.ErrorCode.V))
	}
	return failed
}

// read lists the messages of a room, page by page.
func (w *world) read(account, room string) []said {
	w.Helper()
	var list []said
	for token, more := (api.Opt[string]{}), true; more; more = token.Set {
		out, err := w.ListRoomMessages(w.ctx, &api.ListRoomMessagesInput{AccountId: account, RoomId: room, NextToken: token, MaxResults: api.Some(2)})
		w.must(err)
		for _, m := range out.Messages {
			list = append(list, said{m.MessageId.V, m.Content.V})
		}
		token = out.NextToken
	}
	return list
}

func ids(list []said) (ids []string) {
	for _, m := range list {
		ids = append(ids, m.id)
	}
	return ids
}

func (w *world) conversation(account, id string) ([]api.Message, error) {
	out, err := w.ListConversationMessages(w.ctx, &api.ListConversationMessagesInput{AccountId: account, ConversationId: id})
	return out.Messages, err
}

func TestImportMessages(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	n, failed := w.importMessages(
		inRoom(a, room, "m1", daysAgo(3)), inRoom(a, room, "m3", daysAgo(1)), inRoom(a, room, "m2", daysAgo(1)),
		inConversation(a, "c", "m1", "2019-01-08T18:59:18.006+01:00"),
	)
	if n != 4 || len(failed) > 0 {
		t.Errorf("%d imported, refused %v", n, failed)
	}
	if got := ids(w.read(a, room)); !slices.Equal(got, []string{"m3", "m2", "m1"}) {
		t.Errorf("the room has %v", got)
	}
	list, err := w.conversation(a, "c")
	w.must(err)
	m := list[0]
	if len(list) != 1 || m.ConversationId.V != "c" || m.RoomId.Set || m.Sender.V != "sender of m1" || m.Redacted.V ||
		m.CreatedTimestamp.Time() != time.Date(2019, 1, 8, 17, 59, 18, 6e6, time.UTC) {
		t.Errorf("the conversation has %+v", list)
	}
}

// A large import has several transactions, and answers as one.
func TestImportMessages_divided(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	list := make([]api.ImportedMessage, 100)
	for i := range list {
		list[i] = inRoom(a, room, fmt.Sprint("m", i), daysAgo(1))
	}
	list[1].RoomId, list[80].RoomId = api.Some("ghost"), api.Some("ghost")
	if n, failed := w.importMessages(list...); n != 98 || !slices.Equal(failed, []string{"1 NotFound", "80 NotFound"}) {
		t.Errorf("%d imported, refused %v", n, failed)
	}
	if got := len(w.read(a, room)); got != 98 {
		t.Errorf("the room has %d messages", got)
	}
}

func TestImportMessages_refused(t *testing.T) {
	w := newWorld(t)
	a, team := w.enterprise(), w.team()
	room := w.room(a)
	both, neither, noTime, noID := inRoom(a, room, "m", daysAgo(1)), inRoom(a, room, "m", daysAgo(1)), inRoom(a, room, "m", "yesterday"), inRoom(a, room, "", daysAgo(1))
	both.ConversationId = api.Some("c")
	neither.RoomId = api.Opt[string]{}
	n, failed := w.importMessages(both, neither, noTime, noID, inRoom(a, "ghost", "m", daysAgo(1)), inRoom("ghost", room, "m", daysAgo(1)),
		inConversation(team, "c", "m", daysAgo(1)), inRoom(a, room, "good", daysAgo(1)), inRoom(a, room, "m", ""))
	want := []string{"0 BadRequest", "1 BadRequest", "2 BadRequest", "3 BadRequest", "4 NotFound", "5 NotFound", "6 BadRequest", "8 BadRequest"}
	if n != 1 || !slices.Equal(failed, want) {
		t.Errorf("%d imported, refused %v, want %v", n, failed, want)
	}
	w.ctx = as(other)
	if n, failed := w.importMessages(inRoom(a, room, "m", daysAgo(1))); n != 0 || !slices.Equal(failed, []string{"0 NotFound"}) {
		t.Errorf("from another AWS account: %d, %v", n, failed)
	}
}

// A suspended account can be read but not changed.
func TestImportMessages_suspendedAccount(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	w.freeze(a)
	n, failed := w.importMessages(inRoom(a, room, "m", daysAgo(1)))
	if n != 0 || !slices.Equal(failed, []string{"0 Forbidden"}) {
		t.Errorf("%d imported, refused %v", n, failed)
	}
}

// An imported message is one that can be read.
func TestImportMessages_beforeTime(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	n, failed := w.importMessages(inRoom(a, room, "m", "1969-12-31T23:59:59.000Z"))
	if seen := w.read(a, room); len(seen) != n {
		t.Errorf("%d imported, refused %v, but %d seen", n, failed, len(seen))
	}
}

func (w *world) redact(account, room, message string) error {
	return w.RedactRoomMessage(w.ctx, &api.RedactRoomMessageInput{AccountId: account, RoomId: room, MessageId: message})
}

// What is redacted stays so, an import again included.
func TestRedact(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	w.importMessages(inRoom(a, room, "m1", daysAgo(2)), inRoom(a, room, "m2", daysAgo(1)), inConversation(a, "c", "m1", daysAgo(1)))
	w.must(w.redact(a, room, "m1"))
	w.must(w.redact(a, room, "m1"))
	w.importMessages(inRoom(a, room, "m1", daysAgo(2)))
	if got, want := w.read(a, room), []said{{"m2", "content of m2"}, {"m1", ""}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	list, err := w.conversation(a, "c")
	if err != nil || list[0].Redacted.V {
		t.Errorf("the conversation: %+v, %v", list, err)
	}
	in := &api.RedactConversationMessageInput{AccountId: a, ConversationId: "c", MessageId: "m1"}
	w.must(w.RedactConversationMessage(w.ctx, in))
	w.must(w.RedactConversationMessage(w.ctx, in))
	if list, err = w.conversation(a, "c"); err != nil || !list[0].Redacted.V || list[0].Content.Set {
		t.Errorf("the conversation: %+v, %v", list, err)
	}
}

func TestRedact_refused(t *testing.T) {
	w := newWorld(t)
	a, team := w.enterprise(), w.team()
	room := w.room(a)
	w.importMessages(inRoom(a, room, "m", daysAgo(1)), inConversation(a, "c", "k", daysAgo(1)))
	conversation := func(a, c, m string) error {
		return w.RedactConversationMessage(w.ctx, &api.RedactConversationMessageInput{AccountId: a, ConversationId: c, MessageId: m})
	}
	for name, test := range map[string]struct {
		err  error
		want api.Kind
	}{
		"unknown message":           {w.redact(a, room, "ghost"), api.NotFound},
		"unknown room":              {w.redact(a, "ghost", "m"), api.NotFound},
		"another room":              {w.redact(a, w.room(a), "m"), api.NotFound},
		"another account":           {w.redact(w.enterprise(), room, "m"), api.NotFound},
		"Team":                      {w.redact(team, room, "m"), api.BadRequest},
		"unknown conversation":      {conversation(a, "ghost", "k"), api.NotFound},
		"unknown in a conversation": {conversation(a, "c", "m"), api.NotFound},
		"room as conversation":      {conversation(a, room, "m"), api.NotFound},
		"Team conversation":         {conversation(team, "c", "k"), api.BadRequest},
	} {
		w.refused(name, test.err, test.want)
	}
	_, err := w.conversation(a, "ghost")
	w.refused("listing no conversation", err, api.NotFound)
	_, err = w.conversation(team, "c")
	w.refused("listing on Team", err, api.BadRequest)
	w.freeze(a)
	w.refused("suspended account", w.redact(a, room, "m"), api.Forbidden)
	w.read(a, room)
}

func TestDeleteRoom_messages(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	w.importMessages(inRoom(a, room, "m", daysAgo(1)), inConversation(a, room, "k", daysAgo(1)))
	w.must(w.deleteRoom(a, room))
	w.refused("its message", w.redact(a, room, "m"), api.NotFound)
	if list, err := w.conversation(a, room); err != nil || len(list) != 1 {
		t.Errorf("a conversation with the same id: %+v, %v", list, err)
	}
}
