package e2e

import (
	"strings"
	"testing"
)

// archive is a room and a conversation with messages of several ages.
type archive struct {
	*env
	accountID, room, conversation string // the latter two as inRoom and inConversation name them
}

// archive fills a room and a conversation with messages that were sent 1, 5, 20
// and 100 days ago; their ids are those numbers.
func (e *env) archive(t *testing.T) archive {
	t.Helper()
	a := archive{env: e, accountID: e.enterprise(t), conversation: inConversation("talk")}
	room := e.room(t, a.accountID, "Kitchen").RoomId
	a.room = inRoom(room)
	for id, age := range map[string]float64{"1": 1, "5": 5, "20": 20, "100": 100} {
		m := message{AccountId: a.accountID, MessageId: id, Sender: "ann@example.com", Content: "Hello", CreatedTimestamp: daysAgo(age)}
		inside, between := m, m
		inside.RoomId, between.ConversationId = *room, "talk"
		e.importMessages(t, inside, between)
	}
	return a
}

// shows checks which messages can be seen, by the operator API and by command.
func (a archive) shows(t *testing.T, room, conversation []string) {
	t.Helper()
	for in, want := range map[string][]string{a.room: room, a.conversation: conversation} {
		equal(t, "messages in "+in, a.messageIDs(t, a.accountID, in), want)
		equal(t, "messages that carillon lists", a.listedIDs(t, a.accountID, in), want)
	}
}

func TestRetention_hides_at_once(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		a := e.archive(t)
		a.shows(t, []string{"1", "5", "20", "100"}, []string{"1", "5", "20", "100"})
		succeed(t, a.retain(t, a.accountID, days(10, 0)))
		a.shows(t, []string{"1", "5"}, []string{"1", "5", "20", "100"})
		succeed(t, a.retain(t, a.accountID, days(0, 2)))
		a.shows(t, []string{"1", "5", "20", "100"}, []string{"1"})
		succeed(t, a.retain(t, a.accountID, days(0, 0)))
		a.shows(t, []string{"1", "5", "20", "100"}, []string{"1", "5", "20", "100"})
	})
}

// Until the grace period ends, a longer retention brings messages back.
func TestRetention_grace(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		a := e.archive(t)
		succeed(t, a.retain(t, a.accountID, days(40, 60)))
		e.advance(t, "715h") // of 720: the messages are 31, 35, 50 and 130 days old
		a.shows(t, []string{"1", "5"}, []string{"1", "5", "20"})
		succeed(t, a.retain(t, a.accountID, days(1000, 33)))
		a.shows(t, []string{"1", "5", "20", "100"}, []string{"1"})
		isAbout(t, "InitiateDeletionTimestamp", e.retention(t, a.accountID).InitiateDeletionTimestamp, e.now(t).Add(grace))
		e.advance(t, "10h")
		a.purges(t, 1) // the first grace period has ended, but it does not count any more
		succeed(t, a.retain(t, a.accountID, days(0, 0)))
		a.shows(t, []string{"1", "5", "20", "100"}, []string{"1", "5", "20", "100"})
		equal(t, "InitiateDeletionTimestamp", e.retention(t, a.accountID).InitiateDeletionTimestamp, nil)
	}, "--test-clock")
}

// After the grace period hidden messages are gone for good.
func TestRetention_purge(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		a, other := e.archive(t), e.archive(t)
		succeed(t, a.retain(t, a.accountID, days(33, 60)))
		e.advance(t, "721h") // 30 days and an hour: the messages are 31, 35, 50 and 130 days old
		a.purges(t, 1)
		a.shows(t, []string{"1"}, []string{"1", "5", "20"})
		succeed(t, a.retain(t, a.accountID, days(0, 0)))
		a.shows(t, []string{"1"}, []string{"1", "5", "20"})
		other.shows(t, []string{"1", "5", "20", "100"}, []string{"1", "5", "20", "100"})
		refused(t, redactInConversation(t)(e.caller, a.accountID, "talk", "100"), notFound, messageNotFound)
	}, "--test-clock")
}

// From then on messages go day by day, without anybody's doing.
func TestRetention_purge_day_by_day(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		a := e.archive(t)
		succeed(t, a.retain(t, a.accountID, days(33, 0)))
		e.advance(t, "721h")
		a.purges(t, 1)
		for day := range 3 {
			e.advance(t, "25h")
			a.purges(t, 2+day)
		}
		succeed(t, a.retain(t, a.accountID, days(0, 0)))
		a.shows(t, []string{}, []string{"1", "5", "20", "100"})
	}, "--test-clock")
}

// purges waits until the job that deletes messages has run some times.
func (a archive) purges(t *testing.T, n int) {
	t.Helper()
	eventually(t, "purge", func() bool { return len(a.server.jobLines("retention")) >= n })
}

// listedIDs returns the messages that carillon message list prints.
func (c *caller) listedIDs(t testing.TB, accountID, in string) []string {
	t.Helper()
	flag := map[string]string{"rooms": "--room-id", "conversations": "--conversation-id"}
	container, id, _ := strings.Cut(in, "/")
	ids := []string{}
	for _, m := range carillon[struct{ Messages []message }](t, c, "message", "list", "--account-id", accountID, flag[container], id).Messages {
		ids = append(ids, m.MessageId)
	}
	return ids
}
