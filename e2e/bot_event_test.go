package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// chat is a room with a bot in it, whose endpoint has taken the invitation.
type chat struct {
	*env
	accountID string
	room      *types.Room
	bot       *types.Bot
	hook      *hook
	invite    event
	news      webhook // a person's way to post into the room
}

func (e *env) chat(t testing.TB) chat {
	t.Helper()
	c := chat{env: e, accountID: e.enterprise(t)}
	c.room = e.room(t, c.accountID, "Kitchen")
	c.bot, c.hook = e.hookedBot(t, c.accountID, "Helper")
	c.news = e.webhook(t, c.accountID, c.room.RoomId, "News")
	e.join(t, c.accountID, *c.room.RoomId, *c.bot.BotId)
	c.invite = c.hook.await(t, 1)[0].event(t)
	return c
}

// says posts a message into the room, as fast as a webhook may.
func (c chat) says(t testing.TB, content string) {
	t.Helper()
	say(t, c.webhook(t, c.accountID, c.room.RoomId, "News").Url, content)
}

// hears returns the event that follows n others.
func (c chat) hears(t testing.TB, n int) event {
	t.Helper()
	return c.hook.await(t, n+1)[n].event(t)
}

// about checks what all events of a room have in common.
func (e event) about(t testing.TB, eventType string, room *types.Room) {
	t.Helper()
	equal(t, "EventType", e.EventType, eventType)
	equal(t, "Discussion", e.Discussion, eventDiscussion{*room.RoomId, "Room"})
	isUUID(t, "EventId", e.EventId)
	if at, err := time.Parse(eventStamp, e.EventTimestamp); err != nil || time.Since(at).Abs() > time.Minute {
		t.Errorf("EventTimestamp is %q, want now (%v)", e.EventTimestamp, err)
	}
}

// endpoint checks the address that an event carries.
func (e event) endpoint(t testing.TB, endpointType, server string) {
	t.Helper()
	if e.InboundHttpsEndpoint == nil {
		t.Fatal("the event carries no address")
	}
	equal(t, "EndpointType", e.InboundHttpsEndpoint.EndpointType, endpointType)
	if url := e.InboundHttpsEndpoint.Url; !strings.HasPrefix(url, server+"/incomingwebhooks/") || !strings.Contains(url, "?token=") {
		t.Errorf("the Url is %q", url)
	}
}

func TestBotEvent_invite(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.chat(t)
		c.hook.received()[0].signedBy(t, *c.bot.SecurityToken)
		c.invite.about(t, "Invite", c.room)
		c.invite.endpoint(t, "Persistent", e.endpoint)
		equal(t, "SenderId", c.invite.Sender.SenderId, "arn:aws:iam::"+rootAwsAccount+":root")
		equal(t, "Message", c.invite.Message, "")
	})
}

func TestBotEvent_invite_by_batch(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room := e.room(t, id, "Kitchen")
		bot, h := e.hookedBot(t, id, "Helper")
		_, err := e.batchJoin(t, id, *room.RoomId, membershipItems(unknownID, *bot.BotId, *e.user(t, id, "ann@example.com").UserId)...)
		succeed(t, err)
		got := h.await(t, 1)[0]
		got.signedBy(t, *bot.SecurityToken)
		got.event(t).about(t, "Invite", room)
	})
}

func TestBotEvent_mention(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.chat(t)
		for i, content := range []string{"@Helper what's for lunch? <b>&\u00e9🔔", "Ask " + *c.bot.BotEmail + " about it"} {
			c.says(t, content)
			got := c.hears(t, 1+i)
			c.hook.received()[1+i].signedBy(t, *c.bot.SecurityToken)
			got.about(t, "Mention", c.room)
			got.endpoint(t, "ShortLived", e.endpoint)
			equal(t, "Message", got.Message, content)
			equal(t, "SenderId", got.Sender.SenderId, "News")
		}
	})
}

func TestBotEvent_no_mention(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.chat(t)
		for _, content := range []string{"Helper!", "@Hel per", "somebody@example.com", "@helpless"} {
			c.says(t, content)
		}
		elsewhere := e.room(t, c.accountID, "Cellar")
		say(t, e.webhook(t, c.accountID, elsewhere.RoomId, "News").Url, "@Helper")
		e.disable(t, c.accountID, c.bot.BotId, true)
		c.says(t, "@Helper")
		steadily(t, "the bot is told nothing", func() bool { return len(c.hook.received()) == 1 })
	})
}

