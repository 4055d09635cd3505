package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// webhooks returns the ids of the webhooks that a room shows.
func (c *caller) webhooks(t testing.TB, accountID string, roomID *string) (ids []string) {
	t.Helper()
	for _, w := range c.roomWebhooks(t, accountID, roomID) {
		ids = append(ids, w.WebhookId)
	}
	return ids
}

func (c *caller) roomWebhooks(t testing.TB, accountID string, roomID *string) []webhook {
	t.Helper()
	got := c.send(t, "GET", webhooksPath(accountID, roomID), "")
	got.ok(t, 200)
	return parseJSON[struct{ Webhooks []webhook }](t, got.body).Webhooks
}

// newsroom makes a room with a webhook.
func (c *caller) newsroom(t testing.TB) (accountID string, roomID *string, w webhook) {
	t.Helper()
	accountID = c.enterprise(t)
	roomID = c.room(t, accountID, "Kitchen").RoomId
	return accountID, roomID, c.webhook(t, accountID, roomID, "News")
}

func TestIncomingWebhook_message(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id, room, w := e.newsroom(t)
		const content = "Lunch is ready! <b>&\u00e9🔔\n/md **bold**"
		got := post(t, w.Url, contentBody(content))
		got.ok(t, 200)
		answer := parseJSON[posted](t, got.body)
		isUUID(t, "MessageId", answer.MessageId)
		equal(t, "RoomId", answer.RoomId, *room)
		messages := e.messages(t, id, inRoom(room))
		equal(t, "messages", messages, []message{{
			AccountId: id, RoomId: *room, MessageId: answer.MessageId, Sender: "News", Content: content, CreatedTimestamp: messages[0].CreatedTimestamp,
		}})
		if at, err := time.Parse(eventStamp, messages[0].CreatedTimestamp); err != nil || time.Since(at).Abs() > time.Minute {
			t.Errorf("CreatedTimestamp is %q (%v)", messages[0].CreatedTimestamp, err)
		}
	})
}

func TestIncomingWebhook_one_a_second(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id, room, w := e.newsroom(t)
		second := e.webhook(t, id, room, "Sport")
		say(t, w.Url, "1")
		refusal := post(t, w.Url, contentBody("too early"))
		refusal.refused(t, throttled)
		if after := refusal.header.Get("Retry-After"); after != "1" {
			t.Errorf("Retry-After is %q", after)
		}
		say(t, second.Url, "2") // each has a pace of its own
		time.Sleep(1100 * time.Millisecond)
		say(t, w.Url, "3")
		equal(t, "messages", len(e.messages(t, id, inRoom(room))), 3)
	})
}

func TestIncomingWebhook_size(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id, room, w := e.newsroom(t)
		for _, content := range []string{ofLength(4097, "x"), ofLength(2049, "é"), ofLength(1025, "🔔")} {
			post(t, w.Url, contentBody(content)).refused(t, tooLarge)
		}
		post(t, w.Url, contentBody(ofLength(1<<20, "x"))).refused(t, tooLarge)
		say(t, w.Url, ofLength(4096, "x"))
		say(t, e.webhook(t, id, room, "Other").Url, ofLength(2048, "é"))
		equal(t, "messages", len(e.messages(t, id, inRoom(room))), 2)
	})
}

func TestIncomingWebhook_bad_body(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id, room, w := e.newsroom(t)
		for _, body := range []string{"", "{}", "x", `"x"`, "[]", `{"Content":""}`, `{"Content":null}`, `{"Content":7}`, `{"content":"x"}`, `{"Content":"x"`, `{"Content":"a","Content":"b"}`} {
			post(t, w.Url, body).refused(t, badRequest)
		}
		post(t, w.Url, `{"Other":{"Content":[1]},"Content":"x"}`).ok(t, 200)
		equal(t, "messages", len(e.messages(t, id, inRoom(room))), 1)
	})
}

func TestIncomingWebhook_wrong_address(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id, room, w := e.newsroom(t)
		other := e.webhook(t, id, room, "Other")
		base, token, _ := strings.Cut(w.Url, "?token=")
		for _, url := range []string{base, base + "?token=", base + "?token=x", base + "?token=" + changed(token), base + "?token=" + token + "x", strings.Split(other.Url, "?")[0] + "?token=" + token} {
			post(t, url, contentBody("x")).refused(t, forbidden)
		}
		for path, want := range map[string]refusal{
			unknownID: notFound, "x": notFound, "": badRequest, w.WebhookId + "/x": unknownPath, "%2e%2e": notFound,
		} {
			post(t, e.endpoint+"/incomingwebhooks/"+path+"?token="+token, contentBody("x")).refused(t, want)
		}
		equal(t, "messages", len(e.messages(t, id, inRoom(room))), 0)
		for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
			r, err := http.NewRequestWithContext(t.Context(), method, w.Url, nil)
			succeed(t, err)
			equal(t, "status of "+method, do(t, r).status, http.StatusMethodNotAllowed)
		}
	})
}

