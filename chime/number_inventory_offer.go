package chime

import (
	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// OfferPhoneNumbers fills the operator's inventory, from which all AWS accounts
// order. What is not given is taken from the number itself.
func (s *Service) OfferPhoneNumbers(w *work.Unit, in *api.OfferPhoneNumbersInput) (*api.OfferPhoneNumbersOutput, error) {
	offers := []api.OfferedPhoneNumber{}
	for i := range in.PhoneNumbers {
		o, err := s.offered(w, &in.PhoneNumbers[i], i)
		if err != nil {
			return nil, err
		}
		if err := w.PutOfferedNumber(o); err != nil {
			return nil, err
		}
		offers = append(offers, *offerShape(o))
	}
	return &api.OfferPhoneNumbersOutput{PhoneNumbers: offers}, nil
}

func (s *Service) offered(w *work.Unit, v *api.OfferedPhoneNumber, i int) (*store.OfferedNumber, error) {
	e164, _ := parseNumberID(v.E164PhoneNumber.V) // the pattern has been checked
	of := s.inventory.natureOf(e164)
	if of.country == "" && !v.Country.Set {
		return nil, api.Invalid("PhoneNumbers["+itoa(i)+"].Country", "be given for a number that tells no country")
	}
	o := &store.OfferedNumber{
		E164: e164, Country: v.Country.Or(of.country), Type: string(v.Type.Or(of.numberType)),
		City: v.City.V, State: v.State.V, CreatedMs: w.NowMs(),
	}
	if e164[1] == '1' && len(e164) == len("+12065550100") {
		o.AreaCode = e164[2:5]
	}
	for _, p := range v.ProductTypes {
		if err := checkProduct("PhoneNumbers["+itoa(i)+"].ProductTypes", nature{o.Country, api.PhoneNumberType(o.Type)}, p); err != nil {
			return nil, err
		}
		o.ProductTypes = append(o.ProductTypes, string(p))
	}
	return o, nil
}

func offerShape(o *store.OfferedNumber) *api.OfferedPhoneNumber {
	products := make([]api.PhoneNumberProductType, len(o.ProductTypes))
	for i, p := range o.ProductTypes {
		products[i] = api.PhoneNumberProductType(p)
	}
	return &api.OfferedPhoneNumber{
		City: api.NonZero(o.City), Country: api.NonZero(o.Country), E164PhoneNumber: api.Some(o.E164),
		ProductTypes: products, State: api.NonZero(o.State), Type: api.Some(api.PhoneNumberType(o.Type)),
	}
}

// offerList is by number.
var offerList = list[store.OfferedNumber, api.OfferedPhoneNumber]{
	pageSize: resultPageSize,
	at:       func(o *store.OfferedNumber) store.Position { return store.Position{ID: o.E164} },
	shape:    value(offerShape),
	size:     jsonSize[api.OfferedPhoneNumber],
}

// ListOfferedPhoneNumbers returns the operator's inventory by number.
func (s *Service) ListOfferedPhoneNumbers(w *work.Unit, in *api.ListOfferedPhoneNumbersInput) (*api.ListOfferedPhoneNumbersOutput, error) {
	q := listing{in: in, token: in.NextToken, maxResults: in.MaxResults}
	offers, next, err := offerList.page(s, w, q, func(after store.Position, limit int) ([]store.OfferedNumber, error) {
		return w.OfferedNumbers(store.OfferFilter{After: after, Limit: limit})
	})
	return &api.ListOfferedPhoneNumbersOutput{PhoneNumbers: offers, NextToken: next}, err
}
