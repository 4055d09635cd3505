package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func (c *caller) restore(t testing.TB, id string) (*types.PhoneNumber, error) {
	t.Helper()
	out, err := c.RestorePhoneNumber(t.Context(), &chime.RestorePhoneNumberInput{PhoneNumberId: &id})
	if err != nil {
		return nil, err
	}
	return out.PhoneNumber, nil
}

func TestRestorePhoneNumber_success(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		number := c.own(t, voiceConnector, 1)[0]
		c.nameNumber(t, number, "Dropped")
		for _, id := range idSpellings(number) {
			want := c.number(t, number)
			succeed(t, c.deleteNumber(t, number))
			got, err := c.restore(t, id)
			succeed(t, err)
			isNow(t, "UpdatedTimestamp", got.UpdatedTimestamp)
			want.CallingName, want.CallingNameStatus, want.UpdatedTimestamp = nil, "", got.UpdatedTimestamp
			equal(t, "answer", got, want)
			equal(t, "GetPhoneNumber", c.number(t, number), want)
		}
	})
}

func TestRestorePhoneNumber_not_in_the_queue(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		v := e.inventory(t)
		for _, number := range []string{v.free, v.assigned} {
			before := v.number(t, number)
			_, err := v.restore(t, number)
			refused(t, err, badRequest, "queue")
			equal(t, "number", v.number(t, number), before)
		}
		_, err := v.restore(t, " ")
		refused(t, err, badRequest, "'PhoneNumberId'")
	})
}

func TestRestorePhoneNumber_quota(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) { // the documented quota is 5
		c := e.tenant(t)
		numbers := c.available(t, 6)
		c.acquire(t, businessCalling, numbers[:5]...)
		succeed(t, c.deleteNumber(t, numbers[0]))
		_, err := c.tryOrder(t, businessCalling, numbers[5]) // the queue keeps the number's place
		refused(t, err, limitExceeded, "5")
		equal(t, "status", c.status(t, numbers[0]), types.PhoneNumberStatusReleaseInProgress)
		_, err = c.restore(t, numbers[0])
		succeed(t, err)
	})
}

func TestRestorePhoneNumber_unknown(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		e.needsNumber(t, func(c *caller, id string) error {
			_, err := c.restore(t, id)
			return err
		})
	})
}
