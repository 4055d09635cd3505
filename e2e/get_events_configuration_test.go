package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// events returns where a bot's events go.
func (c *caller) events(t testing.TB, accountID string, botID *string) *types.EventsConfiguration {
	t.Helper()
	out, err := c.GetEventsConfiguration(t.Context(), &chime.GetEventsConfigurationInput{AccountId: &accountID, BotId: botID})
	succeed(t, err)
	return out.EventsConfiguration
}

// noEvents checks that a bot's events go nowhere.
func (c *caller) noEvents(t testing.TB, accountID string, botID *string) {
	t.Helper()
	_, err := c.GetEventsConfiguration(t.Context(), &chime.GetEventsConfigurationInput{AccountId: &accountID, BotId: botID})
	refused(t, err, notFound, messageNotFound)
}

func TestGetEventsConfiguration_success(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		first, arn := e.lambdaBot(t, id, "First")
		second, h := e.hookedBot(t, id, "Second")
		equal(t, "first", *e.events(t, id, first.BotId), types.EventsConfiguration{BotId: first.BotId, LambdaFunctionArn: &arn})
		equal(t, "second", *e.events(t, id, second.BotId), types.EventsConfiguration{BotId: second.BotId, OutboundEventsHTTPSEndpoint: &h.url})
	})
}

func TestGetEventsConfiguration_none(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		e.noEvents(t, id, e.bot(t, id, "Helper").BotId)
	})
}

func TestGetEventsConfiguration_unknown(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsBot(t, notFound, func(c *caller, accountID, botID string) error {
			_, err := c.GetEventsConfiguration(t.Context(), &chime.GetEventsConfigurationInput{AccountId: &accountID, BotId: &botID})
			return err
		})
	})
}