// A message calls one bot, not also the one whose name its name begins with.
func TestBotEvent_mention_of_a_longer_name(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.chat(t)
		longer, h := e.hookedBot(t, c.accountID, "Helpers")
		e.join(t, c.accountID, *c.room.RoomId, *longer.BotId)
		h.await(t, 1)
		c.says(t, "Good morning, @Helpers!")
		equal(t, "event of the longer name", h.await(t, 2)[1].event(t).EventType, "Mention")
		steadily(t, "the other bot is told nothing", func() bool { return len(c.hook.received()) == 1 })
	})
}

func TestBotEvent_remove(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.chat(t)
		succeed(t, e.leave(t, c.accountID, *c.room.RoomId, *c.bot.BotId))
		got := c.hears(t, 1)
		c.hook.received()[1].signedBy(t, *c.bot.SecurityToken)
		got.about(t, "Remove", c.room)
		equal(t, "InboundHttpsEndpoint", got.InboundHttpsEndpoint, nil)
		equal(t, "SenderId", got.Sender.SenderId, "arn:aws:iam::"+rootAwsAccount+":root")
		post(t, c.invite.InboundHttpsEndpoint.Url, contentBody("Still here")).refused(t, notFound)
		c.says(t, "@Helper")
		steadily(t, "the bot is told nothing more", func() bool { return len(c.hook.received()) == 2 })
	})
}

// Invited again, the bot gets another address.
func TestBotEvent_invited_again(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.chat(t)
		succeed(t, e.leave(t, c.accountID, *c.room.RoomId, *c.bot.BotId))
		c.hears(t, 1)
		e.join(t, c.accountID, *c.room.RoomId, *c.bot.BotId)
		again := c.hears(t, 2)
		equal(t, "the address is the old one", again.InboundHttpsEndpoint.Url == c.invite.InboundHttpsEndpoint.Url, false)
		equal(t, "the event is the old one", again.EventId == c.invite.EventId, false)
		say(t, again.InboundHttpsEndpoint.Url, "Back again")
		post(t, c.invite.InboundHttpsEndpoint.Url, contentBody("Still here")).refused(t, notFound)
	})
}

func TestBotEvent_answer(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.chat(t)
		c.says(t, "@Helper, lunch?")
		mention := c.hears(t, 1)
		for _, url := range []string{c.invite.InboundHttpsEndpoint.Url, mention.InboundHttpsEndpoint.Url} {
			id := say(t, url, "Soup, says @Helper")
			got := c.messages(t, c.accountID, inRoom(c.room.RoomId))[0]
			want := message{
				AccountId: c.accountID, RoomId: *c.room.RoomId, MessageId: id, Sender: *c.bot.DisplayName,
				Content: "Soup, says @Helper", CreatedTimestamp: got.CreatedTimestamp,
			}
			equal(t, "message", got, want)
		}
		equal(t, "webhooks that people see", len(e.webhooks(t, c.accountID, c.room.RoomId)), 2) // both called News
		steadily(t, "the bot does not hear itself", func() bool { return len(c.hook.received()) == 2 })
	})
}

// A bot hears what another one says to it.
func TestBotEvent_answer_to_another_bot(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.chat(t)
		other, h := e.hookedBot(t, c.accountID, "Cook")
		e.join(t, c.accountID, *c.room.RoomId, *other.BotId)
		h.await(t, 1)
		say(t, c.invite.InboundHttpsEndpoint.Url, "@Cook what is there?")
		got := h.await(t, 2)[1].event(t)
		got.about(t, "Mention", c.room)
		equal(t, "Message", got.Message, "@Cook what is there?")
		equal(t, "SenderId", got.Sender.SenderId, *c.bot.DisplayName)
	})
}

// The address of a mention is good for two minutes, that of an invitation for
// as long as the bot is in the room.
func TestBotEvent_address_expires(t *testing.T) {
	forEachSending(t, func(t *testing.T, e *env) {
		c := e.chat(t)
		c.says(t, "@Helper, lunch?")
		short := c.hears(t, 1).InboundHttpsEndpoint.Url
		e.advance(t, "110s")
		say(t, short, "Soup")
		e.advance(t, "11s")
		post(t, short, contentBody("Too late")).refused(t, notFound)
		e.advance(t, "9000h")
		eventually(t, "housekeeping", func() bool { return len(e.server.jobLines("housekeeping")) > 0 })
		post(t, short, contentBody("Much too late")).refused(t, notFound)
		say(t, c.invite.InboundHttpsEndpoint.Url, "Still here")
		c.says(t, "@Helper, dinner?")
		got := c.hook.await(t, 3)[2]
		got.signedBy(t, *c.bot.SecurityToken) // by real time, whatever the clock shows
		at, err := time.Parse(eventStamp, got.event(t).EventTimestamp)
		succeed(t, err)
		isAbout(t, "EventTimestamp", aws.Time(at), e.now(t))
	}, "--test-clock", "--allow-private-webhooks")
}
