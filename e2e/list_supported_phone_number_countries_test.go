package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// countries returns the number types that a product has, by country.
func (c *caller) countries(t testing.TB, product types.PhoneNumberProductType) map[string][]types.PhoneNumberType {
	t.Helper()
	out, err := c.ListSupportedPhoneNumberCountries(t.Context(), &chime.ListSupportedPhoneNumberCountriesInput{ProductType: product})
	succeed(t, err)
	list := map[string][]types.PhoneNumberType{}
	for _, country := range out.PhoneNumberCountries {
		list[*country.CountryCode] = slices.Sorted(slices.Values(country.SupportedPhoneNumberTypes))
	}
	equal(t, "countries that are listed twice", len(out.PhoneNumberCountries)-len(list), 0)
	return list
}

func TestListSupportedPhoneNumberCountries_by_product(t *testing.T) {
	local, both := []types.PhoneNumberType{"Local"}, []types.PhoneNumberType{"Local", "TollFree"}
	forEachEngine(t, func(t *testing.T, e *env) {
		equal(t, "BusinessCalling", e.countries(t, businessCalling), map[string][]types.PhoneNumberType{"US": local})
		equal(t, "VoiceConnector", e.countries(t, voiceConnector), map[string][]types.PhoneNumberType{"US": both})
		dialIn := e.countries(t, sipDialIn)
		var codes []string
		for code := range dialIn {
			codes = append(codes, code)
		}
		slices.Sort(codes)
		equal(t, "SipMediaApplicationDialIn", strings.Join(codes, " "), "AT AU CA CH DE DK FI GB IE IT KR NG NZ PR SE US")
		equal(t, "types of the US", dialIn["US"], both)
		equal(t, "types of Canada", dialIn["CA"], both)
	})
}

func TestListSupportedPhoneNumberCountries_bad_product(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, query := range []string{"", "?product-type=", "?product-type=businesscalling", "?product-type=Voice%20Connector"} {
			e.send(t, "GET", "/phone-number-countries"+query, "").refused(t, badRequest, "'ProductType'")
		}
	})
}
