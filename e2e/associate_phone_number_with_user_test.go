package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func TestAssociatePhoneNumberWithUser_success(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		c.forEachType(t, accountTypes, func(t *testing.T, id string) {
			user := c.get(t, id, *c.user(t, id, "ann@example.com").UserId)
			number := c.own(t, businessCalling, 1)[0]
			want := c.number(t, number)
			succeed(t, c.assign(t, id, user.UserId, number))
			user.PrimaryProvisionedNumber = &number
			equal(t, "GetUser", c.get(t, id, *user.UserId), user)
			got := c.number(t, number)
			at := got.Associations[0].AssociatedTimestamp
			isNow(t, "AssociatedTimestamp", at)
			want.Status, want.UpdatedTimestamp = types.PhoneNumberStatusAssigned, got.UpdatedTimestamp
			want.Associations = []types.PhoneNumberAssociation{
				{AssociatedTimestamp: at, Name: "AccountId", Value: &id}, {AssociatedTimestamp: at, Name: "UserId", Value: user.UserId},
			}
			equal(t, "number", got, want)
			equal(t, "settings", c.userSettings(t, id, *user.UserId), telephony(false, false, false))
		})
	})
}

func TestAssociatePhoneNumberWithUser_answer(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		id := c.team(t)
		device, number := c.device(t, id, "room@example.com"), c.own(t, businessCalling, 1)[0]
		path := "/accounts/" + id + "/users/" + *device.UserId + "?operation=associate-phone-number"
		for _, body := range []string{"", "{}", `{"E164PhoneNumber":"x"}`, `{"E164PhoneNumber":"` + numberID(number) + `"}`} {
			c.send(t, "POST", path, body).refused(t, badRequest, "'E164PhoneNumber'")
		}
		got := c.send(t, "POST", path, `{"E164PhoneNumber":"`+number[1:]+`"}`)
		got.ok(t, 200)
		equal(t, "body", got.body, "{}")
		equal(t, "number of the device", *c.get(t, id, *device.UserId).PrimaryProvisionedNumber, number)
	})
}

func TestAssociatePhoneNumberWithUser_number_that_cannot_be(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		v := e.inventory(t)
		bob := v.user(t, v.accountID, "bob@example.com").UserId
		for _, number := range []string{v.connector, v.assigned, v.deleted} {
			before := v.number(t, number)
			refused(t, v.assign(t, v.accountID, bob, number), badRequest)
			equal(t, "number", v.number(t, number), before)
		}
		theirs := e.tenant(t).own(t, businessCalling, 1)[0]
		for _, number := range []string{theirs, "+12065550199", "+4930123456"} {
			refused(t, v.assign(t, v.accountID, bob, number), notFound, messageNotFound)
		}
		equal(t, "number of Bob", v.get(t, v.accountID, *bob).PrimaryProvisionedNumber, nil)
	})
}

func TestAssociatePhoneNumberWithUser_one_number_each(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		v := e.inventory(t)
		refused(t, v.assign(t, v.accountID, &v.userID, v.free), badRequest)
		refused(t, v.assign(t, v.accountID, &v.userID, v.assigned), badRequest)
		equal(t, "number", *v.get(t, v.accountID, v.userID).PrimaryProvisionedNumber, v.assigned)
		equal(t, "status of the free number", v.status(t, v.free), types.PhoneNumberStatusUnassigned)
	})
}

func TestAssociatePhoneNumberWithUser_unregistered(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		number, team, enterprise := c.own(t, businessCalling, 1)[0], c.team(t), c.enterprise(t)
		pending := c.invitee(t, team, "new@example.com").UserId
		refused(t, c.assign(t, team, pending, number), badRequest, "registered")
		suspended := c.user(t, enterprise, "out@example.com").UserId
		c.suspend(t, enterprise, *suspended)
		refused(t, c.assign(t, enterprise, suspended, number), badRequest, "registered")
		equal(t, "status", c.status(t, number), types.PhoneNumberStatusUnassigned)
	})
}

func TestAssociatePhoneNumberWithUser_unknown_user(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		number := e.own(t, businessCalling, 1)[0]
		e.needsUser(t, func(c *caller, accountID, userID string) error { return c.assign(t, accountID, &userID, number) })
		equal(t, "status", e.status(t, number), types.PhoneNumberStatusUnassigned)
	})
}

// What becomes of a number when its user goes: §7-33 of the behaviour notes.
func TestAssociatePhoneNumberWithUser_user_goes(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		team, lwa, gone := c.team(t), c.enterprise(t), c.account(t, types.AccountTypeEnterpriseOIDC)
		want := map[string]types.PhoneNumberStatus{team: "Unassigned", lwa: "Assigned", gone: "Unassigned"}
		numbers := c.own(t, businessCalling, 3)
		for i, id := range []string{team, lwa, gone} {
			user := c.user(t, id, "ann@example.com").UserId
			succeed(t, c.assign(t, id, user, numbers[i]))
			if id == gone {
				succeed(t, c.deleteAccount(t, id))
			} else {
				c.suspend(t, id, *user)
			}
			got := c.number(t, numbers[i])
			equal(t, "status", got.Status, want[id])
			equal(t, "number is associated", len(got.Associations) > 0, got.Status == types.PhoneNumberStatusAssigned)
		}
		bob := c.user(t, team, "bob@example.com").UserId
		succeed(t, c.assign(t, team, bob, numbers[0]))
		equal(t, "number of Bob", c.get(t, team, *bob).PrimaryProvisionedNumber, aws.String(numbers[0]))
	})
}
