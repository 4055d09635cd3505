package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

func TestGetPhoneNumberOrder_success(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		number := c.available(t, 1)[0]
		made, err := c.tryOrder(t, voiceConnector, number)
		succeed(t, err)
		got := c.completed(t, made.PhoneNumberOrderId)
		isNow(t, "UpdatedTimestamp", got.UpdatedTimestamp)
		if got.UpdatedTimestamp.Before(*got.CreatedTimestamp) {
			t.Errorf("the order was updated at %s and created at %s", got.UpdatedTimestamp, got.CreatedTimestamp)
		}
		made.OrderedPhoneNumbers, made.Status, made.UpdatedTimestamp = ordered("Acquired", number), "Successful", got.UpdatedTimestamp
		equal(t, "order", got, made)
	})
}

func TestGetPhoneNumberOrder_bad_id(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		for _, id := range []string{"x", " ", "12a3456b-7c89-012d-3456-78901e23fg45", unknownID + "0", "{" + unknownID + "}"} {
			_, err := e.GetPhoneNumberOrder(t.Context(), &chime.GetPhoneNumberOrderInput{PhoneNumberOrderId: &id})
			refused(t, err, badRequest, "'PhoneNumberOrderId'")
		}
	})
}

func TestGetPhoneNumberOrder_unknown(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		theirs, err := e.tenant(t).tryOrder(t, businessCalling, e.available(t, 1)...)
		succeed(t, err)
		for _, id := range []string{unknownID, *theirs.PhoneNumberOrderId} {
			_, err := e.tenant(t).GetPhoneNumberOrder(t.Context(), &chime.GetPhoneNumberOrderInput{PhoneNumberOrderId: &id})
			refused(t, err, notFound, messageNotFound)
		}
	})
}
