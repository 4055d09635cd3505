package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func TestCreatePhoneNumberOrder_success(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		numbers := c.available(t, 2)
		got, err := c.tryOrder(t, businessCalling, numbers...)
		succeed(t, err)
		isUUID(t, "PhoneNumberOrderId", aws.ToString(got.PhoneNumberOrderId))
		isNow(t, "CreatedTimestamp", got.CreatedTimestamp)
		isNow(t, "UpdatedTimestamp", got.UpdatedTimestamp)
		want := types.PhoneNumberOrder{
			CreatedTimestamp: got.CreatedTimestamp, OrderedPhoneNumbers: ordered("Processing", numbers...), PhoneNumberOrderId: got.PhoneNumberOrderId,
			ProductType: businessCalling, Status: types.PhoneNumberOrderStatusProcessing, UpdatedTimestamp: got.UpdatedTimestamp,
		}
		equal(t, "answer", *got, want)
		done := c.completed(t, got.PhoneNumberOrderId)
		isNow(t, "UpdatedTimestamp in the end", done.UpdatedTimestamp)
		want.OrderedPhoneNumbers, want.Status, want.UpdatedTimestamp = ordered("Acquired", numbers...), types.PhoneNumberOrderStatusSuccessful, done.UpdatedTimestamp
		equal(t, "order in the end", *done, want)
		equal(t, "inventory", c.listNumbers(t, chime.ListPhoneNumbersInput{}).all(t, 99), numbers)
	})
}

func TestCreatePhoneNumberOrder_products(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		for _, product := range []types.PhoneNumberProductType{businessCalling, voiceConnector, sipDialIn} {
			equal(t, "product", c.number(t, c.own(t, product, 1)[0]).ProductType, product)
		}
		for _, product := range []types.PhoneNumberProductType{voiceConnector, sipDialIn} {
			number := c.tollFree(t, "844")
			c.acquire(t, product, number)
			equal(t, "type", c.number(t, number).Type, types.PhoneNumberTypeTollFree)
		}
	})
}

func TestCreatePhoneNumberOrder_wrong_product(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		local := c.available(t, 1)[0]
		for number, products := range map[string][]types.PhoneNumberProductType{
			"+18445550101":  {businessCalling},
			"+442079460000": {businessCalling, voiceConnector},
			"+16135550101":  {businessCalling, voiceConnector}, // Canada
			"+17875550101":  {businessCalling, voiceConnector}, // Puerto Rico
		} {
			for _, product := range products {
				_, err := c.tryOrder(t, product, local, number)
				refused(t, err, badRequest)
			}
		}
		c.listNumbers(t, chime.ListPhoneNumbersInput{}).isEmpty(t)
	})
}

func TestCreatePhoneNumberOrder_not_available(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		theirs, free := e.tenant(t).own(t, businessCalling, 1)[0], c.available(t, 1)[0]
		for _, number := range []string{theirs, "+12065550200", "+12065551234", "+18005550100"} {
			product := voiceConnector
			o := c.order(t, product, number)
			equal(t, "status", o.Status, types.PhoneNumberOrderStatusFailed)
			equal(t, "items", o.OrderedPhoneNumbers, ordered("Failed", number))
			c.noNumber(t, number)
		}
		equal(t, "order of a foreign number", c.order(t, sipDialIn, "+442079460000").Status, types.PhoneNumberOrderStatusFailed)
		o := c.order(t, businessCalling, theirs, free)
		equal(t, "status of both", o.Status, types.PhoneNumberOrderStatusPartial)
		equal(t, "items of both", o.OrderedPhoneNumbers, append(ordered("Failed", theirs), ordered("Acquired", free)...))
		equal(t, "inventory", c.listNumbers(t, chime.ListPhoneNumbersInput{}).all(t, 99), []string{free})
	})
}

func TestCreatePhoneNumberOrder_own_number(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		number := c.own(t, businessCalling, 1)[0]
		before := c.number(t, number)
		equal(t, "status", c.order(t, voiceConnector, number).Status, types.PhoneNumberOrderStatusFailed)
		equal(t, "number", c.number(t, number), before)
	})
}

