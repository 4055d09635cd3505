package chime

import (
	"slices"
	"testing"

	"carillon/api"
)

// Every fictional number is what its block says, so that it can be ordered.
func TestStock_nature(t *testing.T) {
	blocks := newInventory().blocks
	seen := map[string]bool{}
	for _, b := range blocks {
		n := newInventory().natureOf(b.prefix() + "42")
		if n.country != "US" || string(n.numberType) != b.numberType() {
			t.Errorf("%s42 is %+v, want a US number of type %s", b.prefix(), n, b.numberType())
		}
		if seen[b.code] || len(b.code) != 3 || !b.tollFree && (len(b.state) != 2 || b.city == "") {
			t.Errorf("block %+v", b)
		}
		seen[b.code] = true
	}
	sorted := slices.IsSortedFunc(blocks, func(a, b block) int { return int(a.code[0])*100 - int(b.code[0])*100 })
	if len(blocks) < 300 || !sorted || seen["800"] || !seen["888"] {
		t.Errorf("%d blocks, sorted %v, with 800 %v, with 888 %v", len(blocks), sorted, seen["800"], seen["888"])
	}
}

func TestParseNumberID(t *testing.T) {
	for given, want := range map[string]string{
		"+12065550100": "+12065550100", "12065550100": "+12065550100", "%2B12065550100": "+12065550100", "%252B12065550100": "+12065550100",
		"%25252B12065550100": "", "": "", "+": "", "1": "", "12": "+12", "123456789012345": "+123456789012345", "1234567890123456": "",
		"+1 206": "", "1206555010a": "", "++12065550100": "", "%zz": "", "١٢٣": "",
	} {
		got, ok := parseNumberID(given)
		if got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", given, got, ok, want)
		}
	}
}

func TestCheckProduct(t *testing.T) {
	const business, voice, sip = api.PhoneNumberProductTypeBusinessCalling, api.PhoneNumberProductTypeVoiceConnector, api.PhoneNumberProductTypeSipMediaApplicationDialIn
	for _, test := range []struct {
		country string
		kind    api.PhoneNumberType
		allowed []api.PhoneNumberProductType
	}{
		{"US", api.PhoneNumberTypeLocal, []api.PhoneNumberProductType{business, voice, sip}},
		{"US", api.PhoneNumberTypeTollFree, []api.PhoneNumberProductType{voice, sip}},
		{"CA", api.PhoneNumberTypeTollFree, []api.PhoneNumberProductType{sip}},
		{"GB", api.PhoneNumberTypeLocal, []api.PhoneNumberProductType{sip}},
		{"", api.PhoneNumberTypeLocal, []api.PhoneNumberProductType{sip}},
	} {
		for _, p := range []api.PhoneNumberProductType{business, voice, sip} {
			err := checkProduct("ProductType", nature{test.country, test.kind}, p)
			if (err == nil) != slices.Contains(test.allowed, p) {
				t.Errorf("%s %s for %s: %v", test.country, test.kind, p, err)
			}
		}
	}
}
