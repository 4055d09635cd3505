package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// fictional are the numbers of an area code that are set aside for fiction.
func fictional(areaCode string) []string {
	numbers := make([]string, 100)
	for i := range numbers {
		numbers[i] = fmt.Sprintf("+1%s55501%02d", areaCode, i)
	}
	return numbers
}

func TestSearchAvailablePhoneNumbers_area_code(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		out := e.search(t, chime.SearchAvailablePhoneNumbersInput{AreaCode: aws.String("907")})
		equal(t, "numbers", out.E164PhoneNumbers, fictional("907"))
		equal(t, "NextToken", out.NextToken, nil)
		got := e.send(t, "GET", "/search?type=phone-numbers&area-code=907", "")
		got.ok(t, 200)
		if strings.Contains(got.body, "NextToken") {
			t.Error("the last page has the member NextToken, which the live service left out")
		}
	})
}

func TestSearchAvailablePhoneNumbers_filters(t *testing.T) {
	local, tollFree := types.PhoneNumberTypeLocal, types.PhoneNumberTypeTollFree
	type input = chime.SearchAvailablePhoneNumbersInput
	tests := []struct {
		in     input
		prefix string // of all results; empty: there are none
	}{
		{input{State: aws.String("HI")}, "+1808"},
		{input{State: aws.String("HI"), City: aws.String("Honolulu")}, "+1808"},
		{input{State: aws.String("HI"), City: aws.String("HONOLULU")}, "+1808"},
		{input{State: aws.String("HI"), City: aws.String("Honolulu"), AreaCode: aws.String("808")}, "+1808"},
		{input{State: aws.String("HI"), PhoneNumberType: local}, "+1808"},
		{input{AreaCode: aws.String("808"), Country: aws.String("US")}, "+1808"},
		{input{TollFreePrefix: aws.String("833")}, "+1833"},
		{input{TollFreePrefix: aws.String("877"), PhoneNumberType: tollFree}, "+1877"},
		{input{TollFreePrefix: aws.String("800")}, ""},
		{input{TollFreePrefix: aws.String("833"), PhoneNumberType: local}, ""},
		{input{AreaCode: aws.String("808"), PhoneNumberType: tollFree}, ""},
		{input{AreaCode: aws.String("808"), State: aws.String("AK")}, ""},
		{input{State: aws.String("HI"), City: aws.String("Anchorage")}, ""},
		{input{AreaCode: aws.String("999")}, ""},
		{input{AreaCode: aws.String("%")}, ""},
		{input{State: aws.String("Hawaii")}, ""},
		{input{Country: aws.String("DE"), PhoneNumberType: local}, ""},
	}
	forEachAmple(t, func(t *testing.T, e *env) {
		for _, tt := range tests {
			found := e.search(t, tt.in).E164PhoneNumbers
			if (len(found) > 0) != (tt.prefix != "") || slices.ContainsFunc(found, func(n string) bool { return !strings.HasPrefix(n, tt.prefix) }) {
				t.Errorf("%+v found %v, want numbers that begin with %q", tt.in, found, tt.prefix)
			}
		}
	})
}

func TestSearchAvailablePhoneNumbers_combinations(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		for _, query := range []string{
			"", "&country=US", "&phone-number-type=Local", "&country=US&phone-number-type=TollFree", "&max-results=10",
			"&city=Honolulu", "&city=Honolulu&area-code=808",
			"&country=DE", "&country=GB&phone-number-type=Local&area-code=20", "&country=GB&phone-number-type=Local&city=London",
			"&country=GB&phone-number-type=TollFree&toll-free-prefix=800", "&country=GB&phone-number-type=Local&state=HI",
		} {
			t.Log(query)
			e.send(t, "GET", "/search?type=phone-numbers"+query, "").refused(t, badRequest)
		}
	})
}

