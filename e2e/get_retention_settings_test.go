package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// retention returns how long an account keeps messages.
func (c *caller) retention(t testing.TB, accountID string) *chime.GetRetentionSettingsOutput {
	t.Helper()
	out, err := c.GetRetentionSettings(t.Context(), &chime.GetRetentionSettingsInput{AccountId: &accountID})
	succeed(t, err)
	return out
}

// days are retention settings; 0 stands for no limit.
func days(room, conversation int32) *types.RetentionSettings {
	s := &types.RetentionSettings{RoomRetentionSettings: &types.RoomRetentionSettings{}, ConversationRetentionSettings: &types.ConversationRetentionSettings{}}
	if room != 0 {
		s.RoomRetentionSettings.RetentionDays = aws.Int32(room)
	}
	if conversation != 0 {
		s.ConversationRetentionSettings.RetentionDays = aws.Int32(conversation)
	}
	return s
}

func TestGetRetentionSettings_never_set(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.forEachType(t, allBut(types.AccountTypeTeam), func(t *testing.T, id string) {
			got := e.send(t, "GET", "/accounts/"+id+"/retention-settings", "")
			got.ok(t, 200)
			equal(t, "body", got.body, `{"InitiateDeletionTimestamp":null,"RetentionSettings":`+
				`{"ConversationRetentionSettings":{"RetentionDays":null},"RoomRetentionSettings":{"RetentionDays":null}}}`)
		})
	})
}

func TestGetRetentionSettings_own_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id, other := e.enterprise(t), e.enterprise(t)
		succeed(t, e.retain(t, id, days(1, 2)))
		equal(t, "settings", e.retention(t, id).RetentionSettings, days(1, 2))
		equal(t, "settings of another account", e.retention(t, other).RetentionSettings, days(0, 0))
	})
}

func TestGetRetentionSettings_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsEnterprise(t, func(c *caller, accountID string) error {
			_, err := c.GetRetentionSettings(t.Context(), &chime.GetRetentionSettingsInput{AccountId: &accountID})
			return err
		})
	})
}
