package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// listOrders is the list of the orders of the caller's AWS account.
func (c *caller) listOrders(t testing.TB) pager {
	return func(size *int32, token *string) (ids []string, next *string, err error) {
		out, err := c.ListPhoneNumberOrders(t.Context(), &chime.ListPhoneNumberOrdersInput{MaxResults: size, NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		for _, o := range out.PhoneNumberOrders {
			ids = append(ids, *o.PhoneNumberOrderId)
		}
		return ids, out.NextToken, nil
	}
}

// orders orders n numbers one by one and returns the ids, newest first.
func (c *caller) orders(t testing.TB, n int) []string {
	t.Helper()
	numbers, ids := c.available(t, n), make([]string, n)
	for i, number := range numbers {
		o, err := c.tryOrder(t, businessCalling, number)
		succeed(t, err)
		ids[n-1-i] = *o.PhoneNumberOrderId
	}
	return ids
}

func TestListPhoneNumberOrders_newest_first(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		c.listOrders(t).isEmpty(t)
		ids := c.orders(t, 4)
		c.listOrders(t).holds(t, ids)
		for _, id := range ids {
			c.completed(t, &id)
		}
		out, err := c.ListPhoneNumberOrders(t.Context(), &chime.ListPhoneNumberOrdersInput{})
		succeed(t, err)
		equal(t, "item", &out.PhoneNumberOrders[0], c.getOrder(t, &ids[0]))
		e.tenant(t).listOrders(t).isEmpty(t)
	})
}

func TestListPhoneNumberOrders_page_sizes(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		c.orders(t, 100)
		c.listOrders(t).pageSizes(t, 99, 99)
	})
}
