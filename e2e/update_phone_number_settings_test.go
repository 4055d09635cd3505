package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// defaultName sets the default calling name of the caller's AWS account.
func (c *caller) defaultName(t testing.TB, name string) error {
	t.Helper()
	_, err := c.UpdatePhoneNumberSettings(t.Context(), &chime.UpdatePhoneNumberSettingsInput{CallingName: &name})
	return err
}

func TestUpdatePhoneNumberSettings_names(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, name := range []string{"Ab", "fifteen letters", "007"} {
			c := e.tenant(t)
			succeed(t, c.defaultName(t, name))
			equal(t, "CallingName", *c.numberSettings(t).CallingName, name)
		}
		c := e.tenant(t)
		for _, name := range badCallingNames {
			refused(t, c.defaultName(t, name), badRequest, "'CallingName'")
		}
		for _, body := range []string{"", "{}", `{"CallingName":null}`} {
			c.send(t, "PUT", "/settings/phone-number", body).refused(t, badRequest, "'CallingName'")
		}
		equal(t, "CallingName after refusals", c.numberSettings(t).CallingName, nil)
		c.send(t, "PUT", "/settings/phone-number", `{"CallingName":"Good"}`).noContent(t)
	})
}

func TestUpdatePhoneNumberSettings_numbers_keep_their_names(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		numbers := c.own(t, businessCalling, 2)
		c.nameNumber(t, numbers[0], "Its own")
		succeed(t, c.defaultName(t, "Default"))
		equal(t, "CallingName", *c.number(t, numbers[0]).CallingName, "Its own")
		equal(t, "CallingName of the other number", c.number(t, numbers[1]).CallingName, nil)
	})
}

func TestUpdatePhoneNumberSettings_once_in_seven_days(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		succeed(t, c.defaultName(t, "First"))
		refused(t, c.defaultName(t, "Second"), badRequest, "seven days")
		e.advance(t, "167h")
		refused(t, c.defaultName(t, ""), badRequest, "seven days")
		succeed(t, e.tenant(t).defaultName(t, "Others"))
		equal(t, "CallingName", *c.numberSettings(t).CallingName, "First")
		now := e.advance(t, "2h")
		succeed(t, c.defaultName(t, "Second"))
		got := c.numberSettings(t)
		equal(t, "CallingName", *got.CallingName, "Second")
		isAbout(t, "CallingNameUpdatedTimestamp", got.CallingNameUpdatedTimestamp, now)
		refused(t, c.defaultName(t, "Third"), badRequest, "seven days")
		now = e.advance(t, "169h")
		succeed(t, c.defaultName(t, ""))
		got = c.numberSettings(t)
		equal(t, "CallingName", got.CallingName, nil)
		isAbout(t, "CallingNameUpdatedTimestamp", got.CallingNameUpdatedTimestamp, now)
	}, "--test-clock")
}
