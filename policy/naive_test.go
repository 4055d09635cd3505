package policy

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// What follows decides again, as plainly as can be, from JSON as encoding/json
// reads it. It shares no code with the package and is the second opinion on
// random documents and requests.

func naiveDecide(doc map[string]any, action, resource string, ctx map[string][]string) string {
	decision := "implicitDeny"
	for _, s := range doc["Statement"].([]any) {
		s := s.(map[string]any)
		if !naiveApplies(s, action, resource, ctx) {
			continue
		}
		if s["Effect"] == "Deny" {
			return "explicitDeny"
		}
		decision = "allowed"
	}
	return decision
}

func naiveApplies(s map[string]any, action, resource string, ctx map[string][]string) bool {
	about := func(element string, match func(string) bool) bool {
		values, ok := s[element]
		not := !ok
		if not {
			values = s["Not"+element]
		}
		hit := false
		for _, v := range naiveList(values) {
			hit = hit || match(v)
		}
		return hit != not
	}
	if !about("Action", func(p string) bool { return naiveGlob(strings.ToLower(p), strings.ToLower(action), true) }) {
		return false
	}
	if !about("Resource", func(p string) bool { return naiveResource(p, resource, ctx) }) {
		return false
	}
	conditions, _ := s["Condition"].(map[string]any)
	for operator, keys := range conditions {
		for key, values := range keys.(map[string]any) {
			if !naiveCondition(operator, naiveList(values), ctx[strings.ToLower(key)], ctx) {
				return false
			}
		}
	}
	return true
}

func naiveList(v any) (all []string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			all = append(all, naiveList(e)...)
		}
	case string:
		all = []string{v}
	case json.Number:
		all = []string{v.String()}
	case bool:
		all = []string{map[bool]string{true: "true", false: "false"}[v]}
	}
	return all
}

// Stand-ins for characters that a value or an escape put into a pattern.
const starSign, markSign = "\uE000", "\uE001"

var (
	naiveHide = strings.NewReplacer("*", starSign, "?", markSign)
	naiveShow = strings.NewReplacer(starSign, "*", markSign, "?")
)

var naiveVariable = regexp.MustCompile(`\$\{([^}]*)\}`)

// naiveExpand replaces variables. It reports false if one has no value.
func naiveExpand(s string, ctx map[string][]string) (string, bool) {
	ok := true
	s = naiveVariable.ReplaceAllStringFunc(s, func(v string) string {
		v = v[2 : len(v)-1]
		if v == "*" || v == "?" || v == "$" {
			return naiveHide.Replace(v)
		}
		key, rest, _ := strings.Cut(v, ",")
		if values := ctx[strings.ToLower(strings.TrimSpace(key))]; len(values) == 1 {
			return naiveHide.Replace(values[0])
		}
		rest = strings.TrimSpace(rest)
		ok = ok && strings.HasPrefix(rest, "'")
		return naiveHide.Replace(strings.Trim(rest, "'"))
	})
	return s, ok
}

func naivePlain(s string) string { return naiveShow.Replace(s) }

func naiveGlob(p, s string, wild bool) bool {
	if p == "" {
		return s == ""
	}
	c, n := utf8.DecodeRuneInString(p)
	d, m := utf8.DecodeRuneInString(s)
	if wild && c == '*' {
		return naiveGlob(p[n:], s, wild) || s != "" && naiveGlob(p, s[m:], wild)
	}
	if s == "" {
		return false
	}
	return (wild && c == '?' || naivePlain(string(c)) == string(d)) && naiveGlob(p[n:], s[m:], wild)
}

func naiveResource(p, s string, ctx map[string][]string) bool {
	for p != "*" && strings.Count(naiveVariable.ReplaceAllString(p, ""), ":") < 5 {
		p += ":*"
	}
	p, ok := naiveExpand(p, ctx)
	return ok && naiveGlob(p, s, true)
}

