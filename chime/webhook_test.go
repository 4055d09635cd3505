package chime_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"carillon/api"
	"carillon/chime"
)

func (w *world) createHook(account, room, name string) (*api.RoomWebhook, error) {
	out, err := w.CreateRoomWebhook(w.ctx, &api.CreateRoomWebhookInput{AccountId: account, RoomId: room, Name: api.Some(name)})
	if err != nil {
		return nil, err
	}
	return out.Webhook, nil
}

// address takes the address of a webhook apart.
func address(link string) (id, token string) {
	u, err := url.Parse(link)
	if err != nil {
		return "", ""
	}
	return strings.TrimPrefix(u.Path, "/incomingwebhooks/"), u.Query().Get("token")
}

// post sends a message to a webhook.
func (w *world) post(id, token, content string) (*api.PostRoomWebhookMessageOutput, error) {
	return w.PostRoomWebhookMessage(w.ctx, &api.PostRoomWebhookMessageInput{WebhookId: id, Token: api.Some(token), Content: api.Some(content)})
}

// say posts to the address of a webhook.
func (w *world) say(link, content string) error {
	id, token := address(link)
	_, err := w.post(id, token, content)
	return err
}

// hook makes a webhook and returns its address.
func (w *world) hook(account, room string) string {
	w.Helper()
	h, err := w.createHook(account, room, "Hook")
	w.must(err)
	return h.Url.V
}

func TestRoomWebhooks(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	var want []string
	for i := range 10 {
		w.advance(time.Duration(i%2) * time.Millisecond)
		h, err := w.createHook(a, room, fmt.Sprint("Hook ", i))
		w.must(err)
		want = append(want, h.WebhookId.V)
		if id, token := address(h.Url.V); !strings.HasPrefix(h.Url.V, "https://chime.example/incomingwebhooks/") || id != h.WebhookId.V ||
			len(token) < 40 || h.CreatedBy.V != "arn:aws:iam::111122223333:root" || h.RoomId.V != room {
			t.Errorf("made %+v", h)
		}
	}
	_, err := w.createHook(a, room, "one too many")
	w.refused("an eleventh", err, api.ResourceLimitExceeded, "10")
	out, err := w.ListRoomWebhooks(w.ctx, &api.ListRoomWebhooksInput{AccountId: a, RoomId: room})
	w.must(err)
	var got []string
	for _, h := range out.Webhooks {
		got = append(got, h.WebhookId.V)
	}
	if !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
	w.deleteHooks(a, room, out.Webhooks[3])
}

func (w *world) deleteHooks(a, room string, h api.RoomWebhook) {
	w.Helper()
	elsewhere := w.room(a)
	remove := func(room string) error {
		return w.DeleteRoomWebhook(w.ctx, &api.DeleteRoomWebhookInput{AccountId: a, RoomId: room, WebhookId: h.WebhookId.V})
	}
	w.refused("from another room", remove(elsewhere), api.NotFound)
	w.must(remove(room))
	w.refused("twice", remove(room), api.NotFound)
	w.refused("posting to it", w.say(h.Url.V, "x"), api.NotFound)
	w.hook(a, room)
}

func TestPostRoomWebhookMessage(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	id, token := address(w.hook(a, room))
	posted, err := w.post(id, token, "Hello, wörld")
	w.must(err)
	out, err := w.ListRoomMessages(w.ctx, &api.ListRoomMessagesInput{AccountId: a, RoomId: room})
	w.must(err)
	m := out.Messages[0]
	if len(out.Messages) != 1 || m.MessageId.V != posted.MessageId.V || m.RoomId.V != posted.RoomId.V || posted.RoomId.V != room ||
		m.Content.V != "Hello, wörld" || m.Sender.V != "Hook" || m.CreatedTimestamp.Time() != epoch {
		t.Errorf("posted %+v, there is %+v", posted, out.Messages)
	}
}

func TestPostRoomWebhookMessage_refused(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	id, token := address(w.hook(a, room))
	other, otherToken := address(w.hook(a, room))
	for name, test := range map[string]struct {
		id, token, content string
		want               api.Kind
	}{
		"unknown":              {"ghost", token, "x", api.NotFound},
		"no token":             {id, "", "x", api.Forbidden},
		"another's token":      {id, otherToken, "x", api.Forbidden},
		"token cut":            {id, token[:len(token)-1], "x", api.Forbidden},
		"empty":                {id, token, "", api.BadRequest},
		"too long":             {id, token, strings.Repeat("é", 2048) + "x", api.EntityTooLarge},
		"too long, no token":   {id, "", strings.Repeat("x", 5000), api.Forbidden},
		"too long and unknown": {"ghost", "", strings.Repeat("x", 5000), api.NotFound},
	} {
		_, err := w.post(test.id, test.token, test.content)
		w.refused(name, err, test.want)
	}
	if _, err := w.post(other, otherToken, strings.Repeat("é", 2048)); err != nil {
		t.Errorf("4 KiB: %v", err)
	}
	if got := w.read(a, room); len(got) != 1 {
		t.Errorf("the room has %d messages", len(got))
	}
	w.must(w.deleteRoom(a, room))
	w.refused("the room is gone", w.say("https://x/incomingwebhooks/"+id+"?token="+token, "x"), api.NotFound)
}

// A suspended account can be read but not changed.
func TestPostRoomWebhookMessage_suspendedAccount(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	link := w.hook(a, w.room(a))
	w.freeze(a)
	w.refused("posting", w.say(link, "x"), api.Forbidden)
}

// A webhook takes one message a second, each for itself. What is refused does
// not count.
func TestPostRoomWebhookMessage_pace(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	one, two := w.hook(a, room), w.hook(a, room)
	w.refused("empty", w.say(one, ""), api.BadRequest)
	w.must(w.say(one, "1"))
	w.must(w.say(two, "2"))
	err := w.say(one, "3")
	w.refused("at once", err, api.ThrottledClient)
	if e := err.(*api.Error); e.RetryAfter <= 0 || e.RetryAfter > time.Second {
		t.Errorf("to be tried again after %s", e.RetryAfter)
	}
	w.advance(999 * time.Millisecond)
	w.refused("too early", w.say(one, "4"), api.ThrottledClient)
	w.advance(time.Millisecond)
	w.must(w.say(one, "5"))
	if got := w.read(a, room); len(got) != 3 {
		t.Errorf("the room has %d messages", len(got))
	}
}

// @all and @present are for rooms of up to 50 members.
func TestPostRoomWebhookMessage_everybody(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	link := w.hook(a, room)
	say := func(content string) error {
		w.advance(time.Second)
		return w.say(link, content)
	}
	for i := range 51 {
		if i == 50 {
			w.must(say("@all 50"))
		}
		w.join(a, room, w.create(a, fmt.Sprintf("%d@example.com", i)))
	}
	for content, allowed := range map[string]bool{
		"@all": false, "Hi @Present!": false, "x\n@ALL": false, "@everybody": true, "@allison": true, "me@all.example": true, "all": true,
	} {
		err := say(content)
		if allowed && err != nil {
			t.Errorf("%q: %v", content, err)
		}
		if !allowed {
			w.refused(content, err, api.BadRequest, "50")
		}
	}
}

// A token is good as long as the server's secret and on every replica.
func TestWebhook_tokenStable(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room := w.room(a)
	link := w.hook(a, room)
	w.configure(func(*chime.Config) {})
	w.must(w.say(link, "x"))
	w.configure(func(c *chime.Config) { c.SecretKey = [32]byte{9} })
	w.refused("another secret", w.say(link, "x"), api.Forbidden)
}
