package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

func (c *caller) unassign(t testing.TB, accountID string, userID *string) error {
	t.Helper()
	_, err := c.DisassociatePhoneNumberFromUser(t.Context(), &chime.DisassociatePhoneNumberFromUserInput{AccountId: &accountID, UserId: userID})
	return err
}

func TestDisassociatePhoneNumberFromUser_success(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		id, number := c.team(t), c.own(t, businessCalling, 1)[0]
		user := c.get(t, id, *c.user(t, id, "ann@example.com").UserId)
		want := c.number(t, number)
		succeed(t, c.assign(t, id, user.UserId, number))
		_, err := c.UpdateUserSettings(t.Context(), &chime.UpdateUserSettingsInput{
			AccountId: &id, UserId: user.UserId, UserSettings: telephony(true, true, true),
		})
		succeed(t, err)
		succeed(t, c.unassign(t, id, user.UserId))
		got := c.number(t, number)
		isNow(t, "UpdatedTimestamp", got.UpdatedTimestamp)
		want.UpdatedTimestamp = got.UpdatedTimestamp
		equal(t, "number", got, want)
		equal(t, "user", c.get(t, id, *user.UserId), user)
		equal(t, "settings", c.userSettings(t, id, *user.UserId), telephony(false, false, false))
		succeed(t, c.assign(t, id, user.UserId, number))
	})
}

func TestDisassociatePhoneNumberFromUser_no_number(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.team(t)
		user := e.user(t, id, "ann@example.com")
		got := e.send(t, "POST", "/accounts/"+id+"/users/"+*user.UserId+"?operation=disassociate-phone-number", "")
		got.ok(t, 200)
		equal(t, "body", got.body, "{}")
	})
}

func TestDisassociatePhoneNumberFromUser_unknown_user(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		e.needsUser(t, func(c *caller, accountID, userID string) error { return c.unassign(t, accountID, &userID) })
	})
}