func naiveCondition(operator string, policy, request []string, ctx map[string][]string) bool {
	set, base, ok := strings.Cut(operator, ":")
	if !ok {
		set, base = "", operator
	}
	base, ifExists := strings.CutSuffix(base, "IfExists")
	if base == "Null" {
		want := map[bool]string{true: "true", false: "false"}[len(request) == 0]
		return strings.Contains(strings.Join(policy, " "), want)
	}
	negated := strings.Contains(base, "Not")
	one := func(value string) bool {
		for _, p := range policy {
			if naiveCompare(strings.Replace(base, "Not", "", 1), p, value, ctx) {
				return !negated
			}
		}
		return negated
	}
	hits := 0
	for _, v := range request {
		if one(v) {
			hits++
		}
	}
	empty := len(request) == 0 || len(request) == 1 && request[0] == ""
	switch {
	case set == "ForAllValues":
		return empty || hits == len(request)
	case set == "ForAnyValue":
		return !empty && hits > 0
	case len(request) == 0:
		return negated || ifExists
	}
	return len(request) == 1 && hits == 1
}

func naiveCompare(base, p, v string, ctx map[string][]string) bool {
	expanded, ok := naiveExpand(p, ctx)
	switch base {
	case "StringEquals", "BinaryEquals":
		return ok && naivePlain(expanded) == v
	case "StringEqualsIgnoreCase", "Bool":
		comparable := base != "Bool" || strings.Contains(" true false ", " "+strings.ToLower(v)+" ")
		return ok && comparable && strings.EqualFold(naivePlain(expanded), v)
	case "StringLike":
		return ok && naiveGlob(expanded, v, true)
	case "ArnEquals", "ArnLike":
		ps, vs := strings.SplitN(expanded, ":", 6), strings.SplitN(v, ":", 6)
		ok = ok && len(ps) == 6 && len(vs) == 6
		for i := 0; ok && i < 6; i++ {
			ok = naiveGlob(ps[i], vs[i], true)
		}
		return ok
	case "IpAddress":
		if !strings.Contains(p, "/") {
			return net.ParseIP(p).Equal(net.ParseIP(v))
		}
		_, network, _ := net.ParseCIDR(p)
		return network.Contains(net.ParseIP(v))
	}
	order, ok := naiveOrder(base, p, v)
	if !ok {
		return false
	}
	switch strings.TrimPrefix(strings.TrimPrefix(base, "Date"), "Numeric") {
	case "LessThan":
		return order < 0
	case "LessThanEquals":
		return order <= 0
	case "GreaterThan":
		return order > 0
	case "GreaterThanEquals":
		return order >= 0
	}
	return order == 0
}

func naiveOrder(base, p, v string) (order int, ok bool) {
	if strings.HasPrefix(base, "Date") {
		a, err := time.Parse(time.RFC3339, v)
		if n, e := strconv.ParseUint(v, 10, 32); e == nil {
			a, err = time.Unix(int64(n), 0), nil
		}
		b, _ := time.Parse(time.RFC3339, p)
		return a.Compare(b), err == nil
	}
	a, ok := new(big.Rat).SetString(v)
	if !ok {
		return 0, false
	}
	b, _ := new(big.Rat).SetString(p)
	return a.Cmp(b), true
}

// maker makes documents and requests of few values, so that they meet.
type maker struct{ *rand.Rand }

func (m maker) of(words string) string {
	all := strings.Split(words, " ")
	return all[m.IntN(len(all))]
}

const (
	makeActions   = "chime:CreateUser chime:GetUser iam:GetUser chime:* * *:GetUser chime:*User chime:?etUser CHIME:getuser iam:* chime:*e*U*"
	makeResources = "* arn:aws:chime::1:meeting/a arn:aws:chime::1:meeting/* arn:aws:chime:*:meeting/a arn:aws:chime arn:aws:iam::1:user/${aws:a} " +
		"arn:aws:iam::1:user/*${aws:b}* arn:aws:chime::${aws:c}:meeting/${*} arn:aws:iam::*:user/?b arn:aws:iam::1:user/${aws:d,'ab'} arn:aws:iam::1:user/${aws:a}${aws:b}${aws:c}${aws:d}${aws:e}"
	makeTexts   = "a b ab A aB * a* *b ?b éb ?? *?* ${aws:a} ${aws:b}* x${aws:c,'b'} ${*} a${?} 1 true"
	makeNumbers = "0 1 -1 1.5 10 1.0 100000000000000000000 1e2"
	makeDates   = "2026-01-01T00:00:00Z 2026-01-01T01:00:00+01:00 2026-06-30T12:00:00.5Z 1969-12-31T23:59:59-05:00"
	makeNets    = "10.0.0.0/8 10.1.0.0/16 10.1.2.3 0.0.0.0/0 2001:db8::/32 2001:db8::1 ::/0"
	makeARNs    = "arn:aws:iam::1:user/a arn:aws:iam::*:user/* arn:*:*:*:*:* arn:aws:iam:*:user/a arn:aws:iam::${aws:c}:user/${aws:a} arn:?ws:iam::1:user/a:* a*"
	makeBools   = "true false TRUE ${aws:a}"
)

