package chime

import (
	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// searchList is by number; an item is a number of at most 16 characters.
var searchList = list[string, string]{
	pageSize: searchPageSize,
	at:       func(e164 *string) store.Position { return store.Position{ID: *e164} },
	shape:    func(item, e164 *string) { *item = *e164 },
	size:     func(*string) int { return 19 },
}

// SearchAvailablePhoneNumbers returns numbers that can be ordered.
func (s *Service) SearchAvailablePhoneNumbers(w *work.Unit, in *api.SearchAvailablePhoneNumbersInput) (*api.SearchAvailablePhoneNumbersOutput, error) {
	numberType := textFilter(in.PhoneNumberType)
	q := listing{
		in: in, token: in.NextToken, maxResults: in.MaxResults,
		filters: []*api.Opt[string]{&in.AreaCode, &in.City, &in.Country, &in.State, &in.TollFreePrefix, &numberType},
	}
	found, next, err := searchList.page(s, w, q, func(after store.Position, limit int) ([]string, error) {
		o := offer{
			country: in.Country.Or("US"), areaCode: in.AreaCode.V, city: in.City.V, state: in.State.V,
			tollFreePrefix: in.TollFreePrefix.V, numberType: numberType.V,
		}
		if err := checkSearch(in, o); err != nil {
			return nil, err
		}
		return s.inventory.search(w.Records, o, after.ID, limit)
	})
	return &api.SearchAvailablePhoneNumbersOutput{E164PhoneNumbers: found, NextToken: next}, err
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
func (s *Service) ListSupportedPhoneNumberCountries(_ *work.Unit, in *api.ListSupportedPhoneNumberCountriesInput) (*api.ListSupportedPhoneNumberCountriesOutput, error) {
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
