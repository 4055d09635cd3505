package policy

import (
	"fmt"
	"strings"
)

// What IAM answers to documents whose shape is good.
const (
	badVersion   = "Policy document must be version 2012-10-17 or greater."
	hasPrincipal = "Policy document should not specify a principal."
	legacy       = "The policy failed legacy parsing"
	sidsDiffer   = "Statement IDs (SID) in a single policy must be unique."
	sidPattern   = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
	noActions    = "Policy statement must contain actions."
	noResources  = "Policy statement must contain resources."
	noVendor     = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
	manyColons   = "Actions/Condition can contain only one colon."
	badVendor    = "Vendor %s is not valid"
)

// check looks for what IAM refuses in a document of the right shape, in the
// order in which IAM does: who breaks two rules hears of the same one.
func (d *Document) check() error {
	steps := []func() *Error{
		d.checkVersion, d.checkPrincipals, d.checkLegacy, d.checkResources, d.checkSids, d.checkActions,
		d.checkFormats, d.checkVendors, d.checkKeys, d.checkResourcesGiven,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func refuse(w where, format string, args ...any) *Error {
	return &Error{Text: fmt.Sprintf(format, args...), Path: w.path, Position: w.Position}
}

func (e *Error) because(hint string) *Error {
	e.Hint = hint
	return e
}

// A missing Version means 2008-10-17.
func (d *Document) checkVersion() *Error {
	if d.version.string == "2012-10-17" {
		return nil
	}
	if d.version.path == "" {
		return refuse(d.version.where, badVersion).because("Version is missing")
	}
	return refuse(d.version.where, badVersion)
}

func (d *Document) checkPrincipals() *Error {
	for i := range d.statements {
		if p := d.statements[i].principal; p != nil {
			return refuse(*p, hasPrincipal)
		}
	}
	return nil
}

// checkLegacy refuses what passes the first look of IAM and not its second:
// white space before the document, effects in another letter case, values that
// the operator cannot compare.
func (d *Document) checkLegacy() *Error {
	if d.leading {
		return refuse(where{Position: Position{1, 1}}, legacy).because("white space before the document")
	}
	for i := range d.statements {
		s := &d.statements[i]
		if e := s.effect.string; e != "Allow" && e != "Deny" {
			return refuse(s.effect.where, legacy).because("must be Allow or Deny, in this letter case")
		}
		for _, c := range s.conditions {
			if err := c.checkValues(); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkValues refuses values that the operator cannot compare with anything.
func (c *clause) checkValues() *Error {
	op, _ := findOperator(c.operator)
	for _, v := range c.values {
		if _, ok := op.operand(v.string); !ok {
			return refuse(v.where, legacy).because("not " + op.wants())
		}
	}
	return nil
}

func (d *Document) checkSids() *Error {
	seen := map[string]bool{}
	for i := range d.statements {
		sid := d.statements[i].sid
		switch {
		case !every(sid.string, isAlphanumeric):
			return refuse(sid.where, sidPattern)
		case seen[sid.string]:
			return refuse(sid.where, sidsDiffer)
		}
		seen[sid.string] = sid.string != ""
	}
	return nil
}

func (d *Document) checkActions() *Error {
	for i := range d.statements {
		if s := &d.statements[i]; len(s.actions.values) == 0 {
			return refuse(s.lacks(s.actions), noActions)
		}
	}
	return nil
}

func (d *Document) checkResourcesGiven() *Error {
	for i := range d.statements {
		if s := &d.statements[i]; len(s.resources.values) == 0 {
			return refuse(s.lacks(s.resources), noResources)
		}
	}
	return nil
}

// lacks returns where a list is that has nothing in it: the statement's place
// if there is no list.
func (s *statement) lacks(l list) where {
	if l.given {
		return l.at
	}
	return s.at
}

func (d *Document) checkVendors() *Error {
	for i := range d.statements {
		for _, a := range d.statements[i].actions.values {
			if err := checkVendor(a); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkVendor refuses an action whose service cannot be one. The name behind
// the colon may be anything.
func checkVendor(a text) *Error {
	vendor, name, ok := strings.Cut(a.string, ":")
	switch {
	case !ok && vendor == "*":
		return nil
	case !ok:
		return refuse(a.where, noVendor)
	case strings.Contains(name, ":"):
		return refuse(a.where, manyColons)
	case vendor != "*" && (vendor == "" || !every(vendor, isVendor)):
		return refuse(a.where, badVendor, clip(vendor))
	}
	return nil
}

// checkKeys refuses condition keys without a service. What follows the first
// colon may have more of them: names of tags do.
func (d *Document) checkKeys() *Error {
	for i := range d.statements {
		for _, c := range d.statements[i].conditions {
			if strings.IndexByte(c.key.string, ':') < 1 {
				return refuse(c.key.where, noVendor)
			}
		}
	}
	return nil
}

func every(s string, ok func(byte) bool) bool {
	for i := range len(s) {
		if !ok(s[i]) {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isVendor(c byte) bool { return isAlphanumeric(c) || c == '-' || c == '.' }