func TestCreatePhoneNumberOrder_spellings(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		numbers := c.available(t, 2)
		o := c.order(t, businessCalling, numbers[0][1:], numbers[1], numbers[0])
		equal(t, "items", o.OrderedPhoneNumbers, ordered("Acquired", numbers...))
		equal(t, "inventory", c.listNumbers(t, chime.ListPhoneNumbersInput{}).all(t, 99), numbers)
	})
}

func TestCreatePhoneNumberOrder_bad_members(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		for body, member := range map[string]string{
			`{"E164PhoneNumbers":["+12065550100"]}`:                                                   "'ProductType'",
			`{"E164PhoneNumbers":["+12065550100"],"ProductType":"Voice Connector"}`:                   "'ProductType'",
			`{"ProductType":"BusinessCalling"}`:                                                       "'E164PhoneNumbers'",
			`{"ProductType":"BusinessCalling","E164PhoneNumbers":[]}`:                                 "'E164PhoneNumbers'",
			`{"ProductType":"BusinessCalling","E164PhoneNumbers":["+02065550100"]}`:                   "E164PhoneNumbers",
			`{"ProductType":"BusinessCalling","E164PhoneNumbers":["%2B12065550100"]}`:                 "E164PhoneNumbers",
			`{"ProductType":"BusinessCalling","E164PhoneNumbers":["+1"]}`:                             "",
			`{"ProductType":"BusinessCalling","E164PhoneNumbers":["+1234567890123456"]}`:              "E164PhoneNumbers",
			`{"ProductType":"BusinessCalling","E164PhoneNumbers":["+12065550100","206 555-0101 "]}`:   "E164PhoneNumbers",
			`{"ProductType":"BusinessCalling","E164PhoneNumbers":"+12065550100"}`:                     "E164PhoneNumbers",
			`{"ProductType":"BusinessCalling","E164PhoneNumbers":["+12065550100"],"ProductType":"x"}`: "twice",
		} {
			e.send(t, "POST", "/phone-number-orders", body).refused(t, badRequest, member)
		}
	})
}

func TestCreatePhoneNumberOrder_quota(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) { // the documented quota is 5
		c := e.tenant(t)
		numbers := c.available(t, 6)
		_, err := c.tryOrder(t, businessCalling, numbers...)
		refused(t, err, limitExceeded, "5")
		c.listNumbers(t, chime.ListPhoneNumbersInput{}).isEmpty(t)
		c.listOrders(t).isEmpty(t)
		c.acquire(t, businessCalling, numbers[:5]...)
		_, err = c.tryOrder(t, businessCalling, numbers[5])
		refused(t, err, limitExceeded, "5")
		succeed(t, c.deleteNumber(t, numbers[0]))
		_, err = c.tryOrder(t, businessCalling, numbers[5])
		refused(t, err, limitExceeded, "queue")
		e.tenant(t).own(t, businessCalling, 1) // the others are not full
	})
}

func TestCreatePhoneNumberOrder_raced_for_one_number(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		number := e.available(t, 1)[0]
		callers := []*caller{e.tenant(t), e.tenant(t), e.tenant(t), e.tenant(t)}
		equal(t, "owners", raceFor(t, number, callers), 1)
	})
}

// raceFor lets callers order a number at the same time, and returns how many
// of them have it in the end.
func raceFor(t *testing.T, number string, callers []*caller) (owners int) {
	t.Helper()
	orders := make([]*types.PhoneNumberOrder, len(callers))
	for _, err := range atOnce(len(callers), func(i int) (err error) {
		orders[i], err = callers[i].tryOrder(t, businessCalling, number)
		return err
	}) {
		succeed(t, err)
	}
	for i, c := range callers {
		acquired := c.completed(t, orders[i].PhoneNumberOrderId).Status == types.PhoneNumberOrderStatusSuccessful
		equal(t, "number is in the inventory of who acquired it", c.status(t, number) == types.PhoneNumberStatusUnassigned, acquired)
		if acquired {
			owners++
		}
	}
	return owners
}
