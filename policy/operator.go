package policy

import (
	"net/netip"
	"strings"
)

// family is what an operator compares.
type family uint8

const (
	texts family = iota
	foldedTexts
	likeTexts
	numbers
	dates
	booleans
	binaries
	addresses
	arns
	nulls
)

// order is how a number or a date may stand to that of the policy.
type order uint8

const (
	equal order = iota
	less
	lessOrEqual
	greater
	greaterOrEqual
)

// holds tells whether a comparison with this result is what order says.
func (o order) holds(result int) bool {
	switch o {
	case less:
		return result < 0
	case lessOrEqual:
		return result <= 0
	case greater:
		return result > 0
	case greaterOrEqual:
		return result >= 0
	}
	return result == 0
}

// quantifier says how many of a key's values must match.
type quantifier uint8

const (
	single quantifier = iota // the key has one value
	forAll
	forAny
)

// operator is a condition operator.
type operator struct {
	family   family
	order    order
	negated  bool
	set      quantifier
	ifExists bool
}

var operators = map[string]operator{
	"StringEquals":              {family: texts},
	"StringNotEquals":           {family: texts, negated: true},
	"StringEqualsIgnoreCase":    {family: foldedTexts},
	"StringNotEqualsIgnoreCase": {family: foldedTexts, negated: true},
	"StringLike":                {family: likeTexts},
	"StringNotLike":             {family: likeTexts, negated: true},
	"NumericEquals":             {family: numbers},
	"NumericNotEquals":          {family: numbers, negated: true},
	"NumericLessThan":           {family: numbers, order: less},
	"NumericLessThanEquals":     {family: numbers, order: lessOrEqual},
	"NumericGreaterThan":        {family: numbers, order: greater},
	"NumericGreaterThanEquals":  {family: numbers, order: greaterOrEqual},
	"DateEquals":                {family: dates},
	"DateNotEquals":             {family: dates, negated: true},
	"DateLessThan":              {family: dates, order: less},
	"DateLessThanEquals":        {family: dates, order: lessOrEqual},
	"DateGreaterThan":           {family: dates, order: greater},
	"DateGreaterThanEquals":     {family: dates, order: greaterOrEqual},
	"Bool":                      {family: booleans},
	"BinaryEquals":              {family: binaries},
	"IpAddress":                 {family: addresses},
	"NotIpAddress":              {family: addresses, negated: true},
	"ArnEquals":                 {family: arns},
	"ArnLike":                   {family: arns},
	"ArnNotEquals":              {family: arns, negated: true},
	"ArnNotLike":                {family: arns, negated: true},
	"Null":                      {family: nulls},
}

// findOperator looks an operator up by its name, with prefix and suffix. IAM
// knows the names in this letter case only.
func findOperator(name string) (op operator, ok bool) {
	set := single
	if s, found := strings.CutPrefix(name, "ForAllValues:"); found {
		name, set = s, forAll
	} else if s, found := strings.CutPrefix(name, "ForAnyValue:"); found {
		name, set = s, forAny
	}
	base, ifExists := strings.CutSuffix(name, "IfExists")
	op, ok = operators[base]
	op.set, op.ifExists = set, ifExists
	return op, ok && (op.family != nulls || !ifExists)
}

// wants names what values the operator takes.
func (op operator) wants() string {
	return [...]string{
		numbers: "a number", dates: "a date", booleans: "true or false",
		addresses: "an address or a network", nulls: "true or false",
	}[op.family]
}

// operand makes of a value of a policy what a request's are compared with. It
// reports false for values that nothing can be compared with.
func (op operator) operand(s string) (operand, bool) {
	switch op.family {
	case numbers:
		q, ok := parseQuantity(s)
		return quantityOperand{quantity: q, order: op.order}, ok
	case dates:
		i, ok := parseInstant(s)
		return instantOperand{instant: i, order: op.order}, ok
	case addresses:
		p, ok := parseNetwork(s)
		return networkOperand{networks: []netip.Prefix{p}}, ok
	case nulls:
		return boolOperand{foldText(s)}, isBool(s)
	}
	return op.textOperand(s)
}

// textOperand is operand for values that may have variables.
func (op operator) textOperand(s string) (operand, bool) {
	switch op.family {
	case likeTexts:
		return patternOperand{parsePattern(s, true)}, true
	case arns:
		return parseARN(s), true
	case foldedTexts:
		return foldText(s), true
	case booleans:
		o := boolOperand{foldText(s)}
		return o, len(o.pattern.variables) > 0 || isBool(s)
	}
	// BinaryEquals compares base64 with base64, so as text.
	return patternOperand{parsePattern(s, false)}, true
}

func isBool(s string) bool { return strings.EqualFold(s, "true") || strings.EqualFold(s, "false") }
