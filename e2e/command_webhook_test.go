package e2e

import (
	"fmt"
	"testing"
)

func TestCommandWebhook_life(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		id := c.enterprise(t)
		room := c.room(t, id, "Kitchen").RoomId
		in := []string{"--account-id", id, "--room-id", *room}
		run := func(verb string, more ...string) []string {
			return append(append([]string{"webhook", verb}, in...), more...)
		}
		equal(t, "webhooks at first", c.tryCarillon(t, run("list")...).succeeded(t), "{\n    \"Webhooks\": []\n}\n")
		named := carillon[map[string]webhook](t, c, run("create", "--name", "Küche")...)["Webhook"]
		equal(t, "Name", named.Name, "Küche")
		other := carillon[map[string]webhook](t, c, run("create")...)["Webhook"]
		say(t, named.Url, "Hello")
		equal(t, "webhooks", carillon[map[string][]webhook](t, c, run("list")...)["Webhooks"], []webhook{named, other})
		equal(t, "result of delete", c.tryCarillon(t, run("delete", "--webhook-id", named.WebhookId)...).succeeded(t), "{}\n")
		equal(t, "webhooks", c.webhooks(t, id, room), []string{other.WebhookId})
		post(t, named.Url, contentBody("x")).refused(t, notFound)
	})
}

func TestCommandWebhook_refused(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id, room, w := e.newsroom(t)
		in := []string{"--account-id", id, "--room-id", *room}
		for i := range 9 {
			e.webhook(t, id, room, fmt.Sprint(i))
		}
		e.tryCarillon(t, append([]string{"webhook", "create"}, in...)...).failed(t, exitFailed, "ResourceLimitExceededException", "10")
		e.tryCarillon(t, append([]string{"webhook", "delete", "--webhook-id", unknownID}, in...)...).failed(t, exitFailed, "NotFoundException")
		e.tryCarillon(t, "webhook", "list", "--account-id", id, "--room-id", unknownID).failed(t, exitFailed, "NotFoundException")
		e.tryCarillon(t, "webhook", "create", "--account-id", e.team(t), "--room-id", *room).failed(t, exitFailed, "BadRequestException")
		e.stranger(t).tryCarillon(t, append([]string{"webhook", "list"}, in...)...).failed(t, exitFailed, "NotFoundException")
		e.tryCarillon(t, "webhook", "list", "--account-id", id).failed(t, exitUsage, "--room-id")
		e.tryCarillon(t, append([]string{"webhook", "delete"}, in...)...).failed(t, exitUsage, "--webhook-id")
		say(t, w.Url, "Still here")
	})
}
