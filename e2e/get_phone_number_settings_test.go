package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// numberSettings returns the default calling name of the caller's AWS account.
func (c *caller) numberSettings(t testing.TB) *chime.GetPhoneNumberSettingsOutput {
	t.Helper()
	out, err := c.GetPhoneNumberSettings(t.Context(), &chime.GetPhoneNumberSettingsInput{})
	succeed(t, err)
	return out
}

func TestGetPhoneNumberSettings_never_set(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		got := e.tenant(t).send(t, "GET", "/settings/phone-number", "")
		got.ok(t, 200)
		equal(t, "body", got.body, `{"CallingName":null,"CallingNameUpdatedTimestamp":null}`)
	})
}

func TestGetPhoneNumberSettings_own_aws_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c, other := e.tenant(t), e.tenant(t)
		succeed(t, c.defaultName(t, "Ours"))
		got := c.numberSettings(t)
		equal(t, "CallingName", *got.CallingName, "Ours")
		isNow(t, "CallingNameUpdatedTimestamp", got.CallingNameUpdatedTimestamp)
		equal(t, "CallingName of the other one", other.numberSettings(t).CallingName, nil)
	})
}
