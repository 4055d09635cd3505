package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func TestUpdateAccountSettings_parts(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for _, tt := range []struct{ change, want *types.AccountSettings }{
			{&types.AccountSettings{DisableRemoteControl: aws.Bool(true)}, settings(true, false)},
			{&types.AccountSettings{EnableDialOut: aws.Bool(true)}, settings(true, true)},
			{&types.AccountSettings{}, settings(true, true)},
			{&types.AccountSettings{DisableRemoteControl: aws.Bool(false)}, settings(false, true)},
			{settings(true, false), settings(true, false)},
		} {
			_, err := e.UpdateAccountSettings(t.Context(), &chime.UpdateAccountSettingsInput{AccountId: &id, AccountSettings: tt.change})
			succeed(t, err)
			equal(t, "settings", e.accountSettings(t, id), tt.want)
		}
	})
}

func TestUpdateAccountSettings_bad_body(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for body, member := range map[string]string{
			"":                           "'AccountSettings'",
			"{}":                         "'AccountSettings'",
			`{"AccountSettings":null}`:   "'AccountSettings'",
			`{"AccountSettings":[]}`:     "'AccountSettings'",
			`{"AccountSettings":"true"}`: "'AccountSettings'",
			`{"AccountSettings":{"EnableDialOut":"true"}}`:     "'AccountSettings.EnableDialOut'",
			`{"AccountSettings":{"DisableRemoteControl":1}}`:   "'AccountSettings.DisableRemoteControl'",
			`{"AccountSettings":{"DisableRemoteControl":[1]}}`: "'AccountSettings.DisableRemoteControl'",
		} {
			e.send(t, "PUT", "/accounts/"+id+"/settings", body).refused(t, badRequest, member)
		}
		equal(t, "settings", e.accountSettings(t, id), settings(false, false))
	})
}

func TestUpdateAccountSettings_null_members(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		e.send(t, "PUT", "/accounts/"+id+"/settings", `{"AccountSettings":{"EnableDialOut":true}}`).noContent(t)
		e.send(t, "PUT", "/accounts/"+id+"/settings", `{"AccountSettings":{"EnableDialOut":null,"Else":{}}}`).noContent(t)
		equal(t, "settings", e.accountSettings(t, id), settings(false, true))
	})
}

func TestUpdateAccountSettings_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsAccount(t, func(c *caller, accountID string) error {
			_, err := c.UpdateAccountSettings(t.Context(), &chime.UpdateAccountSettingsInput{
				AccountId: &accountID, AccountSettings: settings(true, true),
			})
			return err
		})
	})
}