func TestIncomingWebhook_deleted(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id, room, w := e.newsroom(t)
		say(t, w.Url, "Hello")
		path := webhooksPath(id, room) + "/" + w.WebhookId
		e.send(t, "DELETE", path, "").noContent(t)
		post(t, w.Url, contentBody("x")).refused(t, notFound)
		e.send(t, "DELETE", path, "").refused(t, notFound)
		equal(t, "messages", len(e.messages(t, id, inRoom(room))), 1)
	})
}

func TestIncomingWebhook_everybody(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id, room, w := e.newsroom(t)
		users := e.users(t, id, 51)
		_, err := e.batchJoin(t, id, *room, membershipItems(users[:50]...)...)
		succeed(t, err)
		say(t, w.Url, "@all Lunch is ready")
		e.join(t, id, *room, users[50])
		for i, content := range []string{"@all Lunch", "Hello @present", "@All", "hey\n@all"} {
			post(t, e.webhook(t, id, room, fmt.Sprint(i)).Url, contentBody(content)).refused(t, badRequest, "51")
		}
		say(t, e.webhook(t, id, room, "News").Url, "all@example.com, @allison and @presently")
		equal(t, "messages", len(e.messages(t, id, inRoom(room))), 2)
	})
}

func TestIncomingWebhook_ten_a_room(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.chat(t) // the addresses of bots do not count
		for i := range 9 {
			e.webhook(t, c.accountID, c.room.RoomId, fmt.Sprint(i))
		}
		path := webhooksPath(c.accountID, c.room.RoomId)
		e.send(t, "POST", path, `{"Name":"One too many"}`).refused(t, limitExceeded, "10")
		e.webhook(t, c.accountID, e.room(t, c.accountID, "Cellar").RoomId, "Of another room")
		e.send(t, "DELETE", path+"/"+c.news.WebhookId, "").noContent(t)
		e.webhook(t, c.accountID, c.room.RoomId, "Tenth")
	})
}

func TestIncomingWebhook_operator(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t) // keys that are not the root key may do it too
		id, room, w := c.newsroom(t)
		equal(t, "webhook", w, webhook{
			AccountId: id, CreatedBy: c.arn, CreatedTimestamp: w.CreatedTimestamp, Name: "News", RoomId: *room, Url: w.Url, WebhookId: w.WebhookId,
		})
		second := c.webhook(t, id, room, "Sport")
		equal(t, "webhooks", c.roomWebhooks(t, id, room), []webhook{w, second})
		for _, name := range []string{"", " ", ofLength(129, "x")} {
			c.send(t, "POST", webhooksPath(id, room), `{"Name":"`+name+`"}`).refused(t, badRequest, "'Name'")
		}
		for _, other := range []*caller{e.caller, e.stranger(t)} {
			other.send(t, "GET", webhooksPath(id, room), "").refused(t, notFound)
			other.send(t, "POST", webhooksPath(id, room), `{"Name":"x"}`).refused(t, notFound)
			other.send(t, "DELETE", webhooksPath(id, room)+"/"+w.WebhookId, "").refused(t, notFound)
			other.send(t, "GET", messagesPath(id, inRoom(room)), "").refused(t, notFound)
		}
	})
}

func TestIncomingWebhook_public_url(t *testing.T) {
	t.Parallel()
	e := ownServer(t, "--public-url", "https://chime.example.com/below/")
	_, _, w := e.newsroom(t)
	local, found := strings.CutPrefix(w.Url, "https://chime.example.com/below/incomingwebhooks/")
	equal(t, "the Url begins with the public URL", found, true)
	say(t, e.endpoint+"/incomingwebhooks/"+local, "Through the proxy")
}

// The addresses of webhooks are good after a restart.
func TestIncomingWebhook_restart(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		id, room, w := e.newsroom(t)
		succeed(t, e.server.stop())
		next := e.restart(t)
		say(t, next.endpoint+strings.TrimPrefix(w.Url, e.endpoint), "Hello again")
		equal(t, "messages", len(next.messages(t, id, inRoom(room))), 1)
	})
}
