package policy

import (
	"strings"
	"testing"
)

// must parses a document that is good.
func must(t testing.TB, text string) *Document {
	t.Helper()
	d, err := Parse(text)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return d
}

// policyOf makes a document of statements, without their braces, separated by
// line breaks. What a statement lacks is added: Allow, all actions, all
// resources.
func policyOf(statements string) string {
	var all []string
	for s := range strings.SplitSeq(statements, "\n") {
		for element, value := range map[string]string{"Effect": "Allow", "Action": "*", "Resource": "*"} {
			if !strings.Contains(s, element+`":`) {
				s += `,"` + element + `":"` + value + `"`
			}
		}
		all = append(all, "{"+strings.TrimPrefix(s, ",")+"}")
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(all, ",") + `]}`
}

// contextOf reads values as in "aws:username=alice; aws:tagkeys=a,b". What ends
// with = has the empty string.
func contextOf(s string) Values {
	ctx := Values{}
	for pair := range strings.SplitSeq(s, "; ") {
		if key, value, ok := strings.Cut(pair, "="); ok {
			ctx[key] = strings.Split(value, ",")
		}
	}
	return ctx
}

const meeting = "arn:aws:chime::111122223333:meeting/"

// A request for chime:CreateUser on meeting/m-1, if the case does not say
// another one.
type decisionCase struct {
	statements string
	action     string
	resource   string
	context    string
	want       Decision
}

func (c *decisionCase) check(t *testing.T) {
	t.Helper()
	r := &Request{Action: c.action, Resource: c.resource, Context: contextOf(c.context)}
	if r.Action == "" {
		r.Action = "chime:CreateUser"
	}
	if r.Resource == "" {
		r.Resource = meeting + "m-1"
	}
	set := Compile(Source{Document: must(t, policyOf(c.statements))})
	if got := set.Decide(r); got != c.want {
		t.Errorf("%s\n%s on %s with %s: got %v, want %v", c.statements, r.Action, r.Resource, c.context, got, c.want)
	}
	if got := set.Explain(r).Decision; got != c.want {
		t.Errorf("%s: Explain says %v, want %v", c.statements, got, c.want)
	}
}

const no, yes, never = ImplicitDeny, Allowed, ExplicitDeny

// Statements are built by these: deny is a second one behind an empty first.
func deny(s string) string { return "\n" + `"Effect":"Deny",` + s }
func when(s string) string { return `"Condition":{` + s + `}` }
func user(s string) string { return `"Resource":"arn:aws:iam::1:user/` + s + `"` }

const alice = "arn:aws:iam::1:user/alice"

func TestDecide(t *testing.T) {
	for name, cases := range map[string][]decisionCase{
		"elements": elementCases, "conditions": conditionCases, "sets": setCases, "variables": variableCases,
	} {
		t.Run(name, func(t *testing.T) {
			for _, c := range cases {
				c.check(t)
			}
		})
	}
}

var elementCases = []decisionCase{
	{``, "", "", "", yes},
	{`"Action":"chime:CreateUser"`, "", "", "", yes},
	{`"Action":"CHIME:createuser"`, "", "", "", yes},
	{`"Action":"chime:CreateUser"`, "Chime:CREATEUSER", "", "", yes},
	{`"Action":"chime:CreateUsers"`, "", "", "", no},
	{`"Action":"chime:Create"`, "", "", "", no},
	{`"Action":"chime:*"`, "", "", "", yes},
	{`"Action":"chime:create*"`, "", "", "", yes},
	{`"Action":"chime:*user"`, "", "", "", yes},
	{`"Action":"chime:C*U*r"`, "", "", "", yes},
	{`"Action":"chime:C*X*r"`, "", "", "", no},
	{`"Action":"chime:CreateUse?"`, "", "", "", yes},
	{`"Action":"chime:CreateUser?"`, "", "", "", no},
	{`"Action":"*:CreateUser"`, "", "", "", yes},
	{`"Action":"iam:*"`, "", "", "", no},
	{`"Action":["iam:*","chime:createUser"]`, "", "", "", yes},
	{`"NotAction":"iam:*"`, "", "", "", yes},
	{`"NotAction":["iam:*","chime:Create*"]`, "", "", "", no},
	{`"NotAction":"*"`, "", "", "", no},
	{`"Effect":"Deny"`, "", "", "", never},
	{deny(`"Action":"chime:*"`), "", "", "", never},
	{deny(`"Action":"iam:*"`), "", "", "", yes},
	{`"Effect":"Deny","Action":"chime:*"` + "\n" + `"Action":"chime:*"`, "", "", "", never},
	{`"Action":"iam:*"` + deny(`"Action":"sts:*"`), "", "", "", no},
	{deny(`"NotAction":"chime:*"`), "", "", "", yes},
	{deny(`"NotAction":"chime:List*"`), "", "", "", never},

	{`"Resource":"` + meeting + `m-1"`, "", "", "", yes},
	{`"Resource":"` + meeting + `M-1"`, "", "", "", no},
	{`"Resource":"` + meeting + `*"`, "", "", "", yes},
	{`"Resource":"` + meeting + `?-1"`, "", "", "", yes},
	{`"Resource":"` + meeting + `*"`, "", "*", "", no},
	{`"Resource":"*"`, "", "*", "", yes},
	{`"Resource":"arn:aws:chime:*:*:*"`, "", "", "", yes},
	{`"Resource":"arn:aws:chime:*"`, "", "", "", yes},
	{`"Resource":"arn:aws:chime"`, "", "", "", yes},
	{`"Resource":"arn:aws:chime"`, "", "arn:aws:iam::1:user/a", "", no},
	{`"Resource":"arn:*:chime::111122223333:meeting/*"`, "", "", "", yes},
	{`"Resource":"arn:aws:chime::999922223333:meeting/*"`, "", "", "", no},
	{`"Resource":"arn:aws:chime::*:meeting/*/end"`, "", meeting + "a/b:c/end", "", yes},
	{`"Resource":["arn:aws:iam::*:user/*","` + meeting + `*"]`, "", "", "", yes},
	{`"NotResource":"` + meeting + `m-2"`, "", "", "", yes},
	{`"NotResource":"` + meeting + `m-*"`, "", "", "", no},
	{`"NotResource":["` + meeting + `m-1","` + meeting + `m-2"]`, "", "", "", no},
	{`"NotResource":"*"`, "", "", "", no},
	{deny(`"NotResource":"` + meeting + `m-2"`), "", "", "", never},
}

var conditionCases = []decisionCase{
	{when(``), "", "", "", yes},
	{when(`"StringEquals":{}`), "", "", "", yes},
	{when(`"StringEquals":{"aws:username":"alice"}`), "", "", "aws:username=alice", yes},
	{when(`"StringEquals":{"aws:username":"alice"}`), "", "", "aws:username=Alice", no},
	{when(`"StringEquals":{"AWS:UserName":"alice"}`), "", "", "aws:username=alice", yes},
	{when(`"StringEquals":{"aws:username":["bob","alice"]}`), "", "", "aws:username=alice", yes},
	{when(`"StringEquals":{"aws:username":[]}`), "", "", "aws:username=alice", no},
	{when(`"StringEquals":{"aws:username":"al*"}`), "", "", "aws:username=alice", no},
	{when(`"StringEquals":{"aws:username":"al*"}`), "", "", "aws:username=al*", yes},
	{when(`"StringEquals":{"aws:username":"alice"}`), "", "", "", no},
	{when(`"StringEquals":{"aws:username":"alice","aws:userid":"1"}`), "", "", "aws:username=alice", no},
	{when(`"StringEquals":{"aws:username":"alice","aws:userid":1}`), "", "", "aws:username=alice; aws:userid=1", yes},
	{when(`"StringEquals":{"aws:username":"alice"},"Bool":{"aws:securetransport":true}`), "", "", "aws:username=alice; aws:securetransport=false", no},
	{when(`"StringEquals":{"aws:x":["a","b"]}`), "", "", "aws:x=a,b", no},
	{when(`"StringNotEquals":{"aws:username":"alice"}`), "", "", "aws:username=bob", yes},
	{when(`"StringNotEquals":{"aws:username":"alice"}`), "", "", "aws:username=alice", no},
	{when(`"StringNotEquals":{"aws:username":["alice","bob"]}`), "", "", "aws:username=bob", no},
	{when(`"StringNotEquals":{"aws:username":["alice","bob"]}`), "", "", "aws:username=eve", yes},
	{when(`"StringNotEquals":{"aws:username":"alice"}`), "", "", "", yes},
	{when(`"StringEqualsIgnoreCase":{"aws:username":"ALICE"}`), "", "", "aws:username=alice", yes},
	{when(`"StringEqualsIgnoreCase":{"aws:username":"ÉVE"}`), "", "", "aws:username=éve", yes},
	{when(`"StringEqualsIgnoreCase":{"aws:username":"a*"}`), "", "", "aws:username=alice", no},
	{when(`"StringNotEqualsIgnoreCase":{"aws:username":"ALICE"}`), "", "", "aws:username=alice", no},
	{when(`"StringNotEqualsIgnoreCase":{"aws:username":"ALICE"}`), "", "", "aws:username=bob", yes},
	{when(`"StringLike":{"aws:username":"a*e"}`), "", "", "aws:username=alice", yes},
	{when(`"StringLike":{"aws:username":"a?ice"}`), "", "", "aws:username=alice", yes},
	{when(`"StringLike":{"aws:username":"A*"}`), "", "", "aws:username=alice", no},
	{when(`"StringLike":{"aws:username":"a?c"}`), "", "", "aws:username=aéc", yes},
	{when(`"StringLike":{"aws:username":"*"}`), "", "", "aws:username=", yes},
	{when(`"StringLike":{"aws:username":"*"}`), "", "", "", no},
	{when(`"StringNotLike":{"aws:username":"a*"}`), "", "", "aws:username=alice", no},
	{when(`"StringNotLike":{"aws:username":["b*","c*"]}`), "", "", "aws:username=alice", yes},

	{when(`"NumericEquals":{"aws:n":"10"}`), "", "", "aws:n=10", yes},
	{when(`"NumericEquals":{"aws:n":10}`), "", "", "aws:n=10.0", yes},
	{when(`"NumericEquals":{"aws:n":"10"}`), "", "", "aws:n=ten", no},
	{when(`"NumericEquals":{"aws:n":"9007199254740993"}`), "", "", "aws:n=9007199254740992", no},
	{when(`"NumericNotEquals":{"aws:n":"10"}`), "", "", "aws:n=10", no},
	{when(`"NumericNotEquals":{"aws:n":["10","11"]}`), "", "", "aws:n=12", yes},
	{when(`"NumericLessThan":{"aws:n":"10"}`), "", "", "aws:n=9.5", yes},
	{when(`"NumericLessThan":{"aws:n":"10"}`), "", "", "aws:n=10", no},
	{when(`"NumericLessThanEquals":{"aws:n":"10"}`), "", "", "aws:n=10", yes},
	{when(`"NumericLessThanEquals":{"aws:n":["1","10"]}`), "", "", "aws:n=5", yes},
	{when(`"NumericGreaterThan":{"aws:n":"-10"}`), "", "", "aws:n=-9", yes},
	{when(`"NumericGreaterThan":{"aws:n":"100"}`), "", "", "aws:n=20", no},
	{when(`"NumericGreaterThanEquals":{"aws:n":"10"}`), "", "", "aws:n=10", yes},
	{when(`"NumericGreaterThanEquals":{"aws:n":"10"}`), "", "", "", no},

	{when(`"DateEquals":{"aws:t":"2026-11-26T12:00:00Z"}`), "", "", "aws:t=2026-11-26T13:00:00+01:00", yes},
	{when(`"DateEquals":{"aws:t":"2026-11-26T12:00:00Z"}`), "", "", "aws:t=1795694400", yes},
	{when(`"DateEquals":{"aws:t":1795694400}`), "", "", "aws:t=2026-11-26T12:00:00.000Z", yes},
	{when(`"DateNotEquals":{"aws:t":"2026-11-26"}`), "", "", "aws:t=2026-11-26T00:00:00Z", no},
	{when(`"DateNotEquals":{"aws:t":"2026-11-26"}`), "", "", "", yes},
	{when(`"DateLessThan":{"aws:t":"2027"},"DateGreaterThan":{"aws:t":"2026-11"}`), "", "", "aws:t=2026-11-26T00:00:00Z", no},
	{when(`"DateLessThan":{"aws:t":"2027-01"},"DateGreaterThan":{"aws:t":"2026-11"}`), "", "", "aws:t=2026-11-26T00:00:00Z", yes},
	{when(`"DateLessThanEquals":{"aws:t":"2026-11-26T12:00Z"}`), "", "", "aws:t=2026-11-26T12:00:00Z", yes},
	{when(`"DateGreaterThan":{"aws:t":"2026-11-26T12:00:00Z"}`), "", "", "aws:t=2026-11-26T12:00:00.001Z", yes},
	{when(`"DateGreaterThanEquals":{"aws:t":"2026-11-26T12:00:00-05:00"}`), "", "", "aws:t=2026-11-26T16:59:59Z", no},
	{when(`"DateGreaterThan":{"aws:t":"2026-11-26T12:00:00Z"}`), "", "", "aws:t=tomorrow", no},

	{when(`"Bool":{"aws:securetransport":"true"}`), "", "", "aws:securetransport=true", yes},
	{when(`"Bool":{"aws:securetransport":"TRUE"}`), "", "", "aws:securetransport=True", yes},
	{when(`"Bool":{"aws:securetransport":false}`), "", "", "aws:securetransport=true", no},
	{when(`"Bool":{"aws:securetransport":"false"}`), "", "", "", no},
	{when(`"Bool":{"aws:a":"${aws:b}"}`), "", "", "aws:a=true; aws:b=true", yes},
	{when(`"BinaryEquals":{"aws:b":"QmluYXJ5"}`), "", "", "aws:b=QmluYXJ5", yes},
	{when(`"BinaryEquals":{"aws:b":"QmluYXJ5"}`), "", "", "aws:b=qmluYXJ5", no},

	{when(`"IpAddress":{"aws:sourceip":"203.0.113.0/24"}`), "", "", "aws:sourceip=203.0.113.7", yes},
	{when(`"IpAddress":{"aws:sourceip":"203.0.113.9/24"}`), "", "", "aws:sourceip=203.0.113.7", yes},
	{when(`"IpAddress":{"aws:sourceip":"203.0.113.0/24"}`), "", "", "aws:sourceip=203.0.114.7", no},
	{when(`"IpAddress":{"aws:sourceip":"203.0.113.7"}`), "", "", "aws:sourceip=::ffff:203.0.113.7", yes},
	{when(`"IpAddress":{"aws:sourceip":["10.0.0.0/8","2001:db8::/32"]}`), "", "", "aws:sourceip=2001:DB8:0::1", yes},
	{when(`"IpAddress":{"aws:sourceip":"0.0.0.0/0"}`), "", "", "aws:sourceip=2001:db8::1", no},
	{when(`"IpAddress":{"aws:sourceip":"10.0.0.0/8"}`), "", "", "aws:sourceip=nowhere", no},
	{when(`"NotIpAddress":{"aws:sourceip":["10.0.0.0/8","192.0.2.0/24"]}`), "", "", "aws:sourceip=192.0.2.1", no},
	{when(`"NotIpAddress":{"aws:sourceip":["10.0.0.0/8","192.0.2.0/24"]}`), "", "", "aws:sourceip=198.51.100.1", yes},
	{when(`"NotIpAddress":{"aws:sourceip":"10.0.0.0/8"}`), "", "", "aws:sourceip=2001:db8::1", yes},
	{when(`"NotIpAddress":{"aws:sourceip":"10.0.0.0/8"}`), "", "", "", yes},

	{when(`"ArnEquals":{"aws:principalarn":"arn:aws:iam::*:user/a*"}`), "", "", "aws:principalarn=arn:aws:iam::1:user/alice", yes},
	{when(`"ArnLike":{"aws:principalarn":"arn:aws:iam::*:user/b*"}`), "", "", "aws:principalarn=arn:aws:iam::1:user/alice", no},
	{when(`"ArnLike":{"aws:principalarn":"arn:aws:*"}`), "", "", "aws:principalarn=arn:aws:iam::1:user/alice", no},
	{when(`"ArnLike":{"aws:principalarn":"arn:aws:iam:*:user/alice"}`), "", "", "aws:principalarn=arn:aws:iam::1:user/alice", no},
	{when(`"ArnLike":{"aws:a":"arn:aws:logs:*:*:group:*"}`), "", "", "aws:a=arn:aws:logs:x:1:group:a:b", yes},
	{when(`"ArnLike":{"aws:a":"arn:aws:iam::${aws:principalaccount}:user/${aws:username}"}`), "", "", "aws:a=arn:aws:iam::1:user/a; aws:principalaccount=1; aws:username=a", yes},
	{when(`"ArnNotEquals":{"aws:principalarn":"arn:aws:iam::*:user/a*"}`), "", "", "aws:principalarn=arn:aws:iam::1:user/alice", no},
	{when(`"ArnNotLike":{"aws:principalarn":"arn:aws:iam::*:user/b*"}`), "", "", "aws:principalarn=arn:aws:iam::1:user/alice", yes},
	{when(`"ArnNotLike":{"aws:principalarn":"arn:aws:iam::*:user/b*"}`), "", "", "", yes},

	{when(`"Null":{"aws:tokenissuetime":"true"}`), "", "", "", yes},
	{when(`"Null":{"aws:tokenissuetime":true}`), "", "", "aws:tokenissuetime=2026-01-01", no},
	{when(`"Null":{"aws:tokenissuetime":"false"}`), "", "", "aws:tokenissuetime=2026-01-01", yes},
	{when(`"Null":{"aws:tokenissuetime":"false"}`), "", "", "", no},
	{when(`"Null":{"aws:tokenissuetime":["true","false"]}`), "", "", "", yes},

	{when(`"StringEqualsIfExists":{"aws:username":"alice"}`), "", "", "", yes},
	{when(`"StringEqualsIfExists":{"aws:username":"alice"}`), "", "", "aws:username=bob", no},
	{when(`"BoolIfExists":{"aws:multifactorauthpresent":"true"}`), "", "", "", yes},
	{when(`"IpAddressIfExists":{"aws:sourceip":"10.0.0.0/8"}`), "", "", "aws:sourceip=11.0.0.1", no},
	{when(`"NumericLessThanIfExists":{"aws:n":"10"}`), "", "", "", yes},
	{deny(when(`"BoolIfExists":{"aws:multifactorauthpresent":"false"}`)), "", "", "", never},
	{deny(when(`"Bool":{"aws:multifactorauthpresent":"false"}`)), "", "", "", yes},
	{deny(when(`"StringNotEquals":{"aws:username":"alice"}`)), "", "", "", never},
}

var setCases = []decisionCase{
	{when(`"ForAllValues:StringEquals":{"aws:tagkeys":["a","b"]}`), "", "", "aws:tagkeys=a,b", yes},
	{when(`"ForAllValues:StringEquals":{"aws:tagkeys":["a","b"]}`), "", "", "aws:tagkeys=a", yes},
	{when(`"ForAllValues:StringEquals":{"aws:tagkeys":["a","b"]}`), "", "", "aws:tagkeys=a,c", no},
	{when(`"ForAllValues:StringEquals":{"aws:tagkeys":["a","b"]}`), "", "", "", yes},
	{when(`"ForAllValues:StringEquals":{"aws:tagkeys":["a","b"]}`), "", "", "aws:tagkeys=", yes},
	{when(`"ForAllValues:StringLike":{"aws:tagkeys":"k*"},"Null":{"aws:tagkeys":"false"}`), "", "", "", no},
	{when(`"ForAllValues:StringNotEquals":{"aws:tagkeys":["a","b"]}`), "", "", "aws:tagkeys=c,d", yes},
	{when(`"ForAllValues:StringNotEquals":{"aws:tagkeys":["a","b"]}`), "", "", "aws:tagkeys=c,a", no},
	{when(`"ForAllValues:StringNotEquals":{"aws:tagkeys":["a","b"]}`), "", "", "", yes},
	{when(`"ForAnyValue:StringEquals":{"aws:tagkeys":["a","b"]}`), "", "", "aws:tagkeys=c,a", yes},
	{when(`"ForAnyValue:StringEquals":{"aws:tagkeys":["a","b"]}`), "", "", "aws:tagkeys=c,d", no},
	{when(`"ForAnyValue:StringEquals":{"aws:tagkeys":["a","b"]}`), "", "", "", no},
	{when(`"ForAnyValue:StringEquals":{"aws:tagkeys":["a",""]}`), "", "", "aws:tagkeys=", no},
	{when(`"ForAnyValue:StringNotEquals":{"aws:tagkeys":["a","b"]}`), "", "", "aws:tagkeys=a,c", yes},
	{when(`"ForAnyValue:StringNotEquals":{"aws:tagkeys":["a","b"]}`), "", "", "aws:tagkeys=a,b", no},
	{when(`"ForAnyValue:StringNotEquals":{"aws:tagkeys":["a","b"]}`), "", "", "", no},
	{when(`"ForAnyValue:StringEqualsIfExists":{"aws:tagkeys":"a"}`), "", "", "", no},
	{when(`"ForAllValues:StringEqualsIfExists":{"aws:tagkeys":"a"}`), "", "", "", yes},
	{when(`"ForAnyValue:IpAddress":{"aws:vpc":"10.0.0.0/8"}`), "", "", "aws:vpc=1.1.1.1,10.0.0.1", yes},
	{when(`"ForAllValues:NumericLessThan":{"aws:n":10}`), "", "", "aws:n=1,20", no},
	{deny(when(`"ForAllValues:StringNotLike":{"aws:tagkeys":"key1*"}`)), "", "", "", never},
}

var variableCases = []decisionCase{
	{user(`${aws:username}`), "", alice, "aws:username=alice", yes},
	{user(`${AWS:UserName}`), "", alice, "aws:username=alice", yes},
	{user(`${aws:username}`), "", alice, "aws:username=bob", no},
	{user(`${aws:username}`), "", alice, "", no},
	{user(`${aws:username}`), "", alice, "aws:username=alice,bob", no},
	{user(`${aws:username}`), "", alice, "aws:username=*", no},
	{user(`${aws:username, 'alice'}`), "", alice, "", yes},
	{user(`${aws:username,'alice'}`), "", alice, "", yes},
	{user(`${aws:username, 'alice'}`), "", alice, "aws:username=bob", no},
	{user(`${aws:username, alice}`), "", alice, "", no},
	{user(`*${aws:username}*`), "", "arn:aws:iam::1:user/x/alice/y", "aws:username=alice", yes},
	{user(`${aws:path}/${aws:username}`), "", "arn:aws:iam::1:user/x/alice", "aws:username=alice; aws:path=x", yes},
	{user(`a${*}`), "", "arn:aws:iam::1:user/a*", "", yes},
	{user(`a${*}`), "", alice, "", no},
	{user(`a${?}`), "", "arn:aws:iam::1:user/ab", "", no},
	{user(`${$}{aws:username}`), "", "arn:aws:iam::1:user/${aws:username}", "aws:username=alice", yes},
	{user(`${aws:username`), "", "arn:aws:iam::1:user/${aws:username", "", yes},
	{user(`x`) + "\n" + `"Effect":"Deny",` + user(`${aws:username}`), "", "arn:aws:iam::1:user/x", "", yes},
	{`"NotResource":"arn:aws:iam::1:user/${aws:username}"`, "", alice, "aws:username=alice", no},
	{`"NotResource":"arn:aws:iam::1:user/${aws:username}"`, "", alice, "", yes},
	{when(`"StringEquals":{"aws:a":"${aws:b}"}`), "", "", "aws:a=x; aws:b=x", yes},
	{when(`"StringEquals":{"aws:a":"${aws:b}"}`), "", "", "aws:a=${aws:b}", no},
	{when(`"StringEquals":{"aws:a":"a${*}"}`), "", "", "aws:a=a*", yes},
	{when(`"StringEqualsIgnoreCase":{"aws:a":"x-${aws:b}"}`), "", "", "aws:a=X-Y; aws:b=y", yes},
	{when(`"StringLike":{"aws:a":"${aws:b}/*"}`), "", "", "aws:a=x/y; aws:b=x", yes},
	{when(`"StringLike":{"aws:a":"${aws:b}"}`), "", "", "aws:a=xyz; aws:b=x*", no},
	{when(`"StringNotEquals":{"aws:a":"${aws:b}"}`), "", "", "aws:a=x", yes},
	{when(`"StringNotEquals":{"aws:a":"${aws:b}"}`), "", "", "aws:a=x; aws:b=x", no},
	{deny(when(`"StringNotEquals":{"aws:a":"${aws:b}"}`)), "", "", "aws:a=x", never},
	{deny(when(`"StringEquals":{"aws:a":"${aws:b}"}`)), "", "", "aws:a=x", yes},
}

// Without policies nothing is allowed, nor explained.
func TestDecide_nothing(t *testing.T) {
	r := &Request{Action: "chime:CreateUser", Resource: "*"}
	for _, set := range []*Set{nil, {}, Compile(), Compile(Source{ID: "x"})} {
		if got := set.Decide(r); got != ImplicitDeny {
			t.Errorf("got %v", got)
		}
		if e := set.Explain(r); e.Decision != ImplicitDeny || e.Matched != nil || e.Missing != nil {
			t.Errorf("got %+v", e)
		}
	}
}
