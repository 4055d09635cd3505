package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func TestUpdateUserSettings_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		ids := e.users(t, id, 2)
		for _, want := range []*types.UserSettings{
			telephony(true, false, false), telephony(false, true, false), telephony(false, false, true),
			telephony(true, true, true), telephony(false, false, false),
		} {
			_, err := e.UpdateUserSettings(t.Context(), &chime.UpdateUserSettingsInput{AccountId: &id, UserId: &ids[0], UserSettings: want})
			succeed(t, err)
			equal(t, "settings", e.userSettings(t, id, ids[0]), want)
			equal(t, "settings of the other user", e.userSettings(t, id, ids[1]), telephony(false, false, false))
		}
	})
}

func TestUpdateUserSettings_bad_body(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		user := e.users(t, id, 1)[0]
		for body, member := range map[string]string{
			"":                                  "'UserSettings'",
			"{}":                                "'UserSettings'",
			`{"UserSettings":null}`:             "'UserSettings'",
			`{"UserSettings":{}}`:               "'UserSettings.Telephony'",
			`{"UserSettings":{"Telephony":[]}}`: "'UserSettings.Telephony'",
			`{"UserSettings":{"Telephony":{"InboundCalling":true,"OutboundCalling":true}}}`:            "'UserSettings.Telephony.SMS'",
			`{"UserSettings":{"Telephony":{"InboundCalling":true,"SMS":true}}}`:                        "'UserSettings.Telephony.OutboundCalling'",
			`{"UserSettings":{"Telephony":{"InboundCalling":null,"OutboundCalling":true,"SMS":true}}}`: "'UserSettings.Telephony.InboundCalling'",
			`{"UserSettings":{"Telephony":{"InboundCalling":true,"OutboundCalling":1,"SMS":true}}}`:    "'UserSettings.Telephony.OutboundCalling'",
			`{"UserSettings":{"Telephony":{}}}`:                                                        "3 validation errors detected",
		} {
			e.send(t, "PUT", "/accounts/"+id+"/users/"+user+"/settings", body).refused(t, badRequest, member)
		}
		equal(t, "settings", e.userSettings(t, id, user), telephony(false, false, false))
	})
}

func TestUpdateUserSettings_unknown_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsUser(t, func(c *caller, accountID, userID string) error {
			_, err := c.UpdateUserSettings(t.Context(), &chime.UpdateUserSettingsInput{
				AccountId: &accountID, UserId: &userID, UserSettings: telephony(true, true, true),
			})
			return err
		})
	})
}
