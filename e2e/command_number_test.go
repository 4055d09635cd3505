package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// offered is a number in the results of carillon number.
type offered struct {
	City, Country, E164PhoneNumber string
	ProductTypes                   []string
	State, Type                    string
}

// offers returns what carillon number list prints.
func (c *caller) offers(t testing.TB) []offered {
	t.Helper()
	return carillon[struct{ PhoneNumbers []offered }](t, c, "number", "list").PhoneNumbers
}

// finds returns the numbers that a search finds.
func (c *caller) finds(t testing.TB, in chime.SearchAvailablePhoneNumbersInput) []string {
	t.Helper()
	return c.searchList(t, in).all(t, 500)
}

func TestCommandNumberAdd_result(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		equal(t, "inventory at first", e.offers(t), []offered{})
		none := []string{}
		for _, tt := range []struct {
			args []string
			want offered
		}{
			{[]string{"+12065550142"}, offered{"", "US", "+12065550142", none, "", "Local"}},
			{[]string{"12065550143", "--city", "Seattle", "--state", "WA"}, offered{"Seattle", "US", "+12065550143", none, "WA", "Local"}},
			{[]string{"+18335550142", "--product", "VoiceConnector"}, offered{"", "US", "+18335550142", []string{"VoiceConnector"}, "", "TollFree"}},
			{
				[]string{"+442079460000", "--country", "GB", "--type", "Local", "--product", "SipMediaApplicationDialIn"},
				offered{"", "GB", "+442079460000", []string{"SipMediaApplicationDialIn"}, "", "Local"},
			},
		} {
			got := carillon[struct{ PhoneNumbers []offered }](t, e.caller, append([]string{"number", "add"}, tt.args...)...)
			equal(t, "result", got.PhoneNumbers, []offered{tt.want})
		}
		equal(t, "numbers in the inventory", len(e.offers(t)), 4)
		e.tryCarillon(t, "number", "add", "+12065550142", "--city", "Tacoma", "--state", "WA").succeeded(t) // again: it is changed
		equal(t, "inventory", e.offers(t)[0], offered{"Tacoma", "US", "+12065550142", none, "WA", "Local"})
	})
}

func TestCommandNumberAdd_refused(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	for _, tt := range []struct {
		word string
		args []string
	}{
		{"BadRequestException", []string{"206"}},
		{"BadRequestException", []string{"+0123"}},
		{"BadRequestException", []string{"nonsense"}},
		{"BadRequestException", []string{"+12065550142", "--country", "usa"}},
		{"BadRequestException", []string{"+12065550142", "--product", "Fax"}},
		{"BadRequestException", []string{"+18335550142", "--product", "BusinessCalling"}},
		{"BadRequestException", []string{"+442079460000", "--product", "VoiceConnector"}},
	} {
		e.tryCarillon(t, append([]string{"number", "add"}, tt.args...)...).failed(t, exitFailed, tt.word)
	}
	e.tryCarillon(t, "number", "add").failed(t, exitUsage)
	e.tryCarillon(t, "number", "add", "+12065550142", "--type", "Mobile").failed(t, exitUsage, "--type")
	equal(t, "inventory", e.offers(t), []offered{})
}

func TestCommandNumber_root_only(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	csv := write(t, "numbers.csv", "number\n+12065550142\n")
	for _, c := range []*caller{e.keyOf(t, rootAwsAccount), e.tenant(t)} {
		for _, args := range [][]string{{"add", "+12065550142"}, {"list"}, {"import", csv}} {
			c.tryCarillon(t, append([]string{"number"}, args...)...).failed(t, exitFailed, "ForbiddenException", "user/tester")
		}
	}
	equal(t, "inventory", e.offers(t), []offered{})
}

