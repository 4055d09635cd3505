package chime_test

import (
	"slices"
	"strings"
	"testing"

	"carillon/api"
)

type search = api.SearchAvailablePhoneNumbersInput

// found returns all pages of a search.
func (w *world) found(first search) []string {
	w.Helper()
	size := first.MaxResults
	list, _ := w.pages(api.Opt[string]{}, func(token api.Opt[string]) ([]string, api.Opt[string], error) {
		in := search{NextToken: token, MaxResults: size}
		if !token.Set {
			in = first
		}
		out, err := w.SearchAvailablePhoneNumbers(w.ctx, &in)
		return out.E164PhoneNumbers, out.NextToken, err
	})
	return list
}

func areaCode(code string) search { return search{AreaCode: api.Some(code)} }

func tollFree(prefix string) search { return search{TollFreePrefix: api.Some(prefix)} }

func place(city, state string) search {
	return search{City: api.NonZero(city), State: api.NonZero(state)}
}

// Without an inventory there are fictional numbers.
func TestSearch_fiction(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct {
		in    search
		count int
		first string
	}{
		"area code":             {areaCode("206"), 100, "+12065550100"},
		"unknown area code":     {areaCode("999"), 0, ""},
		"toll-free code":        {areaCode("888"), 0, ""},
		"toll-free":             {tollFree("888"), 100, "+18885550100"},
		"toll-free 800":         {tollFree("800"), 0, ""},
		"city":                  {place("Seattle", "WA"), 100, "+12065550100"},
		"city in small letters": {place("seattle", "WA"), 100, "+12065550100"},
		"city of another state": {place("Seattle", "OR"), 0, ""},
		"two codes":             {place("Tucson", "AZ"), 100, "+15205550100"},
		"code and state":        {search{AreaCode: api.Some("206"), State: api.Some("OR")}, 0, ""},
		"local":                 {search{AreaCode: api.Some("206"), PhoneNumberType: api.Some(api.PhoneNumberTypeLocal)}, 100, "+12065550100"},
		"no local ones":         {search{AreaCode: api.Some("206"), PhoneNumberType: api.Some(api.PhoneNumberTypeTollFree)}, 0, ""},
		"abroad":                {search{Country: api.Some("GB"), PhoneNumberType: api.Some(api.PhoneNumberTypeLocal)}, 0, ""},
	} {
		got := w.found(test.in)
		if len(got) != test.count || test.count > 0 && got[0] != test.first {
			t.Errorf("%s: %d numbers, %v, want %d from %s", name, len(got), got[:min(3, len(got))], test.count, test.first)
		}
	}
}

func TestSearch_refused(t *testing.T) {
	w := newWorld(t)
	local := api.Some(api.PhoneNumberTypeLocal)
	_, token := w.firstPage(areaCode("206"))
	for name, in := range map[string]search{
		"no filter":            {},
		"type only":            {PhoneNumberType: local},
		"US only":              {Country: api.Some("US"), PhoneNumberType: local},
		"city without state":   {City: api.Some("Seattle")},
		"abroad, no type":      {Country: api.Some("GB")},
		"abroad, with a city":  {Country: api.Some("GB"), PhoneNumberType: local, City: api.Some("London"), State: api.Some("X")},
		"abroad, with a code":  {Country: api.Some("GB"), PhoneNumberType: local, AreaCode: api.Some("20")},
		"another area code":    {AreaCode: api.Some("425"), NextToken: token},
		"a filter more":        {State: api.Some("WA"), NextToken: token},
		"a token that is none": {AreaCode: api.Some("206"), NextToken: api.Some("AQ")},
	} {
		_, err := w.SearchAvailablePhoneNumbers(w.ctx, &in)
		w.refused(name, err, api.BadRequest)
	}
	_, err := w.SearchAvailablePhoneNumbers(as(other), &search{NextToken: token})
	w.refused("token of another AWS account", err, api.BadRequest)
}

// firstPage returns a page of one number.
func (w *world) firstPage(in search) (string, api.Opt[string]) {
	w.Helper()
	in.MaxResults = api.Some(1)
	out, err := w.SearchAvailablePhoneNumbers(w.ctx, &in)
	w.must(err)
	if len(out.E164PhoneNumbers) != 1 {
		w.Fatalf("found %v", out.E164PhoneNumbers)
	}
	return out.E164PhoneNumbers[0], out.NextToken
}

