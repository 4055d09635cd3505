package e2e

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func TestListPhoneNumbers_in_order_of_creation(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		list := c.listNumbers(t, chime.ListPhoneNumbersInput{})
		list.isEmpty(t)
		numbers := c.available(t, 4)
		slices.Reverse(numbers)
		for _, number := range numbers {
			c.acquire(t, businessCalling, number)
		}
		list.holds(t, numbers)
		out, err := c.ListPhoneNumbers(t.Context(), &chime.ListPhoneNumbersInput{})
		succeed(t, err)
		equal(t, "item", &out.PhoneNumbers[0], c.number(t, numbers[0]))
		e.tenant(t).listNumbers(t, chime.ListPhoneNumbersInput{}).isEmpty(t)
	})
}

func TestListPhoneNumbers_page_sizes(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		numbers := c.own(t, voiceConnector, 100)
		list := c.listNumbers(t, chime.ListPhoneNumbersInput{})
		list.pageSizes(t, 99, 99)
		equal(t, "all numbers", list.all(t, 98), numbers)
	})
}

// inventory is an AWS account with numbers of many kinds.
type inventory struct {
	*caller
	accountID, userID                  string
	free, connector, assigned, deleted string // numbers
}

func (e *env) inventory(t *testing.T) inventory {
	t.Helper()
	c := e.tenant(t)
	v := inventory{caller: c, accountID: c.team(t)}
	v.userID = *c.user(t, v.accountID, "ann@example.com").UserId
	numbers := c.available(t, 4)
	v.free, v.connector, v.assigned, v.deleted = numbers[0], numbers[1], numbers[2], numbers[3]
	c.acquire(t, voiceConnector, v.connector)
	c.acquire(t, businessCalling, v.free, v.assigned, v.deleted)
	succeed(t, c.assign(t, v.accountID, &v.userID, v.assigned))
	succeed(t, c.deleteNumber(t, v.deleted))
	return v
}

func TestListPhoneNumbers_filters(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		v := e.inventory(t)
		type input = chime.ListPhoneNumbersInput
		for _, tt := range []struct {
			in   input
			want []string
		}{
			{input{}, []string{v.connector, v.free, v.assigned, v.deleted}},
			{input{Status: types.PhoneNumberStatusUnassigned}, []string{v.connector, v.free}},
			{input{Status: types.PhoneNumberStatusAssigned}, []string{v.assigned}},
			{input{Status: types.PhoneNumberStatusReleaseInProgress}, []string{v.deleted}},
			{input{Status: types.PhoneNumberStatusDeleteFailed}, nil},
			{input{ProductType: voiceConnector}, []string{v.connector}},
			{input{ProductType: businessCalling}, []string{v.free, v.assigned, v.deleted}},
			{input{ProductType: sipDialIn}, nil},
			{input{ProductType: businessCalling, Status: types.PhoneNumberStatusUnassigned}, []string{v.free}},
			{input{FilterName: "AccountId", FilterValue: &v.accountID}, []string{v.assigned}},
			{input{FilterName: "UserId", FilterValue: &v.userID}, []string{v.assigned}},
			{input{FilterName: "UserId", FilterValue: &v.userID, Status: types.PhoneNumberStatusAssigned, ProductType: businessCalling}, []string{v.assigned}},
			{input{FilterName: "UserId", FilterValue: &v.userID, ProductType: voiceConnector}, nil},
			{input{FilterName: "UserId", FilterValue: &v.accountID}, nil},
			{input{FilterName: "UserId", FilterValue: aws.String("nobody")}, nil},
			{input{FilterName: "AccountId", FilterValue: aws.String(unknownID)}, nil},
			{input{FilterName: "VoiceConnectorId", FilterValue: &v.accountID}, nil},
			{input{FilterName: "VoiceConnectorGroupId", FilterValue: aws.String("x")}, nil},
			{input{FilterName: "SipRuleId", FilterValue: aws.String("x")}, nil},
		} {
			equal(t, "numbers", v.listNumbers(t, tt.in).all(t, 1), tt.want)
		}
	})
}

func TestListPhoneNumbers_bad_filters(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		for query, word := range map[string]string{
			"filter-name=UserId":                    "FilterValue",
			"filter-value=x":                        "FilterName",
			"filter-name=userid&filter-value=x":     "'FilterName'",
			"filter-name=Email&filter-value=x":      "'FilterName'",
			"status=unassigned":                     "'Status'",
			"status=":                               "'Status'",
			"status=Assigned&status=Unassigned":     "",
			"product-type=Voice%20Connector":        "'ProductType'",
			"max-results=1.5":                       "'MaxResults'",
			"product-type=BusinessCalling&status=X": "'Status'",
		} {
			e.send(t, "GET", "/phone-numbers?"+query, "").refused(t, badRequest, word)
		}
	})
}

func TestListPhoneNumbers_token_and_filters(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		numbers := c.own(t, businessCalling, 2)
		c.own(t, voiceConnector, 1)
		_, token := c.listNumbers(t, chime.ListPhoneNumbersInput{ProductType: businessCalling}).page(t, aws.Int32(1), nil)
		for _, in := range []chime.ListPhoneNumbersInput{{}, {ProductType: businessCalling}} {
			rest, next := c.listNumbers(t, in).page(t, nil, token)
			equal(t, "page 2", rest, numbers[1:])
			equal(t, "NextToken", next, nil)
		}
		for _, in := range []chime.ListPhoneNumbersInput{
			{ProductType: voiceConnector},
			{Status: types.PhoneNumberStatusUnassigned},
			{FilterName: "UserId", FilterValue: aws.String("x")},
		} {
			_, _, err := c.listNumbers(t, in)(nil, token)
			refused(t, err, badRequest, "'NextToken'")
		}
	})
}
