package chime_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"carillon/api"
	"carillon/chime"
)

func (w *world) getOrder(id string) *api.PhoneNumberOrder {
	w.Helper()
	out, err := w.GetPhoneNumberOrder(w.ctx, &api.GetPhoneNumberOrderInput{PhoneNumberOrderId: id})
	w.must(err)
	return out.PhoneNumberOrder
}

// items returns what an order says of its numbers.
func items(o *api.PhoneNumberOrder) []string {
	var list []string
	for _, n := range o.OrderedPhoneNumbers {
		list = append(list, n.E164PhoneNumber.V+" "+string(n.Status.V))
	}
	return list
}

func TestOrder(t *testing.T) {
	w := newWorld(t)
	w.configure(func(c *chime.Config) { c.Quotas.PhoneNumbers = 50 })
	w.ctx = as(other)
	w.own(fiction(9))
	w.ctx = as(aws)
	w.own(fiction(8))
	for name, test := range map[string]struct {
		numbers []string
		status  api.PhoneNumberOrderStatus
		items   []string
	}{
		"all there":      {[]string{fiction(0), "12065550101"}, api.PhoneNumberOrderStatusSuccessful, []string{"+12065550100 Acquired", "+12065550101 Acquired"}},
		"one taken":      {[]string{fiction(2), fiction(9)}, api.PhoneNumberOrderStatusPartial, []string{"+12065550102 Acquired", "+12065550109 Failed"}},
		"taken":          {[]string{fiction(9)}, api.PhoneNumberOrderStatusFailed, []string{"+12065550109 Failed"}},
		"the caller has": {[]string{fiction(8)}, api.PhoneNumberOrderStatusFailed, []string{"+12065550108 Failed"}},
		"no such number": {[]string{"+12065550200"}, api.PhoneNumberOrderStatusFailed, []string{"+12065550200 Failed"}},
		"given twice":    {[]string{fiction(3), "12065550103"}, api.PhoneNumberOrderStatusSuccessful, []string{"+12065550103 Acquired"}},
	} {
		id := w.order(api.PhoneNumberProductTypeBusinessCalling, test.numbers...)
		if o := w.getOrder(id); o.Status.V != api.PhoneNumberOrderStatusProcessing || len(o.OrderedPhoneNumbers) != len(test.items) {
			t.Errorf("%s: begins as %+v", name, o)
		}
		at := w.advance(time.Second)
		w.mustWork()
		o := w.getOrder(id)
		if got := items(o); o.Status.V != test.status || !slices.Equal(got, test.items) || o.UpdatedTimestamp != at {
			t.Errorf("%s: got %s %v at %d, want %s %v at %d", name, o.Status.V, got, o.UpdatedTimestamp, test.status, test.items, at)
		}
		w.clearNumbers(fiction(8))
	}
	w.wantStatus(fiction(8), api.PhoneNumberStatusUnassigned)
}

// clearNumbers puts all numbers but one into the deletion queue.
func (w *world) clearNumbers(except string) {
	w.Helper()
	numbers, _, err := w.listNumbers(api.ListPhoneNumbersInput{})
	w.must(err)
	for _, n := range numbers {
		if n != except {
			w.must(w.release(n))
		}
	}
}

func TestOrder_refused(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct {
		product api.PhoneNumberProductType
		numbers []string
	}{
		"no number":             {api.PhoneNumberProductTypeBusinessCalling, nil},
		"toll-free":             {api.PhoneNumberProductTypeBusinessCalling, []string{fiction(0), "+18885550100"}},
		"abroad":                {api.PhoneNumberProductTypeVoiceConnector, []string{"+442079460000"}},
		"abroad, calling":       {api.PhoneNumberProductTypeBusinessCalling, []string{"+442079460000"}},
		"Canada":                {api.PhoneNumberProductTypeBusinessCalling, []string{"+14165550100"}},
		"too short to be valid": {api.PhoneNumberProductTypeBusinessCalling, []string{"+12"}},
	} {
		_, err := w.CreatePhoneNumberOrder(w.ctx, &api.CreatePhoneNumberOrderInput{
			ProductType: api.Some(test.product), E164PhoneNumbers: test.numbers,
		})
		w.refused(name, err, api.BadRequest)
	}
	if numbers, _, _ := w.listNumbers(api.ListPhoneNumbersInput{}); len(numbers) > 0 {
		t.Errorf("a refused order reserved %v", numbers)
	}
	_, err := w.GetPhoneNumberOrder(w.ctx, &api.GetPhoneNumberOrderInput{PhoneNumberOrderId: "00000000-0000-0000-0000-000000000000"})
	w.refused("unknown", err, api.NotFound)
	id := w.order(api.PhoneNumberProductTypeBusinessCalling, fiction(0))
	_, err = w.GetPhoneNumberOrder(as(other), &api.GetPhoneNumberOrderInput{PhoneNumberOrderId: id})
	w.refused("another AWS account", err, api.NotFound)
}

// Of two orders of one number the first has it.
func TestOrder_same(t *testing.T) {
	w := newWorld(t)
	first := w.order(api.PhoneNumberProductTypeBusinessCalling, fiction(0))
	second := w.order(api.PhoneNumberProductTypeBusinessCalling, fiction(0))
	w.mustWork()
	if a, b := w.getOrder(first).Status.V, w.getOrder(second).Status.V; a != api.PhoneNumberOrderStatusSuccessful || b != api.PhoneNumberOrderStatusFailed {
		t.Errorf("the first is %s, the second %s", a, b)
	}
	w.wantStatus(fiction(0), api.PhoneNumberStatusUnassigned)
}

func TestListPhoneNumberOrders(t *testing.T) {
	w := newWorld(t)
	var want []string
	for i := range 5 {
		w.advance(time.Duration(i%2) * time.Millisecond)
		want = append(want, w.order(api.PhoneNumberProductTypeBusinessCalling, fmt.Sprintf("+1206555019%d", i)))
	}
	slices.Reverse(want)
	for limit := 1; limit <= 6; limit++ {
		got, pages := w.pages(api.Opt[string]{}, func(token api.Opt[string]) ([]string, api.Opt[string], error) {
			out, err := w.ListPhoneNumberOrders(w.ctx, &api.ListPhoneNumberOrdersInput{MaxResults: api.Some(limit), NextToken: token})
			var ids []string
			for i := range out.PhoneNumberOrders {
				ids = append(ids, out.PhoneNumberOrders[i].PhoneNumberOrderId.V)
			}
			return ids, out.NextToken, err
		})
		if !slices.Equal(got, want) || pages != (4+limit)/limit {
			t.Errorf("pages of %d: %v on %d pages, want %v", limit, got, pages, want)
		}
	}
}
