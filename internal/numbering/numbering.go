// Package numbering knows the numbering plans of the world as far as the server needs
// them: in which country a number is, and whether calls to it are free of charge for
// the caller. Nothing of it is looked at before the first number.
package numbering

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"
)

//go:generate go run ./gen -out plans.txt

// plansText has a line for every plan, its fields separated by tabs: calling code,
// country, the pattern of the digits by which its numbers are told from those of other
// countries with the code, and the rules of all numbers, of those at a premium, of
// those that are toll-free, and of all kinds together.
//
//go:embed plans.txt
var plansText string

// plan is the numbering plan of a country.
type plan struct {
	country                           string
	leading                           rule
	general, premium, tollFree, kinds []rule
}

// rule says which national numbers are of a kind.
type rule struct {
	lengths string // the lengths that they can have, as bytes; empty: any
	pattern *pattern
}

// pattern is a regular expression that is compiled when it is needed.
type pattern struct {
	text string
	once sync.Once
	re   *regexp.Regexp
}

func (p *pattern) matches(digits string) bool {
	p.once.Do(func() { p.re = regexp.MustCompile(p.text) })
	return p.re.MatchString(digits)
}

// plans are the plans by calling code, the main country of a code first.
var plans = sync.OnceValue(func() map[string][]*plan {
	by := map[string][]*plan{}
	for line := range strings.Lines(plansText) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		p := &plan{country: f[1], general: rulesOf(f[3]), premium: rulesOf(f[4]), tollFree: rulesOf(f[5]), kinds: rulesOf(f[6])}
		if f[2] != "" {
			p.leading = rule{pattern: &pattern{text: "^(?:" + f[2] + ")"}}
		}
		by[f[0]] = append(by[f[0]], p)
	}
	return by
})

// rulesOf reads rules such as "8,9:80\d{6,7} 10:800\d{7}".
func rulesOf(text string) (rules []rule) {
	for field := range strings.FieldsSeq(text) {
		lengths, re, _ := strings.Cut(field, ":")
		rules = append(rules, rule{readLengths(lengths), &pattern{text: "^(?:" + re + ")$"}})
	}
	return rules
}

func readLengths(text string) string {
	var lengths []byte
	for n := range strings.SplitSeq(text, ",") {
		if n != "" {
			lengths = append(lengths, parseLength(n))
		}
	}
	return string(lengths)
}

func parseLength(text string) (n byte) {
	for _, digit := range []byte(text) {
		n = 10*n + digit - '0'
	}
	return n
}

func match(digits string, rules []rule) bool {
	for _, r := range rules {
		if (r.lengths == "" || strings.IndexByte(r.lengths, byte(len(digits))) >= 0) && r.pattern.matches(digits) {
			return true
		}
	}
	return false
}

// has reports whether a number is one of the plan.
func (p *plan) has(digits string) bool {
	if p.leading.pattern != nil {
		return p.leading.pattern.matches(digits)
	}
	return match(digits, p.general) && match(digits, p.kinds)
}

// leastDigits is how many digits a number has at least behind its calling code.
const leastDigits = 2

// Of returns the country, by ISO 3166, of a number such as +12065550100, and whether
// it is toll-free. Numbers of no single country are of "001"; those that no country
// has are of "".
func Of(e164 string) (country string, tollFree bool) {
	for n := 1; n <= 3 && n+leastDigits < len(e164); n++ {
		if of := plans()[e164[1:1+n]]; of != nil {
			return among(of, e164[1+n:])
		}
	}
	return "", false
}

func among(of []*plan, digits string) (country string, tollFree bool) {
	for _, p := range of {
		if len(of) == 1 || p.has(digits) {
			return p.country, match(digits, p.general) && !match(digits, p.premium) && match(digits, p.tollFree)
		}
	}
	return "", false
}