// Pages have no gap and nothing twice; owned numbers are never offered,
// whoever owns them and also from the queue.
func TestSearch_pages(t *testing.T) {
	w := newWorld(t)
	whole := w.found(place("", "WA"))
	if len(whole) < 200 || len(whole)%100 != 0 || !slices.IsSorted(whole) {
		t.Fatalf("%d numbers in WA", len(whole))
	}
	w.own(whole[0])
	w.must(w.release(whole[0]))
	w.order(api.PhoneNumberProductTypeBusinessCalling, whole[1])
	w.ctx = as(other)
	w.own(whole[7], whole[99], whole[100], whole[len(whole)-1])
	want := slices.Concat(whole[2:7], whole[8:99], whole[101:len(whole)-1])
	for _, limit := range []int{7, 99, 100, 500} {
		in := place("", "WA")
		in.MaxResults = api.Some(limit)
		if got := w.found(in); !slices.Equal(got, want) {
			t.Errorf("pages of %d: %d numbers, want %d", limit, len(got), len(want))
		}
	}
	out, err := w.SearchAvailablePhoneNumbers(w.ctx, &search{State: api.Some("WA")})
	if err != nil || len(out.E164PhoneNumbers) != 100 || !out.NextToken.Set {
		t.Errorf("the default page has %d numbers: %v", len(out.E164PhoneNumbers), err)
	}
}

func offerOf(e164 string) api.OfferedPhoneNumber {
	return api.OfferedPhoneNumber{E164PhoneNumber: api.Some(e164)}
}

func (w *world) offer(numbers ...api.OfferedPhoneNumber) []api.OfferedPhoneNumber {
	w.Helper()
	out, err := w.OfferPhoneNumbers(w.ctx, &api.OfferPhoneNumbersInput{PhoneNumbers: numbers})
	w.must(err)
	return out.PhoneNumbers
}

// inventory fills the inventory with a few numbers.
func (w *world) inventory() {
	w.Helper()
	seattle := offerOf("+12065550150")
	seattle.City, seattle.State = api.Some("Séattle"), api.Some("WA")
	toll := offerOf("18335550150")
	toll.ProductTypes = []api.PhoneNumberProductType{api.PhoneNumberProductTypeVoiceConnector}
	w.offer(seattle, offerOf("+12065550151"), offerOf("+14255550150"), toll, offerOf("+442079460018"))
}

// The operator's inventory replaces fiction.
func TestSearch_inventory(t *testing.T) {
	w := newWorld(t)
	w.inventory()
	for name, test := range map[string]struct {
		in   search
		want string
	}{
		"area code":     {areaCode("206"), "+12065550150 +12065550151"},
		"no fiction":    {areaCode("415"), ""},
		"toll-free":     {tollFree("833"), "+18335550150"},
		"no toll-free":  {tollFree("888"), ""},
		"city":          {place("SÉATTLE", "WA"), "+12065550150"},
		"state":         {place("", "WA"), "+12065550150"},
		"abroad":        {search{Country: api.Some("GB"), PhoneNumberType: api.Some(api.PhoneNumberTypeLocal)}, "+442079460018"},
		"abroad, other": {search{Country: api.Some("GB"), PhoneNumberType: api.Some(api.PhoneNumberTypeTollFree)}, ""},
	} {
		for _, limit := range []int{1, 500} {
			test.in.MaxResults = api.Some(limit)
			if got := strings.Join(w.found(test.in), " "); got != test.want {
				t.Errorf("%s by %d: got %s, want %s", name, limit, got, test.want)
			}
		}
	}
	w.own("+12065550150")
	if got := w.found(areaCode("206")); !slices.Equal(got, []string{"+12065550151"}) {
		t.Errorf("offered after one was ordered: %v", got)
	}
}

// Only what is in the inventory can be ordered, for the products that it says.
func TestOrder_inventory(t *testing.T) {
	w := newWorld(t)
	w.inventory()
	for _, test := range []struct {
		number  string
		product api.PhoneNumberProductType
		want    api.PhoneNumberOrderStatus
	}{
		{"+12065550100", api.PhoneNumberProductTypeVoiceConnector, api.PhoneNumberOrderStatusFailed},
		{"+12065550150", api.PhoneNumberProductTypeBusinessCalling, api.PhoneNumberOrderStatusSuccessful},
		{"+18335550150", api.PhoneNumberProductTypeSipMediaApplicationDialIn, api.PhoneNumberOrderStatusFailed},
		{"+18335550150", api.PhoneNumberProductTypeVoiceConnector, api.PhoneNumberOrderStatusSuccessful},
		{"+442079460018", api.PhoneNumberProductTypeSipMediaApplicationDialIn, api.PhoneNumberOrderStatusSuccessful},
	} {
		id := w.order(test.product, test.number)
		w.mustWork()
		if got := w.getOrder(id).Status.V; got != test.want {
			t.Errorf("%s for %s: %s, want %s", test.number, test.product, got, test.want)
		}
	}
	if n := w.number("+442079460018"); n.Country.V != "GB" || n.Type.V != api.PhoneNumberTypeLocal {
		t.Errorf("the number from abroad is %+v", n)
	}
}

