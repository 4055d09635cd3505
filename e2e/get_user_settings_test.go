package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// userSettings returns the settings of a user who must be there.
func (c *caller) userSettings(t testing.TB, accountID, userID string) *types.UserSettings {
	t.Helper()
	out, err := c.GetUserSettings(t.Context(), &chime.GetUserSettingsInput{AccountId: &accountID, UserId: &userID})
	succeed(t, err)
	return out.UserSettings
}

func telephony(inbound, outbound, sms bool) *types.UserSettings {
	return &types.UserSettings{Telephony: &types.TelephonySettings{
		InboundCalling: aws.Bool(inbound), OutboundCalling: aws.Bool(outbound), SMS: aws.Bool(sms),
	}}
}

func TestGetUserSettings_new_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for _, u := range []*types.User{e.user(t, id, "a@example.com"), e.device(t, id, "b@example.com"), e.invitee(t, id, "c@example.com")} {
			equal(t, "settings", e.userSettings(t, id, *u.UserId), telephony(false, false, false))
		}
	})
}

func TestGetUserSettings_unknown_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsUser(t, func(c *caller, accountID, userID string) error {
			_, err := c.GetUserSettings(t.Context(), &chime.GetUserSettingsInput{AccountId: &accountID, UserId: &userID})
			return err
		})
	})
}
