package console

import (
	"errors"
	"net/http"
	"strings"

	"carillon/api"
)

const searchPath = numbersPath + "/search"

// numberSearch is what the page that searches for numbers to order shows.
type numberSearch struct {
	Fields      []field
	Problem     string // why there was no search
	Searched    bool
	Found       []string
	First, Next string
	Product     field
	Order       string // where they are ordered; empty: the visitor may not
	Here        string
}

func searchNumbers(p *page) error {
	s := &numberSearch{Fields: p.searchFields(), Here: p.with()}
	commands := []string{searchCommand(s.Fields)}
	if p.may("CreatePhoneNumberOrder") {
		s.Order = ordersPath
		s.Product = p.filled(form{Name: "order", Fields: []field{{Name: "ProductType", Label: "Product type", Kind: "select", Options: options("", numberProducts...)}}}).Fields[0]
		commands = append(commands, awsChime("create-phone-number-order", "--product-type", "VoiceConnector", "--e164-phone-numbers", "+12065550100"))
	}
	status, err := http.StatusOK, p.searched(s)
	if e := (*api.Error)(nil); errors.As(err, &e) && e.Kind.Status == http.StatusBadRequest {
		s.Problem, status, p.refusal, err = e.Message, http.StatusBadRequest, e, nil
	}
	if err != nil {
		return err
	}
	return p.show(status, "number-search", view{
		Title: "Order phone numbers", Crumbs: numberCrumbs("Order phone numbers"), Tabs: p.numberTabs(), Commands: commands, Body: s,
	})
}

// searched searches if the URL says for what.
func (p *page) searched(s *numberSearch) error {
	q := func(member string) api.Opt[string] { return api.NonZero(strings.TrimSpace(p.r.FormValue(member))) }
	in := &api.SearchAvailablePhoneNumbersInput{
		AreaCode: q("AreaCode"), City: q("City"), State: q("State"), Country: q("Country"), TollFreePrefix: q("TollFreePrefix"),
		PhoneNumberType: api.NonZero(api.PhoneNumberType(p.r.FormValue("PhoneNumberType"))), NextToken: q("page"),
	}
	if *in == (api.SearchAvailablePhoneNumbersInput{}) {
		return nil
	}
	in.MaxResults = api.Some(pageRows)
	out, err := p.calls().SearchAvailablePhoneNumbers(p.r.Context(), in)
	if err == nil {
		s.Searched, s.Found = true, out.E164PhoneNumbers
		s.First, s.Next = p.turns(out.NextToken.V)
	}
	return err
}

// searchFields are named like the members of the search.
func (p *page) searchFields() []field {
	list := []field{
		{Name: "AreaCode", Label: "Area code", Hint: "As in 206; in the US."},
		{Name: "City", Label: "City", Hint: "With its state; in the US."},
		{Name: "State", Label: "State", Hint: "As in WA."},
		{Name: "Country", Label: "Country", Hint: "As in GB; empty: US. Outside the US with the type of the numbers."},
		{Name: "TollFreePrefix", Label: "Toll-free prefix", Kind: "select", Options: anyOf(p.r.FormValue("TollFreePrefix"), "800", "833", "844", "855", "866", "877", "888")},
		{Name: "PhoneNumberType", Label: "Type", Kind: "select", Options: anyOf(p.r.FormValue("PhoneNumberType"), "Local", "TollFree")},
	}
	for i := range list {
		f := &list[i]
		f.ID = "search-" + f.Name
		if f.Kind == "" {
			f.Value = p.r.FormValue(f.Name)
		}
	}
	return list
}

// searchFlags are the flags of the AWS CLI for the fields of a search.
var searchFlags = map[string]string{
	"AreaCode": "--area-code", "City": "--city", "State": "--state", "Country": "--country",
	"TollFreePrefix": "--toll-free-prefix", "PhoneNumberType": "--phone-number-type",
}

// searchCommand is the search that the fields ask for, or an example.
func searchCommand(fields []field) string {
	words := []string{"search-available-phone-numbers"}
	for _, f := range fields {
		value := f.Value
		for _, o := range f.Options {
			if o.Chosen {
				value = o.Value
			}
		}
		if value != "" {
			words = append(words, searchFlags[f.Name], value)
		}
	}
	if len(words) == 1 {
		words = append(words, "--area-code", "206")
	}
	return awsChime(words...)
}
