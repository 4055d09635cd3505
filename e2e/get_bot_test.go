package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

func TestGetBot_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		first, second := e.bot(t, id, "First"), e.bot(t, id, "Second")
		equal(t, "first bot", e.getBot(t, id, first.BotId), first)
		equal(t, "second bot", e.getBot(t, id, second.BotId), second)
		equal(t, "the bots have one token", *first.SecurityToken == *second.SecurityToken, false)
	})
}

func TestGetBot_unknown(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsBot(t, notFound, func(c *caller, accountID, botID string) error {
			_, err := c.GetBot(t.Context(), &chime.GetBotInput{AccountId: &accountID, BotId: &botID})
			return err
		})
	})
}
