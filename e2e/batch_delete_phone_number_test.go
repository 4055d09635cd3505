package e2e

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func (c *caller) batchDeleteNumbers(t testing.TB, ids ...string) ([]types.PhoneNumberError, error) {
	t.Helper()
	out, err := c.BatchDeletePhoneNumber(t.Context(), &chime.BatchDeletePhoneNumberInput{PhoneNumberIds: append([]string{}, ids...)})
	if err != nil {
		return nil, err
	}
	return out.PhoneNumberErrors, nil
}

func TestBatchDeletePhoneNumber_success(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		n := c.own(t, businessCalling, 4)
		errors, err := c.batchDeleteNumbers(t, n[0], numberID(n[1]), n[2][1:], n[0])
		succeed(t, err)
		equal(t, "errors", errors, []types.PhoneNumberError{})
		for i, want := range []types.PhoneNumberStatus{"ReleaseInProgress", "ReleaseInProgress", "ReleaseInProgress", "Unassigned"} {
			equal(t, fmt.Sprintf("status of number %d", i), c.status(t, n[i]), want)
		}
		isNow(t, "DeletionTimestamp", c.number(t, n[0]).DeletionTimestamp)
	})
}

func TestBatchDeletePhoneNumber_items_on_their_own(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		v, other := e.inventory(t), e.tenant(t)
		theirs := other.own(t, businessCalling, 1)[0]
		errors, err := v.batchDeleteNumbers(t, theirs, "nonsense", numberID(v.assigned), v.deleted, v.free)
		succeed(t, err)
		equal(t, "errors", failures(t, errors), []failure{{theirs, "NotFound"}, {"nonsense", "NotFound"}, {numberID(v.assigned), "PhoneNumberAssociationsExist"}})
		equal(t, "status of the free number", v.status(t, v.free), types.PhoneNumberStatusReleaseInProgress)
		equal(t, "status of the assigned number", v.status(t, v.assigned), types.PhoneNumberStatusAssigned)
		equal(t, "status of their number", other.status(t, theirs), types.PhoneNumberStatusUnassigned)
	})
}

func TestBatchDeletePhoneNumber_limits(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		numbers := c.own(t, businessCalling, 51)
		for _, ids := range [][]string{{}, numbers} {
			_, err := c.batchDeleteNumbers(t, ids...)
			refused(t, err, badRequest, "'PhoneNumberIds'")
		}
		for _, body := range []string{"", `{"PhoneNumberIds":null}`, `{"PhoneNumberIds":"+12065550100"}`} {
			c.send(t, "POST", "/phone-numbers?operation=batch-delete", body).refused(t, badRequest, "PhoneNumberIds")
		}
		equal(t, "numbers that were deleted", c.listNumbers(t, chime.ListPhoneNumbersInput{Status: "ReleaseInProgress"}).all(t, 99), nil)
		errors, err := c.batchDeleteNumbers(t, numbers[:50]...)
		succeed(t, err)
		equal(t, "errors", errors, []types.PhoneNumberError{})
		equal(t, "numbers that are left", c.listNumbers(t, chime.ListPhoneNumbersInput{Status: "Unassigned"}).all(t, 99), numbers[50:])
	})
}
