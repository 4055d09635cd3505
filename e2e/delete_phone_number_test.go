package e2e

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func TestDeletePhoneNumber_queue(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		number := c.own(t, businessCalling, 1)[0]
		c.nameNumber(t, number, "Kept")
		want := c.number(t, number)
		succeed(t, c.deleteNumber(t, number))
		got := c.number(t, number)
		isNow(t, "DeletionTimestamp", got.DeletionTimestamp)
		want.Status, want.DeletionTimestamp, want.UpdatedTimestamp = types.PhoneNumberStatusReleaseInProgress, got.DeletionTimestamp, got.UpdatedTimestamp
		equal(t, "number", got, want)
		succeed(t, c.deleteNumber(t, number))
		equal(t, "number after a second time", c.number(t, number), want)
	})
}

func TestDeletePhoneNumber_answer(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		numbers := c.own(t, businessCalling, 4)
		for i, number := range numbers {
			c.send(t, "DELETE", "/phone-numbers/"+idSpellings(number)[i], "").noContent(t)
			equal(t, "status", c.status(t, number), types.PhoneNumberStatusReleaseInProgress)
		}
	})
}

func TestDeletePhoneNumber_assigned(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		v := e.inventory(t)
		before := v.number(t, v.assigned)
		refused(t, v.deleteNumber(t, v.assigned), refusal{"BadRequestException", "PhoneNumberAssociationsExist", 400})
		equal(t, "number", v.number(t, v.assigned), before)
	})
}

func TestDeletePhoneNumber_unknown(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		e.needsNumber(t, func(c *caller, id string) error { return c.deleteNumber(t, id) })
	})
}

// isOffered reports whether a number can be found.
func (c *caller) isOffered(t testing.TB, number string) bool {
	t.Helper()
	return slices.Contains(c.search(t, chime.SearchAvailablePhoneNumbersInput{AreaCode: aws.String(number[2:5])}).E164PhoneNumbers, number)
}

// leavesQueue waits until a number has left the deletion queue.
func (c *caller) leavesQueue(t testing.TB, number string) {
	t.Helper()
	eventually(t, "end of the number's time in the queue", func() bool { return c.status(t, number) == "" })
}

func TestDeletePhoneNumber_seven_days(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		number := c.own(t, businessCalling, 1)[0]
		succeed(t, c.deleteNumber(t, number))
		e.advance(t, "167h")
		steadily(t, "the number is in the queue", func() bool { return c.status(t, number) == types.PhoneNumberStatusReleaseInProgress })
		equal(t, "number is offered", c.isOffered(t, number), false)
		e.advance(t, "2h")
		c.leavesQueue(t, number)
		equal(t, "number is offered", c.isOffered(t, number), true)
		c.listNumbers(t, chime.ListPhoneNumbersInput{}).isEmpty(t)
		_, err := c.RestorePhoneNumber(t.Context(), &chime.RestorePhoneNumberInput{PhoneNumberId: &number})
		refused(t, err, notFound, messageNotFound)
		other := e.tenant(t)
		other.acquire(t, voiceConnector, number)
		equal(t, "new owner's ProductType", other.number(t, number).ProductType, voiceConnector)
	}, "--test-clock")
}

// A number that was restored and deleted again stays for seven days from then.
func TestDeletePhoneNumber_seven_days_again(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		number := e.own(t, businessCalling, 1)[0]
		succeed(t, e.deleteNumber(t, number))
		e.advance(t, "100h")
		_, err := e.RestorePhoneNumber(t.Context(), &chime.RestorePhoneNumberInput{PhoneNumberId: &number})
		succeed(t, err)
		e.advance(t, "1h")
		succeed(t, e.deleteNumber(t, number))
		isAbout(t, "DeletionTimestamp", e.number(t, number).DeletionTimestamp, e.now(t))
		e.advance(t, "166h")
		steadily(t, "the number is in the queue", func() bool { return e.status(t, number) == types.PhoneNumberStatusReleaseInProgress })
		e.advance(t, "3h")
		e.leavesQueue(t, number)
	}, "--test-clock")
}

// A number that was restored is not taken away by the job of its first deletion.
func TestDeletePhoneNumber_restored_in_time(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		number := e.own(t, businessCalling, 1)[0]
		succeed(t, e.deleteNumber(t, number))
		_, err := e.RestorePhoneNumber(t.Context(), &chime.RestorePhoneNumberInput{PhoneNumberId: &number})
		succeed(t, err)
		e.advance(t, "1000h")
		steadily(t, "the number is in the inventory", func() bool { return e.status(t, number) == types.PhoneNumberStatusUnassigned })
	}, "--test-clock")
}
