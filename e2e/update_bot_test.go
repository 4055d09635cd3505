package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// disable stops a bot or lets it run again.
func (c *caller) disable(t testing.TB, accountID string, botID *string, disabled bool) *types.Bot {
	t.Helper()
	out, err := c.UpdateBot(t.Context(), &chime.UpdateBotInput{AccountId: &accountID, BotId: botID, Disabled: &disabled})
	succeed(t, err)
	return out.Bot
}

func TestUpdateBot_disabled(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		want := e.bot(t, id, "Helper")
		for _, disabled := range []bool{true, false} {
			got := e.disable(t, id, want.BotId, disabled)
			isNow(t, "UpdatedTimestamp", got.UpdatedTimestamp)
			if !got.UpdatedTimestamp.After(*want.UpdatedTimestamp) {
				t.Error("UpdatedTimestamp stayed")
			}
			want.Disabled, want.UpdatedTimestamp = &disabled, got.UpdatedTimestamp
			equal(t, "answer", got, want)
			equal(t, "GetBot", e.getBot(t, id, want.BotId), want)
		}
	})
}

func TestUpdateBot_nothing(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		want := e.disable(t, id, e.bot(t, id, "Helper").BotId, true)
		path := "/accounts/" + id + "/bots/" + *want.BotId
		for _, body := range []string{"", "{}", `{"Disabled":null,"DisplayName":"Other"}`} {
			e.send(t, "POST", path, body).ok(t, 200)
		}
		for _, body := range []string{`{"Disabled":"false"}`, `{"Disabled":0}`} {
			e.send(t, "POST", path, body).refused(t, badRequest, "Disabled")
		}
		equal(t, "bot", e.getBot(t, id, want.BotId), want)
	})
}

// A bot that is stopped stays in its rooms and can be removed from them.
func TestUpdateBot_in_a_room(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room := *e.room(t, id, "Kitchen").RoomId
		bot, _ := e.lambdaBot(t, id, "Helper")
		e.join(t, id, room, *bot.BotId)
		e.disable(t, id, bot.BotId, true)
		equal(t, "members", e.listMembers(t, id, room).all(t, 1), []string{*bot.BotId})
		succeed(t, e.leave(t, id, room, *bot.BotId))
		_, err := e.tryJoin(t, id, room, *bot.BotId, "")
		refused(t, err, badRequest, "disabled")
		e.disable(t, id, bot.BotId, false)
		e.join(t, id, room, *bot.BotId)
	})
}

func TestUpdateBot_unknown(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsBot(t, notFound, func(c *caller, accountID, botID string) error {
			_, err := c.UpdateBot(t.Context(), &chime.UpdateBotInput{AccountId: &accountID, BotId: &botID, Disabled: aws.Bool(true)})
			return err
		})
	})
}
