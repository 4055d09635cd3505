package chime

import (
	"context"

	"carillon/api"
	"carillon/store"
)

// OfferPhoneNumbers fills the operator's inventory, from which all AWS accounts
// order. What is not given is taken from the number itself.
func (s *Service) OfferPhoneNumbers(ctx context.Context, in *api.OfferPhoneNumbersInput) (*api.OfferPhoneNumbersOutput, error) {
	out := &api.OfferPhoneNumbersOutput{}
	err := s.Store.Update(ctx, func(r store.Records) error {
		out.PhoneNumbers = []api.OfferedPhoneNumber{}
		for i := range in.PhoneNumbers {
			o, err := s.offered(&in.PhoneNumbers[i], i)
			if err != nil {
				return err
			}
			if err := r.PutOfferedNumber(o); err != nil {
				return err
			}
			out.PhoneNumbers = append(out.PhoneNumbers, *offerShape(o))
		}
		return nil
	})
	return out, err
}

func (s *Service) offered(v *api.OfferedPhoneNumber, i int) (*store.OfferedNumber, error) {
	e164, _ := parseNumberID(v.E164PhoneNumber.V) // the pattern has been checked
	of := s.stock.natureOf(e164)
	if of.country == "" && !v.Country.Set {
		return nil, api.Invalid("PhoneNumbers["+itoa(i)+"].Country", "be given for a number that tells no country")
	}
	o := &store.OfferedNumber{
		E164: e164, Country: v.Country.Or(of.country), Type: string(v.Type.Or(of.numberType)),
		City: v.City.V, State: v.State.V, CreatedMs: s.nowMs(),
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

// ListOfferedPhoneNumbers returns the operator's inventory by number.
func (s *Service) ListOfferedPhoneNumbers(ctx context.Context, in *api.ListOfferedPhoneNumbersInput) (*api.ListOfferedPhoneNumbersOutput, error) {
	sc := scope("ListOfferedPhoneNumbers", awsAccount(ctx), "")
	c, err := s.tokens.open(sc, in.NextToken)
	if err != nil {
		return nil, err
	}
	limit := in.MaxResults.Or(resultPageSize)
	var rows []store.OfferedNumber
	err = s.view(ctx, func(r store.Records) (err error) {
		rows, err = r.OfferedNumbers(store.OfferFilter{After: c.ID, Limit: limit + 1})
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, next := page(s.tokens, sc, c, rows, limit, func(o *store.OfferedNumber) (int64, string) { return 0, o.E164 })
	return &api.ListOfferedPhoneNumbersOutput{PhoneNumbers: shapes(rows, offerShape), NextToken: next}, nil
}