// While the operator offers any number, the fictional ones are not offered.
func TestCommandNumber_inventory_instead_of_fiction(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		type input = chime.SearchAvailablePhoneNumbersInput
		wa, seattle, gb := aws.String("WA"), aws.String("sEATTLE"), aws.String("GB")
		e.tryCarillon(t, "number", "add", "+12065550142", "--city", "Seattle", "--state", "WA").succeeded(t)
		e.tryCarillon(t, "number", "add", "+14255550142", "--city", "Bellevue", "--state", "WA", "--product", "VoiceConnector").succeeded(t)
		e.tryCarillon(t, "number", "add", "+18335550142").succeeded(t)
		e.tryCarillon(t, "number", "add", "+442079460000").succeeded(t)
		for _, tt := range []struct {
			in   input
			want []string
		}{
			{input{AreaCode: aws.String("206")}, []string{"+12065550142"}},
			{input{AreaCode: aws.String("907")}, nil},
			{input{State: wa}, []string{"+12065550142", "+14255550142"}},
			{input{State: wa, City: seattle}, []string{"+12065550142"}},
			{input{State: aws.String("OR"), City: seattle}, nil},
			{input{State: wa, PhoneNumberType: "TollFree"}, nil},
			{input{TollFreePrefix: aws.String("833")}, []string{"+18335550142"}},
			{input{TollFreePrefix: aws.String("844")}, nil},
			{input{Country: gb, PhoneNumberType: "Local"}, []string{"+442079460000"}},
			{input{Country: gb, PhoneNumberType: "TollFree"}, nil},
		} {
			equal(t, "numbers", e.finds(t, tt.in), tt.want)
		}
		for _, tt := range []struct {
			number  string
			product types.PhoneNumberProductType
			want    types.PhoneNumberOrderStatus
		}{
			{"+19075550100", businessCalling, "Failed"},
			{"+14255550142", businessCalling, "Failed"},
			{"+14255550142", voiceConnector, "Successful"},
			{"+12065550142", sipDialIn, "Successful"},
			{"+442079460000", sipDialIn, "Successful"},
		} {
			equal(t, "order of "+tt.number, e.order(t, tt.product, tt.number).Status, tt.want)
		}
		equal(t, "numbers in WA", e.finds(t, input{State: wa}), nil)
		equal(t, "country", *e.number(t, "+442079460000").Country, "GB")
		equal(t, "numbers in the inventory", len(e.offers(t)), 4) // with those that are owned
	})
}

func TestCommandNumberImport_good(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		csv := write(t, "numbers.csv", "\ufeffNumber, city ,State,products,TYPE,country\n"+
			"+12065550142,\"Seattle, downtown\",WA,BusinessCalling;VoiceConnector,Local,US\n"+
			"12065550143,,,,,\n")
		for range 2 { // an import may be repeated
			equal(t, "result", carillon[map[string]int](t, e.caller, "number", "import", csv), map[string]int{"Offered": 2})
			equal(t, "inventory", e.offers(t), []offered{
				{"Seattle, downtown", "US", "+12065550142", []string{"BusinessCalling", "VoiceConnector"}, "WA", "Local"},
				{"", "US", "+12065550143", []string{}, "", "Local"},
			})
		}
	})
}

func TestCommandNumberImport_many(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		var csv strings.Builder
		csv.WriteString("number,state\n")
		for i := range 250 {
			fmt.Fprintf(&csv, "+1206555%04d,WA\n", i)
		}
		equal(t, "result", carillon[map[string]int](t, e.caller, "number", "import", write(t, "numbers.csv", csv.String()))["Offered"], 250)
		equal(t, "inventory", len(e.offers(t)), 250)
		table := e.tryCarillon(t, "number", "list", "--output", "table").succeeded(t)
		equal(t, "lines of the table", strings.Count(table, "\n"), 251)
		equal(t, "numbers that can be ordered", len(e.finds(t, chime.SearchAvailablePhoneNumbersInput{State: aws.String("WA")})), 250)
	})
}

// A file that has no such columns is refused, of others the lines that are bad.
func TestCommandNumberImport_refused(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	for text, word := range map[string]string{
		"number,colour\n+12065550142,red\n": "colour",
		"city,state\nSeattle,WA\n":          "number",
		"":                                  "header",
	} {
		e.tryCarillon(t, "number", "import", write(t, "numbers.csv", text)).failed(t, exitFailed, word)
	}
	for text, word := range map[string]string{
		"number\nnonsense\n":                                "line 2: BadRequestException",
		"number,products\n+12065550142,Fax\n":               "line 2: BadRequestException",
		"number,type\n+12065550142,Mobile\n":                "line 2: BadRequestException",
		"number,city\n+12065550142,Seattle,WA\n":            "line 2: it has 3 cells",
		"number,products\n+18335550142,BusinessCalling\n\n": "line 2: BadRequestException",
	} {
		e.refusesNumbers(t, text, 0, word)
	}
	equal(t, "inventory", e.offers(t), []offered{})
	e.refusesNumbers(t, "number,city\nnonsense,Oslo\n+12065550142\n+12065550143,Seattle,WA\n", 1, "line 2: BadRequestException", "line 4: it has 3 cells")
	equal(t, "inventory", len(e.offers(t)), 1)
	e.tryCarillon(t, "number", "import", "missing.csv").failed(t, exitFailed, "missing.csv")
}

// refusesNumbers imports numbers, some of which are offered and others refused.
func (e *env) refusesNumbers(t *testing.T, text string, offered int, words ...string) {
	t.Helper()
	r := e.tryCarillon(t, "number", "import", write(t, "numbers.csv", text))
	equal(t, text, []any{r.code, parseJSON[map[string]int](t, r.stdout)["Offered"]}, []any{exitFailed, offered})
	for _, word := range words {
		if !strings.Contains(r.stderr, word) {
			t.Errorf("%q: stderr %q lacks %q", text, r.stderr, word)
		}
	}
}