func (m maker) operator() (name, values string) {
	order := m.of("Equals NotEquals LessThan LessThanEquals GreaterThan GreaterThanEquals")
	switch m.IntN(9) {
	case 0:
		name, values = "Numeric"+order, makeNumbers
	case 1:
		name, values = "Date"+order, makeDates
	case 2:
		name, values = m.of("IpAddress NotIpAddress"), makeNets
	case 3:
		name, values = "Arn"+m.of("Equals NotEquals Like NotLike"), makeARNs
	case 4:
		name, values = "Bool", makeBools
	case 5:
		return m.of("Null ForAllValues:Null"), "true false"
	case 6:
		name, values = "BinaryEquals", makeTexts
	default:
		name, values = "String"+m.of("Equals NotEquals EqualsIgnoreCase NotEqualsIgnoreCase Like NotLike"), makeTexts
	}
	return []string{"", "", "", "ForAllValues:", "ForAnyValue:"}[m.IntN(5)] + name + []string{"", "", "IfExists"}[m.IntN(3)], values
}

func (m maker) list(words string) any {
	if m.IntN(3) > 0 {
		return m.of(words)
	}
	all := make([]string, m.IntN(3)+1)
	for i := range all {
		all[i] = m.of(words)
	}
	return all
}

func (m maker) document() string {
	statements := make([]any, m.IntN(3)+1)
	for i := range statements {
		conditions := map[string]map[string]any{}
		for range m.IntN(3) {
			operator, values := m.operator()
			conditions[operator] = map[string]any{m.of("aws:a aws:B aws:c aws:D"): m.list(values), m.of("aws:a aws:b"): m.list(values)}
		}
		statements[i] = map[string]any{
			"Effect": m.of("Allow Allow Deny"), "Condition": conditions,
			m.of("Action Action NotAction"):       m.list(makeActions),
			m.of("Resource Resource NotResource"): m.list(makeResources),
		}
	}
	text, _ := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	return string(text)
}

func (m maker) context() map[string][]string {
	ctx := map[string][]string{}
	const plain = "a b ab 1 10 1.5 true false 2026-01-01T00:00:00Z 2026-07-01T00:00:00Z 10.1.2.3 2001:db8::1 arn:aws:iam::1:user/a * a* éb"
	for _, key := range []string{"aws:a", "aws:b", "aws:c", "aws:d", "aws:e"} {
		switch m.IntN(6) {
		case 0:
		case 1:
			ctx[key] = []string{m.of(plain), m.of(plain)}
		case 2:
			ctx[key] = []string{""}
		default:
			ctx[key] = []string{m.of(plain)}
		}
	}
	return ctx
}

func TestDecide_secondOpinion(t *testing.T) {
	m := maker{rand.New(rand.NewPCG(1, 2))}
	decisions := map[string]int{}
	for range 2600 {
		text := m.document()
		set := Compile(Source{Document: must(t, text)})
		var doc map[string]any
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&doc); err != nil {
			t.Fatal(err)
		}
		for range 8 {
			r := &Request{m.of("chime:CreateUser chime:GetUser iam:GetUser"), "", nil}
			r.Resource = m.of("* arn:aws:chime::1:meeting/a arn:aws:chime::1:meeting/* arn:aws:iam::1:user/ab arn:aws:iam::1:user/éb")
			ctx := m.context()
			r.Context = Values(ctx)
			got, want := set.Decide(r).String(), naiveDecide(doc, r.Action, r.Resource, ctx)
			if got != want || set.Explain(r).Decision.String() != want {
				t.Fatalf("%s\n%+v\ngot %s, want %s", text, r, got, want)
			}
			decisions[want]++
		}
	}
	for _, d := range []string{"allowed", "explicitDeny", "implicitDeny"} {
		if decisions[d] < 1000 {
			t.Errorf("few of %s: %v", d, decisions)
		}
	}
}
