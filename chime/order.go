package chime

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"carillon/api"
	"carillon/jobs"
	"carillon/store"
)

// SearchAvailablePhoneNumbers returns numbers that can be ordered.
func (s *Service) SearchAvailablePhoneNumbers(ctx context.Context, in *api.SearchAvailablePhoneNumbersInput) (*api.SearchAvailablePhoneNumbersOutput, error) {
	sc := scope("SearchAvailablePhoneNumbers", awsAccount(ctx), "")
	numberType := textFilter(in.PhoneNumberType)
	c, err := s.tokens.open(sc, in.NextToken, &in.AreaCode, &in.City, &in.Country, &in.State, &in.TollFreePrefix, &numberType)
	if err != nil {
		return nil, err
	}
	o := offer{
		country: in.Country.Or("US"), areaCode: in.AreaCode.V, city: in.City.V, state: in.State.V,
		tollFreePrefix: in.TollFreePrefix.V, numberType: numberType.V,
	}
	if err := checkSearch(in, o); err != nil {
		return nil, err
	}
	limit := in.MaxResults.Or(searchPageSize)
	var found []string
	err = s.view(ctx, func(r store.Records) (err error) {
		found, err = s.stock.search(r, o, c.ID, limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	found, next := page(s.tokens, sc, c, found, limit, func(e164 *string) (int64, string) { return 0, *e164 })
	return &api.SearchAvailablePhoneNumbersOutput{E164PhoneNumbers: append([]string{}, found...), NextToken: next}, nil
}

// checkSearch checks which filters go together.
func checkSearch(in *api.SearchAvailablePhoneNumbersInput, o offer) error {
	narrow := in.AreaCode.Set || in.City.Set || in.State.Set || in.TollFreePrefix.Set
	switch {
	case o.country != "US" && (narrow || o.numberType == ""):
		return api.BadRequest.Errorf("%s: outside the US the filters are Country and PhoneNumberType, and both are needed", messageBadRequest)
	case o.country == "US" && !narrow:
		return api.BadRequest.Errorf("%s: in the US, AreaCode, City, State or TollFreePrefix is needed", messageBadRequest)
	case in.City.Set && !in.State.Set:
		return api.BadRequest.Errorf("%s: City needs State", messageBadRequest)
	}
	return nil
}

// supportedCountries are the countries with numbers for SIP media applications
// besides the US.
var supportedCountries = []string{"AT", "AU", "CA", "CH", "DE", "DK", "FI", "GB", "IE", "IT", "KR", "NG", "NZ", "PR", "SE"}

// ListSupportedPhoneNumberCountries returns where a product has numbers.
func (s *Service) ListSupportedPhoneNumberCountries(_ context.Context, in *api.ListSupportedPhoneNumberCountriesInput) (*api.ListSupportedPhoneNumberCountriesOutput, error) {
	both := []api.PhoneNumberType{api.PhoneNumberTypeLocal, api.PhoneNumberTypeTollFree}
	us := api.PhoneNumberCountry{CountryCode: api.Some("US"), SupportedPhoneNumberTypes: both}
	if in.ProductType.V == api.PhoneNumberProductTypeBusinessCalling {
		us.SupportedPhoneNumberTypes = both[:1]
	}
	list := []api.PhoneNumberCountry{us}
	if in.ProductType.V == api.PhoneNumberProductTypeSipMediaApplicationDialIn {
		for _, code := range supportedCountries {
			list = append(list, api.PhoneNumberCountry{CountryCode: api.Some(code), SupportedPhoneNumberTypes: both})
		}
	}
	return &api.ListSupportedPhoneNumberCountriesOutput{PhoneNumberCountries: list}, nil
}

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
func (s *Service) CreatePhoneNumberOrder(ctx context.Context, in *api.CreatePhoneNumberOrderInput) (*api.CreatePhoneNumberOrderOutput, error) {
	numbers, err := orderedNumbers(in)
	if err != nil {
		return nil, err
	}
	o := s.newOrder(ctx, string(in.ProductType.V), numbers)
	err = s.Store.Update(ctx, func(r store.Records) error {
		if err := s.roomForNumbers(ctx, r, len(numbers)); err != nil {
			return err
		}
		for _, e164 := range numbers {
			if err := s.reserve(r, o, e164); err != nil {
				return err
			}
		}
		if err := r.InsertOrder(o); err != nil {
			return err
		}
		return s.enqueue(r, jobCompleteOrder, completeOrder{o.AwsAccountID, o.OrderID}, o.CreatedMs)
	})
	s.Wake()
	return &api.CreatePhoneNumberOrderOutput{PhoneNumberOrder: orderShape(o)}, err
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

func (s *Service) newOrder(ctx context.Context, product string, numbers []string) *store.PhoneNumberOrder {
	now := s.nowMs()
	o := &store.PhoneNumberOrder{
		AwsAccountID: awsAccount(ctx), OrderID: s.NewID(), ProductType: product,
		Status: string(api.PhoneNumberOrderStatusProcessing), CreatedMs: now, UpdatedMs: now,
	}
	for _, e164 := range numbers {
		o.Items = append(o.Items, store.OrderedNumber{E164: e164, Status: string(api.OrderedPhoneNumberStatusProcessing)})
	}
	return o
}

// reserve takes a number for an order. One that cannot be had is left alone,
// and the order will find that out.
func (s *Service) reserve(r store.Records, o *store.PhoneNumberOrder, e164 string) error {
	of, available, err := s.stock.look(r, e164, api.PhoneNumberProductType(o.ProductType))
	if err == nil {
		err = checkProduct("ProductType", of, api.PhoneNumberProductType(o.ProductType))
	}
	if err != nil || !available {
		return err
	}
	err = r.InsertPhoneNumber(&store.PhoneNumber{
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

func (s *Service) runCompleteOrder(_ context.Context, j *store.Job) (jobs.Effects, error) {
	var p completeOrder
	if err := json.Unmarshal([]byte(j.Payload), &p); err != nil {
		return nil, &jobs.Permanent{Err: err}
	}
	return func(r store.Records) error {
		o, err := r.Order(p.AwsAccountID, p.OrderID)
		if err != nil {
			return err
		}
		failed := 0
		for i := range o.Items {
			ok, err := s.acquire(r, &o, &o.Items[i])
			if err != nil {
				return err
			}
			if !ok {
				failed++
			}
		}
		o.Status, o.UpdatedMs = string(orderStatus(failed, len(o.Items))), s.nowMs()
		return r.UpdateOrder(&o)
	}, nil
}

// acquire puts a reserved number into the inventory and reports whether the
// order had reserved it.
func (s *Service) acquire(r store.Records, o *store.PhoneNumberOrder, item *store.OrderedNumber) (bool, error) {
	n, err := r.LockPhoneNumber(o.AwsAccountID, item.E164)
	if errors.Is(err, store.ErrNotFound) || err == nil && (n.OrderID != o.OrderID || n.Status != acquiring) {
		item.Status = string(api.OrderedPhoneNumberStatusFailed)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	item.Status = string(api.OrderedPhoneNumberStatusAcquired)
	n.Status, n.UpdatedMs = unassigned, s.nowMs()
	return true, r.UpdatePhoneNumber(&n)
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
func (s *Service) GetPhoneNumberOrder(ctx context.Context, in *api.GetPhoneNumberOrderInput) (*api.GetPhoneNumberOrderOutput, error) {
	var out api.GetPhoneNumberOrderOutput
	err := s.view(ctx, func(r store.Records) error {
		o, err := r.Order(awsAccount(ctx), in.PhoneNumberOrderId)
		out.PhoneNumberOrder = orderShape(&o)
		return absent(err)
	})
	return &out, err
}

// ListPhoneNumberOrders returns the orders of the AWS account, newest first.
func (s *Service) ListPhoneNumberOrders(ctx context.Context, in *api.ListPhoneNumberOrdersInput) (*api.ListPhoneNumberOrdersOutput, error) {
	sc := scope("ListPhoneNumberOrders", awsAccount(ctx), "")
	c, err := s.tokens.open(sc, in.NextToken)
	if err != nil {
		return nil, err
	}
	limit := in.MaxResults.Or(resultPageSize)
	var rows []store.PhoneNumberOrder
	err = s.view(ctx, func(r store.Records) (err error) {
		rows, err = r.Orders(awsAccount(ctx), c.Ms, c.ID, limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, next := page(s.tokens, sc, c, rows, limit, func(o *store.PhoneNumberOrder) (int64, string) { return o.CreatedMs, o.OrderID })
	return &api.ListPhoneNumberOrdersOutput{PhoneNumberOrders: shapes(rows, orderShape), NextToken: next}, nil
}
