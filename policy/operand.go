package policy

import (
	"net/netip"
	"strings"
)

// operand is a value of a policy, ready for comparison with a request's. What
// cannot be compared does not match.
type operand interface {
	matches(value string, ctx Context) bool
	// references returns the variables in it.
	references() []reference
}

// patternOperand is for strings, with wildcards or without.
type patternOperand struct{ pattern pattern }

func (o patternOperand) matches(value string, ctx Context) bool { return o.pattern.matches(value, ctx) }
func (o patternOperand) references() []reference                { return o.pattern.variables }

// foldedOperand is for strings whose letter case does not matter.
type foldedOperand struct{ pattern pattern }

func foldText(s string) foldedOperand { return foldedOperand{parsePattern(s, false)} }

func (o foldedOperand) matches(value string, ctx Context) bool {
	s, ok := o.pattern.expand(ctx)
	return ok && strings.EqualFold(s, value)
}

func (o foldedOperand) references() []reference { return o.pattern.variables }

// boolOperand is true or false, in any letter case.
type boolOperand struct{ foldedOperand }

func (o boolOperand) matches(value string, ctx Context) bool {
	return isBool(value) && o.foldedOperand.matches(value, ctx)
}

// arnOperand is an ARN, each of its six parts with wildcards of its own.
type arnOperand struct{ parts []pattern }

// parseARN splits a value at its colons. Those of variables do not count, nor
// those behind the fifth.
func parseARN(s string) arnOperand {
	var o arnOperand
	start, inside, last := 0, false, strings.LastIndexByte(s, '}')
	for i := 0; i < len(s) && len(o.parts) < 5; i++ {
		switch {
		case i < last && strings.HasPrefix(s[i:], "${"):
			inside = true
		case s[i] == '}':
			inside = false
		case s[i] == ':' && !inside:
			o.parts = append(o.parts, parsePattern(s[start:i], true))
			start = i + 1
		}
	}
	o.parts = append(o.parts, parsePattern(s[start:], true))
	return o
}

// matches compares part with part: no wildcard reaches across a colon, but in
// the last part, where colons are characters like others. Less than six parts
// are no ARN and match nothing.
func (o arnOperand) matches(value string, ctx Context) bool {
	if len(o.parts) < 6 {
		return false
	}
	for i := range o.parts {
		part, rest, found := value, "", i == 5
		if i < 5 {
			part, rest, found = strings.Cut(value, ":")
		}
		if !found || !o.parts[i].matches(part, ctx) {
			return false
		}
		value = rest
	}
	return true
}

func (o arnOperand) references() (all []reference) {
	for i := range o.parts {
		all = append(all, o.parts[i].variables...)
	}
	return all
}

// constantOperand is one without variables.
type constantOperand struct{}

func (constantOperand) references() []reference { return nil }

type quantityOperand struct {
	constantOperand
	quantity quantity
	order    order
}

func (o quantityOperand) matches(value string, _ Context) bool {
	q, ok := parseQuantity(value)
	return ok && o.order.holds(q.compare(o.quantity))
}

type instantOperand struct {
	constantOperand
	instant instant
	order   order
}

func (o instantOperand) matches(value string, _ Context) bool {
	i, ok := parseInstant(value)
	return ok && o.order.holds(i.compare(o.instant))
}

// networkOperand is one of several networks, so that an address is read once.
type networkOperand struct {
	constantOperand
	networks []netip.Prefix
}

func (o networkOperand) matches(value string, _ Context) bool {
	a, ok := parseAddress(value)
	if !ok {
		return false
	}
	for _, n := range o.networks {
		if n.Contains(a) {
			return true
		}
	}
	return false
}
