package chime

import (
	"context"
	"errors"
	"slices"

	"carillon/api"
	"carillon/jobs"
	"carillon/store"
	"carillon/work"
)

func orderShape(o *store.PhoneNumberOrder) *api.PhoneNumberOrder {
	numbers := make([]api.OrderedPhoneNumber, len(o.Items))
	for i, item := range o.Items {
		numbers[i] = api.OrderedPhoneNumber{E164PhoneNumber: api.Some(item.E164), Status: api.Some(api.OrderedPhoneNumberStatus(item.Status))}
	}
	return &api.PhoneNumberOrder{
		CreatedTimestamp: api.Timestamp(o.CreatedMs), OrderedPhoneNumbers: numbers, PhoneNumberOrderId: api.Some(o.OrderID),
		ProductType: api.Some(api.PhoneNumberProductType(o.ProductType)), Status: api.Some(api.PhoneNumberOrderStatus(o.Status)),
		UpdatedTimestamp: api.Timestamp(o.UpdatedMs),
	}
}

// CreatePhoneNumberOrder orders numbers. They are reserved at once; a job
// completes the order.
func (s *Service) CreatePhoneNumberOrder(w *work.Unit, in *api.CreatePhoneNumberOrderInput) (*api.CreatePhoneNumberOrderOutput, error) {
	numbers, err := orderedNumbers(in)
	if err != nil {
		return nil, err
	}
	if err := s.roomForNumbers(w, len(numbers)); err != nil {
		return nil, err
	}
	o := newOrder(w, string(in.ProductType.V), numbers)
	for _, e164 := range numbers {
		if err := s.reserve(w, o, e164); err != nil {
			return nil, err
		}
	}
	if err := w.InsertOrder(o); err != nil {
		return nil, err
	}
	err = w.Enqueue(jobCompleteOrder, completeOrder{o.AwsAccountID, o.OrderID}, o.CreatedMs)
	return &api.CreatePhoneNumberOrderOutput{PhoneNumberOrder: orderShape(o)}, err
}

// roomForNumbers refuses more numbers than the quota of the AWS account, in
// which those in the deletion queue count. It locks the account's settings, so
// that of two orders at once one sees the other.
func (s *Service) roomForNumbers(w *work.Unit, more int) error {
	if err := oneBatch(w); err != nil {
		return err
	}
	have, err := w.CountPhoneNumbers(w.Caller.AwsAccountID)
	if quota := s.config.Quotas.PhoneNumbers; err == nil && int(have)+more > quota {
		err = api.ResourceLimitExceeded.Errorf("The AWS account may have %d phone numbers; it has %d, those in the deletion queue included", quota, have)
	}
	return err
}

// orderedNumbers returns the numbers of an order, each once, as E.164.
func orderedNumbers(in *api.CreatePhoneNumberOrderInput) ([]string, error) {
	if len(in.E164PhoneNumbers) == 0 {
		return nil, api.Invalid("E164PhoneNumbers", "have length greater than or equal to 1, not 0")
	}
	var numbers []string
	for _, v := range in.E164PhoneNumbers {
		e164, _ := parseNumberID(v) // the model's pattern has been checked
		if !slices.Contains(numbers, e164) {
			numbers = append(numbers, e164)
		}
	}
	return numbers, nil
}

func newOrder(w *work.Unit, product string, numbers []string) *store.PhoneNumberOrder {
	now := w.NowMs()
	o := &store.PhoneNumberOrder{
		AwsAccountID: w.Caller.AwsAccountID, OrderID: w.NewID(), ProductType: product,
		Status: string(api.PhoneNumberOrderStatusProcessing), CreatedMs: now, UpdatedMs: now,
	}
	for _, e164 := range numbers {
		o.Items = append(o.Items, store.OrderedNumber{E164: e164, Status: string(api.OrderedPhoneNumberStatusProcessing)})
	}
	return o
}

// reserve takes a number for an order. One that cannot be had is left alone,
// and the order will find that out.
func (s *Service) reserve(w *work.Unit, o *store.PhoneNumberOrder, e164 string) error {
	of, available, err := s.inventory.look(w.Records, e164, api.PhoneNumberProductType(o.ProductType))
	if err == nil {
		err = checkProduct("ProductType", of, api.PhoneNumberProductType(o.ProductType))
	}
	if err != nil || !available {
		return err
	}
	err = w.InsertPhoneNumber(&store.PhoneNumber{
		E164: e164, AwsAccountID: o.AwsAccountID, Country: of.country, Type: string(of.numberType), ProductType: o.ProductType,
		Status: acquiring, CallingNameStatus: string(api.CallingNameStatusUnassigned), OrderID: o.OrderID,
		CreatedMs: o.CreatedMs, UpdatedMs: o.CreatedMs,
	})
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}