func TestSearchAvailablePhoneNumbers_bad_values(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		for member, values := range map[string][]string{
			"TollFreePrefix":  {"834", "83", "8333", "abc"},
			"Country":         {"us", "USA", "U1"},
			"PhoneNumberType": {"local", "Mobile"},
		} {
			for _, value := range values {
				in := chime.SearchAvailablePhoneNumbersInput{AreaCode: aws.String("808")}
				switch member {
				case "TollFreePrefix":
					in.TollFreePrefix = &value
				case "Country":
					in.Country = &value
				default:
					in.PhoneNumberType = types.PhoneNumberType(value)
				}
				_, err := e.SearchAvailablePhoneNumbers(t.Context(), &in)
				refused(t, err, badRequest, "'"+member+"'")
			}
		}
	})
}

// searchList is the list of the numbers that a search finds.
func (c *caller) searchList(t testing.TB, in chime.SearchAvailablePhoneNumbersInput) pager {
	return func(size *int32, token *string) ([]string, *string, error) {
		in.MaxResults, in.NextToken = size, token
		out, err := c.SearchAvailablePhoneNumbers(t.Context(), &in)
		if err != nil {
			return nil, nil, err
		}
		return out.E164PhoneNumbers, out.NextToken, nil
	}
}

func TestSearchAvailablePhoneNumbers_pages(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		list := e.searchList(t, chime.SearchAvailablePhoneNumbersInput{State: aws.String("ND")})
		for _, size := range []int32{1, 7, 99, 100, 500} {
			equal(t, fmt.Sprintf("numbers by pages of %d", size), list.all(t, size), fictional("701"))
		}
	})
}

func TestSearchAvailablePhoneNumbers_page_sizes(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		list := e.searchList(t, chime.SearchAvailablePhoneNumbersInput{State: aws.String("TX")})
		for size, want := range map[*int32]int{nil: 100, aws.Int32(500): 500} {
			numbers, next := list.page(t, size, nil)
			equal(t, "numbers", len(numbers), want)
			if next == nil {
				t.Error("a page that is not the last one has no NextToken")
			}
		}
		list.refusesSizes(t, 500)
	})
}

func TestSearchAvailablePhoneNumbers_token_and_filters(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		type input = chime.SearchAvailablePhoneNumbersInput
		first := e.search(t, input{AreaCode: aws.String("307"), State: aws.String("WY"), MaxResults: aws.Int32(98)})
		for _, in := range []input{{}, {AreaCode: aws.String("307")}, {AreaCode: aws.String("307"), State: aws.String("WY"), MaxResults: aws.Int32(500)}} {
			in.NextToken = first.NextToken
			out := e.search(t, in)
			equal(t, "page 2", out.E164PhoneNumbers, fictional("307")[98:])
			equal(t, "NextToken", out.NextToken, nil)
		}
		for _, in := range []input{{AreaCode: aws.String("808")}, {State: aws.String("HI")}, {City: aws.String("Cheyenne")}, {Country: aws.String("US")}, {PhoneNumberType: "Local"}} {
			in.NextToken = first.NextToken
			_, err := e.SearchAvailablePhoneNumbers(t.Context(), &in)
			refused(t, err, badRequest, "'NextToken'")
		}
	})
}

func TestSearchAvailablePhoneNumbers_owned_numbers(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c, other := e.tenant(t), e.tenant(t)
		code := e.areaCode()
		numbers := c.availableIn(t, code, 3)
		c.acquire(t, businessCalling, numbers[0], numbers[2])
		succeed(t, c.deleteNumber(t, numbers[2])) // in the queue it is still owned
		for _, who := range []*caller{c, other} {
			found := who.search(t, chime.SearchAvailablePhoneNumbersInput{AreaCode: &code}).E164PhoneNumbers
			for i, want := range []bool{false, true, false} {
				equal(t, fmt.Sprintf("number %d is offered", i), slices.Contains(found, numbers[i]), want)
			}
		}
	})
}
