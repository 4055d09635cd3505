package e2e

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// retain says how long an account keeps messages.
func (c *caller) retain(t testing.TB, accountID string, s *types.RetentionSettings) error {
	t.Helper()
	_, err := c.PutRetentionSettings(t.Context(), &chime.PutRetentionSettingsInput{AccountId: &accountID, RetentionSettings: s})
	return err
}

// grace is how long messages can be brought back.
const grace = 30 * 24 * time.Hour

func TestPutRetentionSettings_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.forEachType(t, allBut(types.AccountTypeTeam), func(t *testing.T, id string) {
			for _, s := range []*types.RetentionSettings{days(1, 5475), days(5475, 1), days(30, 0), days(0, 7)} {
				succeed(t, e.retain(t, id, s))
				got := e.retention(t, id)
				equal(t, "settings", got.RetentionSettings, s)
				isAbout(t, "InitiateDeletionTimestamp", got.InitiateDeletionTimestamp, time.Now().Add(grace))
			}
			succeed(t, e.retain(t, id, days(0, 0)))
			got := e.retention(t, id)
			equal(t, "settings", got.RetentionSettings, days(0, 0))
			equal(t, "InitiateDeletionTimestamp", got.InitiateDeletionTimestamp, nil)
		})
	})
}

// A put replaces both parts: what is left out is off.
func TestPutRetentionSettings_replaces(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		for body, want := range map[string]*types.RetentionSettings{
			`{}`: days(0, 0),
			`{"RoomRetentionSettings":{"RetentionDays":3}}`:                                                        days(3, 0),
			`{"RoomRetentionSettings":{},"ConversationRetentionSettings":{"RetentionDays":4}}`:                     days(0, 4),
			`{"RoomRetentionSettings":{"RetentionDays":null},"ConversationRetentionSettings":{"RetentionDays":4}}`: days(0, 4),
			`{"RoomRetentionSettings":null,"ConversationRetentionSettings":{"RetentionDays":4}}`:                   days(0, 4),
		} {
			succeed(t, e.retain(t, id, days(10, 20)))
			e.send(t, "PUT", "/accounts/"+id+"/retention-settings", `{"RetentionSettings":`+body+`}`).noContent(t)
			equal(t, "settings after "+body, e.retention(t, id).RetentionSettings, want)
		}
	})
}

func TestPutRetentionSettings_bad_values(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		succeed(t, e.retain(t, id, days(10, 20)))
		for _, n := range []int32{-1, 0, 5476} {
			refused(t, e.retain(t, id, &types.RetentionSettings{
				RoomRetentionSettings: &types.RoomRetentionSettings{RetentionDays: aws.Int32(n)},
			}), badRequest, "RetentionDays")
			refused(t, e.retain(t, id, &types.RetentionSettings{
				ConversationRetentionSettings: &types.ConversationRetentionSettings{RetentionDays: aws.Int32(n)},
			}), badRequest, "RetentionDays")
		}
		for _, body := range []string{
			"", "{}", `{"RetentionSettings":null}`, `{"RetentionSettings":7}`,
			`{"RetentionSettings":{"RoomRetentionSettings":{"RetentionDays":"7"}}}`,
			`{"RetentionSettings":{"RoomRetentionSettings":{"RetentionDays":1.5}}}`,
		} {
			e.send(t, "PUT", "/accounts/"+id+"/retention-settings", body).refused(t, badRequest, "Retention")
		}
		equal(t, "settings", e.retention(t, id).RetentionSettings, days(10, 20))
	})
}

func TestPutRetentionSettings_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsEnterprise(t, func(c *caller, accountID string) error { return c.retain(t, accountID, days(1, 1)) })
	})
}
