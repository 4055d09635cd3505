// Command gen writes the table of package numbering out of the metadata of
// github.com/nyaruka/phonenumbers, which takes too long to be loaded at every start.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

func main() {
	out := flag.String("out", "", "the `file` of the table")
	flag.Parse()
	table, err := write()
	if err == nil {
		err = os.WriteFile(*out, table, 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// write returns the table, by calling code and then as the metadata has the countries.
func write() ([]byte, error) {
	all, err := phonenumbers.MetadataCollection()
	if err != nil {
		return nil, err
	}
	by := map[string]*phonenumbers.PhoneMetadata{}
	for _, m := range all.GetMetadata() {
		by[fmt.Sprint(m.GetCountryCode(), m.GetId())] = m
	}
	var b bytes.Buffer
	for _, code := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedCallingCodes())) {
		countries := phonenumbers.GetRegionCodesForCountryCode(code)
		for _, country := range countries {
			m := by[fmt.Sprint(code, country)]
			if m == nil {
				return nil, fmt.Errorf("no metadata of %s", country)
			}
			writePlan(&b, m, len(countries) > 1)
		}
	}
	return b.Bytes(), nil
}

// writePlan writes a line. Only where countries share a code it must say which numbers
// are whose.
func writePlan(b *bytes.Buffer, m *phonenumbers.PhoneMetadata, shared bool) {
	leading, kinds := "", ""
	switch {
	case shared && m.GetLeadingDigits() != "":
		leading = squeeze(m.GetLeadingDigits())
	case shared:
		kinds = rules(m.GetPremiumRate(), m.GetTollFree(), m.GetSharedCost(), m.GetVoip(), m.GetPersonalNumber(), m.GetPager(), m.GetUan(),
			m.GetVoicemail(), m.GetFixedLine(), m.GetMobile())
	}
	fmt.Fprintf(b, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", m.GetCountryCode(), m.GetId(), leading, rules(m.GetGeneralDesc()),
		rules(m.GetPremiumRate()), rules(m.GetTollFree()), kinds)
}

// rules writes the rules of kinds of numbers that there are.
func rules(kinds ...*phonenumbers.PhoneNumberDesc) string {
	var list []string
	for _, k := range kinds {
		if text := k.GetNationalNumberPattern(); text == "" || text == "NA" || slices.Equal(k.GetPossibleLength(), []int32{-1}) {
			continue
		}
		var lengths []string
		for _, n := range k.GetPossibleLength() {
			lengths = append(lengths, strconv.Itoa(int(n)))
		}
		list = append(list, strings.Join(lengths, ",")+":"+squeeze(k.GetNationalNumberPattern()))
	}
	return strings.Join(list, " ")
}

// squeeze takes out white space, which separates rules.
func squeeze(pattern string) string { return strings.Join(strings.Fields(pattern), "") }
