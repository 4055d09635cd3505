package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

func TestDeleteEventsConfiguration_success(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room := *e.room(t, id, "Kitchen").RoomId
		bot, _ := e.lambdaBot(t, id, "Helper")
		path := "/accounts/" + id + "/bots/" + *bot.BotId + "/events-configuration"
		for range 2 { // there is nothing to delete the second time
			e.send(t, "DELETE", path, "").noContent(t)
			e.noEvents(t, id, bot.BotId)
		}
		_, err := e.tryJoin(t, id, room, *bot.BotId, "")
		refused(t, err, badRequest, "configuration")
	})
}

// Who has no configuration any more is told nothing.
func TestDeleteEventsConfiguration_ends_events(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room := e.room(t, id, "Kitchen")
		bot, h := e.hookedBot(t, id, "Helper")
		e.join(t, id, *room.RoomId, *bot.BotId)
		h.await(t, 1)
		_, err := e.DeleteEventsConfiguration(t.Context(), &chime.DeleteEventsConfigurationInput{AccountId: &id, BotId: bot.BotId})
		succeed(t, err)
		say(t, e.webhook(t, id, room.RoomId, "News").Url, "@Helper are you there?")
		steadily(t, "the bot is told nothing", func() bool { return len(h.received()) == 1 })
	})
}

func TestDeleteEventsConfiguration_unknown(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsBot(t, unmodelledNotFound, func(c *caller, accountID, botID string) error {
			_, err := c.DeleteEventsConfiguration(t.Context(), &chime.DeleteEventsConfigurationInput{AccountId: &accountID, BotId: &botID})
			return err
		})
	})
}
