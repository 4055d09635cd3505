package numbering_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"carillon/internal/numbering"
)

// want is what the library says whose metadata the table is made of.
func want(e164 string) (country string, tollFree, known bool) {
	n, err := phonenumbers.Parse(e164, "")
	if err != nil || phonenumbers.Format(n, phonenumbers.E164) != e164 {
		return "", false, false // it takes this for a number as it is dialled in the country
	}
	return phonenumbers.GetRegionCodeForNumber(n), phonenumbers.GetNumberType(n) == phonenumbers.TOLL_FREE, true
}

func check(t *testing.T, e164 string) (known bool) {
	t.Helper()
	country, tollFree, known := want(e164)
	if !known {
		return false
	}
	if c, free := numbering.Of(e164); c != country || free != tollFree {
		t.Errorf("%s: got %q, %t, want %q, %t", e164, c, free, country, tollFree)
	}
	return true
}

// Every kind of number of every country is told as the library tells it.
func TestOf_examples(t *testing.T) {
	kinds := []phonenumbers.PhoneNumberType{
		phonenumbers.FIXED_LINE, phonenumbers.MOBILE, phonenumbers.TOLL_FREE, phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST,
		phonenumbers.VOIP, phonenumbers.PERSONAL_NUMBER, phonenumbers.PAGER, phonenumbers.UAN, phonenumbers.VOICEMAIL,
	}
	checked, countries := 0, phonenumbers.GetSupportedRegions()
	for country := range countries {
		for _, kind := range kinds {
			if n := phonenumbers.GetExampleNumberForType(country, kind); n != nil && check(t, phonenumbers.Format(n, phonenumbers.E164)) {
				checked++
			}
		}
	}
	for code := range phonenumbers.GetSupportedGlobalNetworkCallingCodes() {
		check(t, phonenumbers.Format(phonenumbers.GetExampleNumberForNonGeoEntity(code), phonenumbers.E164))
	}
	if checked < 3*len(countries) {
		t.Errorf("only %d numbers of %d countries", checked, len(countries))
	}
}

// So is whatever one may think of, above all where countries share a code.
func TestOf_random(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for code := range phonenumbers.GetSupportedCallingCodes() {
		tries := 20
		if len(phonenumbers.GetRegionCodesForCountryCode(code)) > 1 {
			tries = 400
		}
		for range tries {
			check(t, fmt.Sprintf("+%d%0*d", code, 7+r.IntN(4), r.IntN(1e7)*100+r.IntN(100)))
		}
	}
}

func TestOf_none(t *testing.T) {
	for _, e164 := range []string{"+", "+1", "+21", "+206", "+12", "+2100000000", "+999999999"} {
		if country, tollFree := numbering.Of(e164); country != "" || tollFree {
			t.Errorf("%s: got %q, %t", e164, country, tollFree)
		}
	}
}
