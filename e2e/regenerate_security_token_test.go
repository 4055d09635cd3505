package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func (c *caller) newToken(t testing.TB, accountID string, botID *string) (*types.Bot, error) {
	t.Helper()
	out, err := c.RegenerateSecurityToken(t.Context(), &chime.RegenerateSecurityTokenInput{AccountId: &accountID, BotId: botID})
	if err != nil {
		return nil, err
	}
	return out.Bot, nil
}

func TestRegenerateSecurityToken_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		want := e.bot(t, id, "Helper")
		seen := map[string]bool{*want.SecurityToken: true}
		for range 2 {
			got, err := e.newToken(t, id, want.BotId)
			succeed(t, err)
			if seen[*got.SecurityToken] || !tokenPattern.MatchString(*got.SecurityToken) {
				t.Errorf("the new SecurityToken is %q", *got.SecurityToken)
			}
			seen[*got.SecurityToken] = true
			want.SecurityToken = got.SecurityToken // and nothing else, not even UpdatedTimestamp
			equal(t, "answer", got, want)
			equal(t, "GetBot", e.getBot(t, id, want.BotId), want)
		}
	})
}

// Events are signed with the new token from then on.
func TestRegenerateSecurityToken_signs_events(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		bot, hook := e.hookedBot(t, id, "Helper")
		next, err := e.newToken(t, id, bot.BotId)
		succeed(t, err)
		e.join(t, id, *e.room(t, id, "Kitchen").RoomId, *bot.BotId)
		hook.await(t, 1)[0].signedBy(t, *next.SecurityToken)
	})
}

func TestRegenerateSecurityToken_unknown(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsBot(t, notFound, func(c *caller, accountID, botID string) error {
			_, err := c.newToken(t, accountID, &botID)
			return err
		})
	})
}