// completeOrder is the payload of the job that completes an order.
type completeOrder struct{ AwsAccountID, OrderID string }

func (s *Service) runCompleteOrder(_ context.Context, t *jobs.Task) (jobs.Effects, error) {
	var p completeOrder
	if err := t.Payload(&p); err != nil {
		return nil, err
	}
	return func(w *work.Unit) error {
		o, err := w.Order(p.AwsAccountID, p.OrderID)
		if err != nil {
			return err
		}
		failed := 0
		for i := range o.Items {
			ok, err := acquire(w, &o, &o.Items[i])
			if err != nil {
				return err
			}
			if !ok {
				failed++
			}
		}
		o.Status, o.UpdatedMs = string(orderStatus(failed, len(o.Items))), w.NowMs()
		w.Happened(completedOrder(&o))
		return w.UpdateOrder(&o)
	}, nil
}

// completedOrder is what the audit says of an order that a job has completed.
func completedOrder(o *store.PhoneNumberOrder) work.Step {
	return work.Step{
		Name: "CompletePhoneNumberOrder", Details: map[string]any{"phoneNumberOrderId": o.OrderID, "status": o.Status, "phoneNumbers": len(o.Items)},
		Touched: []work.Touched{{Type: "AWS::Chime::PhoneNumberOrder", Name: o.OrderID}, work.TouchedNumber},
	}
}

// acquire puts a reserved number into the inventory and reports whether the
// order had reserved it.
func acquire(w *work.Unit, o *store.PhoneNumberOrder, item *store.OrderedNumber) (bool, error) {
	n, err := w.LockPhoneNumber(o.AwsAccountID, item.E164)
	if errors.Is(err, store.ErrNotFound) || err == nil && (n.OrderID != o.OrderID || n.Status != acquiring) {
		item.Status = string(api.OrderedPhoneNumberStatusFailed)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	item.Status = string(api.OrderedPhoneNumberStatusAcquired)
	n.Status, n.UpdatedMs = unassigned, w.NowMs()
	return true, w.UpdatePhoneNumber(&n)
}

func orderStatus(failed, all int) api.PhoneNumberOrderStatus {
	switch failed {
	case 0:
		return api.PhoneNumberOrderStatusSuccessful
	case all:
		return api.PhoneNumberOrderStatusFailed
	}
	return api.PhoneNumberOrderStatusPartial
}

// GetPhoneNumberOrder returns an order of the caller's AWS account.
func (s *Service) GetPhoneNumberOrder(w *work.Unit, in *api.GetPhoneNumberOrderInput) (*api.GetPhoneNumberOrderOutput, error) {
	o, err := w.Order(w.Caller.AwsAccountID, in.PhoneNumberOrderId)
	return &api.GetPhoneNumberOrderOutput{PhoneNumberOrder: orderShape(&o)}, err
}

// orderList is newest first.
var orderList = list[store.PhoneNumberOrder, api.PhoneNumberOrder]{
	pageSize: resultPageSize,
	at:       func(o *store.PhoneNumberOrder) store.Position { return store.Position{Ms: o.CreatedMs, ID: o.OrderID} },
	shape:    value(orderShape),
	size:     jsonSize[api.PhoneNumberOrder],
}

// ListPhoneNumberOrders returns the orders of the AWS account, newest first.
func (s *Service) ListPhoneNumberOrders(w *work.Unit, in *api.ListPhoneNumberOrdersInput) (*api.ListPhoneNumberOrdersOutput, error) {
	q := listing{in: in, token: in.NextToken, maxResults: in.MaxResults}
	orders, next, err := orderList.page(s, w, q, func(after store.Position, limit int) ([]store.PhoneNumberOrder, error) {
		return w.Orders(w.Caller.AwsAccountID, after, limit)
	})
	return &api.ListPhoneNumberOrdersOutput{PhoneNumberOrders: orders, NextToken: next}, err
}
