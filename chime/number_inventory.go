package chime

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"carillon/api"
	"carillon/internal/numbering"
	"carillon/store"
)

// offer is what a number that can be ordered is looked for by.
type offer struct {
	country, areaCode, city, state, tollFreePrefix string
	numberType                                     string // empty: any
}

// inventory is where numbers come from: the operator's inventory or, while that is
// empty, the numbers that are set aside for fiction (+1 NPA 555 0100–0199), so
// that the documented commands work on a new server.
type inventory struct {
	blocks []block // in the order of their numbers
}

// block is the fictional numbers of one area code.
type block struct {
	code, city, state string
	tollFree          bool
}

// tollFreeCodes have numbers; 800 is legal to search for but never has any.
var tollFreeCodes = []string{"833", "844", "855", "866", "877", "888"}

func newInventory() *inventory {
	var s inventory
	for line := range strings.Lines(areaCodes) {
		words := strings.Fields(line)
		codes := slices.IndexFunc(words, func(w string) bool { return w[0] >= '0' && w[0] <= '9' })
		for i := codes; i >= 0 && i < len(words); i++ {
			s.blocks = append(s.blocks, block{code: words[i], state: words[0], city: strings.Join(words[1:codes], " ")})
		}
	}
	for _, code := range tollFreeCodes {
		s.blocks = append(s.blocks, block{code: code, tollFree: true})
	}
	slices.SortFunc(s.blocks, func(a, b block) int { return strings.Compare(a.code, b.code) })
	return &s
}

// prefix is what all numbers of a block have in common; two digits follow.
func (b block) prefix() string { return "+1" + b.code + "55501" }

func (b block) matches(o offer) bool {
	if o.country != "US" || b.tollFree != (o.tollFreePrefix != "") || o.numberType != "" && o.numberType != b.numberType() {
		return false
	}
	if b.tollFree {
		return o.tollFreePrefix == b.code
	}
	return (o.areaCode == "" || o.areaCode == b.code) && (o.state == "" || o.state == b.state) && (o.city == "" || strings.EqualFold(o.city, b.city))
}

func (b block) numberType() string {
	if b.tollFree {
		return string(api.PhoneNumberTypeTollFree)
	}
	return string(api.PhoneNumberTypeLocal)
}

// search returns up to limit numbers after one, none of which anybody owns.
func (v *inventory) search(r store.Records, o offer, after string, limit int) ([]string, error) {
	filled, err := r.HasOffers()
	if err != nil {
		return nil, err
	}
	if filled {
		return searchInventory(r, o, after, limit)
	}
	var found []string
	for _, b := range v.blocks {
		if !b.matches(o) || b.prefix()+"99" <= after {
			continue
		}
		owned, err := r.OwnedBetween(b.prefix()+"00", b.prefix()+"99")
		if err != nil {
			return nil, err
		}
		for i := range 100 {
			e164 := b.prefix() + string(rune('0'+i/10)) + string(rune('0'+i%10))
			if e164 > after && !owned[e164] {
				found = append(found, e164)
			}
			if len(found) == limit {
				return found, nil
			}
		}
	}
	return found, nil
}

func searchInventory(r store.Records, o offer, after string, limit int) ([]string, error) {
	filter := store.OfferFilter{
		Country: o.country, Type: o.numberType, AreaCode: o.areaCode, City: o.city, State: o.state,
		Free: true, After: store.Position{ID: after}, Limit: limit,
	}
	if o.tollFreePrefix != "" {
		filter.Prefix = "+1" + o.tollFreePrefix
	}
	offers, err := r.OfferedNumbers(filter)
	found := make([]string, len(offers))
	for i := range offers {
		found[i] = offers[i].E164
	}
	return found, err
}

// look returns what a number is and whether it can be ordered for a product,
// whoever may own it already. What the operator said of it counts.
func (v *inventory) look(r store.Records, e164 string, product api.PhoneNumberProductType) (n nature, available bool, err error) {
	filled, err := r.HasOffers()
	if err != nil {
		return n, false, err
	}
	if !filled {
		return v.natureOf(e164), v.fictional(e164), nil
	}
	o, err := r.OfferedNumber(e164)
	if errors.Is(err, store.ErrNotFound) {
		return v.natureOf(e164), false, nil
	}
	available = len(o.ProductTypes) == 0 || slices.Contains(o.ProductTypes, string(product))
	return nature{o.Country, api.PhoneNumberType(o.Type)}, available, err
}

func (v *inventory) fictional(e164 string) bool {
	return slices.ContainsFunc(v.blocks, func(b block) bool {
		return strings.HasPrefix(e164, b.prefix()) && len(e164) == len(b.prefix())+2
	})
}

// parseNumberID returns the number that a PhoneNumberId or E.164 member means:
// +1…, 1… or %2B1…, the last also escaped twice.
func parseNumberID(id string) (e164 string, ok bool) {
	for range 2 {
		if v, err := url.PathUnescape(id); err == nil {
			id = v
		}
	}
	digits := strings.TrimPrefix(id, "+")
	if len(digits) < 2 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	return "+" + digits, true
}

// numberID is the PhoneNumberId of a number: percent-encoded, literally.
func numberID(e164 string) string { return "%2B" + e164[1:] }

// nature is what a number tells of itself.
type nature struct {
	country    string // ISO 3166, empty if no country has such numbers
	numberType api.PhoneNumberType
}

// natureOf tells by the area code, where it is one of the United States, and else
// by what the numbering plans of the world say.
func (v *inventory) natureOf(e164 string) nature {
	for _, b := range v.blocks {
		if strings.HasPrefix(e164, "+1"+b.code) && len(e164) == len("+12065550100") {
			return nature{"US", api.PhoneNumberType(b.numberType())}
		}
	}
	country, tollFree := numbering.Of(e164)
	if tollFree {
		return nature{country, api.PhoneNumberTypeTollFree}
	}
	return nature{country, api.PhoneNumberTypeLocal}
}

// checkProduct refuses a product type that a number cannot have.
func checkProduct(member string, n nature, product api.PhoneNumberProductType) error {
	switch {
	case product == api.PhoneNumberProductTypeSipMediaApplicationDialIn:
		return nil
	case n.country != "US":
		return api.Invalid(member, "be SipMediaApplicationDialIn for numbers outside the United States")
	case product == api.PhoneNumberProductTypeBusinessCalling && n.numberType == api.PhoneNumberTypeTollFree:
		return api.Invalid(member, "not be BusinessCalling for toll-free numbers")
	}
	return nil
}
