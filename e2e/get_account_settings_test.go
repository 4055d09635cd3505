package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// accountSettings returns the settings of an account that must be there.
func (c *caller) accountSettings(t testing.TB, accountID string) *types.AccountSettings {
	t.Helper()
	out, err := c.GetAccountSettings(t.Context(), &chime.GetAccountSettingsInput{AccountId: &accountID})
	succeed(t, err)
	return out.AccountSettings
}

// settings returns account settings with both members set.
func settings(disableRemoteControl, enableDialOut bool) *types.AccountSettings {
	return &types.AccountSettings{DisableRemoteControl: aws.Bool(disableRemoteControl), EnableDialOut: aws.Bool(enableDialOut)}
}

func TestGetAccountSettings_new_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.forEachType(t, accountTypes, func(t *testing.T, id string) {
			equal(t, "settings", e.accountSettings(t, id), settings(false, false))
		})
	})
}

func TestGetAccountSettings_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsAccount(t, func(c *caller, accountID string) error {
			_, err := c.GetAccountSettings(t.Context(), &chime.GetAccountSettingsInput{AccountId: &accountID})
			return err
		})
	})
}
