package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

type numberItem = types.UpdatePhoneNumberRequestItem

func (c *caller) batchUpdateNumbers(t testing.TB, items ...numberItem) ([]types.PhoneNumberError, error) {
	t.Helper()
	out, err := c.BatchUpdatePhoneNumber(t.Context(), &chime.BatchUpdatePhoneNumberInput{
		UpdatePhoneNumberRequestItems: append([]numberItem{}, items...),
	})
	if err != nil {
		return nil, err
	}
	return out.PhoneNumberErrors, nil
}

// failure is the error of one number of a batch, without its message.
type failure struct {
	ID   string
	Code types.ErrorCode
}

// failures checks that the errors of a batch have messages, and returns the rest.
func failures(t testing.TB, errors []types.PhoneNumberError) (list []failure) {
	t.Helper()
	for _, e := range errors {
		if aws.ToString(e.ErrorMessage) == "" {
			t.Errorf("the error of %s has no message", aws.ToString(e.PhoneNumberId))
		}
		list = append(list, failure{*e.PhoneNumberId, e.ErrorCode})
	}
	return list
}

func TestBatchUpdatePhoneNumber_success(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		n := c.own(t, businessCalling, 4)
		errors, err := c.batchUpdateNumbers(
			t,
			numberItem{PhoneNumberId: &n[0], ProductType: voiceConnector},
			numberItem{PhoneNumberId: aws.String(numberID(n[1])), CallingName: aws.String("Reception")},
			numberItem{PhoneNumberId: aws.String(n[2][1:]), CallingName: aws.String("Kitchen")},
		)
		succeed(t, err)
		equal(t, "errors", errors, []types.PhoneNumberError{})
		equal(t, "ProductType", c.number(t, n[0]).ProductType, voiceConnector)
		equal(t, "CallingName", *c.number(t, n[1]).CallingName, "Reception")
		equal(t, "CallingName", *c.number(t, n[2]).CallingName, "Kitchen")
		equal(t, "CallingName of the last", c.number(t, n[3]).CallingName, nil)
	})
}

func TestBatchUpdatePhoneNumber_items_on_their_own(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		v := e.inventory(t)
		theirs, name := e.tenant(t).own(t, businessCalling, 1)[0], aws.String("Both")
		errors, err := v.batchUpdateNumbers(
			t,
			numberItem{PhoneNumberId: &theirs, CallingName: name},
			numberItem{PhoneNumberId: aws.String("nonsense"), CallingName: name},
			numberItem{PhoneNumberId: aws.String(numberID(v.assigned)), ProductType: sipDialIn},
			numberItem{PhoneNumberId: &v.free, ProductType: sipDialIn, CallingName: name},
			numberItem{PhoneNumberId: &v.free},
			numberItem{PhoneNumberId: &v.free, CallingName: aws.String("Last")},
		)
		succeed(t, err)
		equal(t, "errors", failures(t, errors), []failure{
			{theirs, "NotFound"}, {"nonsense", "NotFound"}, {numberID(v.assigned), "BadRequest"}, {v.free, "BadRequest"}, {v.free, "BadRequest"},
		})
		equal(t, "message", *errors[0].ErrorMessage, messageNotFound)
		equal(t, "CallingName", *v.number(t, v.free).CallingName, "Last")
		equal(t, "ProductType", v.number(t, v.assigned).ProductType, businessCalling)
	})
}

func TestBatchUpdatePhoneNumber_bad_items(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		number := c.own(t, businessCalling, 1)[0]
		good := numberItem{PhoneNumberId: &number, CallingName: aws.String("Good")}
		for word, bad := range map[string]numberItem{
			"CallingName":   {PhoneNumberId: &number, CallingName: aws.String("x")},
			"ProductType":   {PhoneNumberId: &number, ProductType: "Voice Connector"},
			"PhoneNumberId": {PhoneNumberId: aws.String(" "), ProductType: voiceConnector},
		} {
			_, err := c.batchUpdateNumbers(t, good, bad)
			refused(t, err, badRequest, word)
		}
		c.send(t, "POST", "/phone-numbers?operation=batch-update", `{"UpdatePhoneNumberRequestItems":[{"CallingName":"Name"}]}`).refused(t, badRequest, "PhoneNumberId")
		c.send(t, "POST", "/phone-numbers?operation=batch-update", `{}`).refused(t, badRequest, "'UpdatePhoneNumberRequestItems'")
		equal(t, "CallingName", c.number(t, number).CallingName, nil)
	})
}

func TestBatchUpdatePhoneNumber_many(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		errors, err := c.batchUpdateNumbers(t)
		succeed(t, err)
		equal(t, "errors of nothing", errors, []types.PhoneNumberError{})
		number := c.own(t, businessCalling, 1)[0]
		items := make([]numberItem, 100)
		for i := range items {
			items[i] = numberItem{PhoneNumberId: &number, CallingName: aws.String("Again and again")}
		}
		errors, err = c.batchUpdateNumbers(t, items...)
		succeed(t, err)
		equal(t, "errors", errors, []types.PhoneNumberError{})
	})
}