// A number is what the operator said it is, also where the number itself tells
// no country.
func TestOrder_inventoryNature(t *testing.T) {
	w := newWorld(t)
	o := offerOf("+14725550150")
	o.Country, o.Type = api.Some("US"), api.Some(api.PhoneNumberTypeLocal)
	w.offer(o)
	if got := w.found(areaCode("472")); len(got) != 1 {
		t.Fatalf("found %v", got)
	}
	_, err := w.CreatePhoneNumberOrder(w.ctx, &api.CreatePhoneNumberOrderInput{
		ProductType: api.Some(api.PhoneNumberProductTypeBusinessCalling), E164PhoneNumbers: []string{"+14725550150"},
	})
	w.must(err)
	w.mustWork()
	if n := w.number("+14725550150"); n.Country.V != "US" || n.Type.V != api.PhoneNumberTypeLocal {
		t.Errorf("got %s %s, want what was offered", n.Country.V, n.Type.V)
	}
}

func TestOfferPhoneNumbers(t *testing.T) {
	w := newWorld(t)
	got := w.offer(offerOf("12065550100"), offerOf("+18335550100"), offerOf("+442079460018"))
	for i, want := range []string{"+12065550100 US Local", "+18335550100 US TollFree", "+442079460018 GB Local"} {
		if text := got[i].E164PhoneNumber.V + " " + got[i].Country.V + " " + string(got[i].Type.V); text != want {
			t.Errorf("got %s, want %s", text, want)
		}
	}
	again := offerOf("+12065550100")
	again.City = api.Some("Seattle")
	w.offer(again)
	list := map[string]string{}
	for token, more := (api.Opt[string]{}), true; more; more = token.Set {
		out, err := w.ListOfferedPhoneNumbers(w.ctx, &api.ListOfferedPhoneNumbersInput{MaxResults: api.Some(1), NextToken: token})
		w.must(err)
		list[out.PhoneNumbers[0].E164PhoneNumber.V] = out.PhoneNumbers[0].City.V
		token = out.NextToken
	}
	if len(list) != 3 || list["+12065550100"] != "Seattle" {
		t.Errorf("listed %v", list)
	}
	w.offerRefused()
}

func (w *world) offerRefused() {
	w.Helper()
	toll := offerOf("+18335550199")
	toll.ProductTypes = []api.PhoneNumberProductType{api.PhoneNumberProductTypeBusinessCalling}
	for name, o := range map[string]api.OfferedPhoneNumber{"a product it cannot have": toll, "no country": offerOf("+999123456")} {
		_, err := w.OfferPhoneNumbers(w.ctx, &api.OfferPhoneNumbersInput{PhoneNumbers: []api.OfferedPhoneNumber{offerOf("+12065550177"), o}})
		w.refused(name, err, api.BadRequest, "PhoneNumbers[1]")
	}
	if got := w.found(areaCode("206")); slices.Contains(got, "+12065550177") {
		w.Error("half of a refused offer is there")
	}
}

func TestListSupportedPhoneNumberCountries(t *testing.T) {
	w := newWorld(t)
	for product, want := range map[api.PhoneNumberProductType]struct{ countries, usTypes int }{
		api.PhoneNumberProductTypeBusinessCalling:           {1, 1},
		api.PhoneNumberProductTypeVoiceConnector:            {1, 2},
		api.PhoneNumberProductTypeSipMediaApplicationDialIn: {16, 2},
	} {
		out, err := w.ListSupportedPhoneNumberCountries(w.ctx, &api.ListSupportedPhoneNumberCountriesInput{ProductType: api.Some(product)})
		w.must(err)
		list := out.PhoneNumberCountries
		if len(list) != want.countries || list[0].CountryCode.V != "US" || len(list[0].SupportedPhoneNumberTypes) != want.usTypes {
			t.Errorf("%s: %+v", product, list)
		}
	}
}
