package policy

import "strings"

// Context gives the values of condition keys to a decision.
type Context interface {
	// Values returns the values of a key, whose name is in lower case. A key
	// that has no values is absent. The slice is only read, and not kept.
	Values(name string) (values []string, ok bool)
}

// Values is a Context in memory: values by the name of the key in lower case.
type Values map[string][]string

// Values returns the values of a key.
func (v Values) Values(name string) (values []string, ok bool) {
	values, ok = v[name]
	return values, ok
}

// lookup returns the values of a key, none if it is absent. A nil Context has
// no keys.
func lookup(ctx Context, key string) []string {
	if ctx == nil {
		return nil
	}
	values, ok := ctx.Values(key)
	if !ok {
		return nil
	}
	return values
}

// condition is one key below an operator, ready for use.
type condition struct {
	operator
	key      string // in lower case
	name     string // as spelled
	operands []operand
}

func compileCondition(c *clause) condition {
	op, _ := findOperator(c.operator)
	compiled := condition{operator: op, key: strings.ToLower(c.key.string), name: c.key.string}
	for _, v := range c.values {
		o, _ := op.operand(v.string)
		compiled.add(o)
	}
	return compiled
}

// add adds a value to compare with. Networks become one.
func (c *condition) add(o operand) {
	if n, ok := o.(networkOperand); ok && len(c.operands) > 0 {
		n.networks = append(c.operands[0].(networkOperand).networks, n.networks...)
		c.operands[0] = n
		return
	}
	c.operands = append(c.operands, o)
}

// holds tells whether the request fulfils the condition.
//
// An absent key fulfils what is negated and what says IfExists; IfExists means
// nothing behind ForAllValues, which an absent key fulfils anyway, and behind
// ForAnyValue, which it never does. A key of several values needs one of the
// two: without, no operator compares them.
func (c *condition) holds(ctx Context) bool {
	values := lookup(ctx, c.key)
	switch {
	case c.family == nulls:
		return c.holdsNull(len(values) == 0)
	case c.set != single:
		return c.holdsSet(values, ctx)
	case len(values) == 0:
		return c.negated || c.ifExists
	}
	return len(values) == 1 && c.compare(values[0], ctx)
}

func (c *condition) holdsNull(absent bool) bool {
	value := "false"
	if absent {
		value = "true"
	}
	return c.compare(value, nil)
}

// holdsSet is holds for ForAllValues and ForAnyValue. An empty string and
// nothing else is, to AWS, the same as no value.
func (c *condition) holdsSet(values []string, ctx Context) bool {
	all := c.set == forAll
	if len(values) == 1 && values[0] == "" {
		return all
	}
	for _, v := range values {
		if c.compare(v, ctx) != all {
			return !all
		}
	}
	return all
}

// compare holds one value of the request against all of the policy: one of
// them must match, or none if the operator is negated.
func (c *condition) compare(value string, ctx Context) bool {
	for _, o := range c.operands {
		if o.matches(value, ctx) {
			return !c.negated
		}
	}
	return c.negated
}
