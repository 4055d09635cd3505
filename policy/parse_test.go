package policy

import (
	"errors"
	"strings"
	"testing"
)

// statementOf is a document of one statement, given without its braces. The
// statement begins at column 39.
func statementOf(s string) string {
	return `{"Version":"2012-10-17","Statement":[{` + s + `}]}`
}

const (
	allow      = `"Effect":"Allow",`
	everything = `"Action":"*","Resource":"*",`
)

// Each document is refused with IAM's text, behind which stands where and what.
func TestParse_refuses(t *testing.T) {
	for _, test := range refused {
		checkRefused(t, test.doc, test.want)
	}
}

func syntax(s string) string { return syntaxErrors + " (line 1, column " + s + ")" }

var refused = []struct{ doc, want string }{
	{``, syntax(`1: expected a value`)},
	{`This is not JSON`, syntax(`1: expected a value`)},
	{`[]`, syntax(`1: a policy is an object`)},
	{`{}`, syntax(`1: Statement is missing`)},
	{`{"Version":"2012-10-17"`, syntax(`24: expected a comma or }`)},
	{`{"Version":"2012-10-17",}`, syntax(`25: expected the name of a member`)},
	{`{"Version" "2012-10-17"}`, syntax(`12: expected a colon`)},
	{`{"Version":01}`, syntax(`12: expected a value`)},
	{`{"Version":"2012-10-17","Version":"2012-10-17"}`, syntax(`25: "Version" is given twice`)},
	{`{"Version":"2012-10-17","V\u0065rsion":"2012-10-17"}`, syntax(`25: "Version" is given twice`)},
	{`{"Id":"\ud83d"}`, syntax(`14: no escape of JSON`)},
	{`{"Id":"\ud83d\u0061"}`, syntax(`20: half of a surrogate pair`)},
	{`{"Id":"\x"}`, syntax(`8: no escape of JSON`)},
	{"{\"Id\":\"a\tb\"}", syntax(`9: a string with a line break or a tab in it`)},
	{`{"Id":"a`, syntax(`9: a string without an end`)},
	{`{"Id":"` + "\xff" + `"}`, syntax(`8: a character outside of U+0009, U+000A, U+000D, U+0020 to U+00FF`)},
	{`{"Id":"→"}`, syntax(`8: a character outside of U+0009, U+000A, U+000D, U+0020 to U+00FF`)},
	{`{"Id":` + strings.Repeat("[", 1<<16), syntax(`18: nested too deep`)},
	{statementOf(allow+everything+`"Sid":"a"`) + `x`, syntax(`96: text after the document`)},
	{`{"Version":"2012-10-17","Statement":[]}`, syntax(`37: Statement: must be a statement or a list of statements`)},
	{`{"Version":"2012-10-17","Statement":"x"}`, syntax(`37: Statement: must be a statement or a list of statements`)},
	{`{"Version":"2012-10-17","Statement":["x"]}`, syntax(`38: Statement[0]: a statement is an object`)},
	{`{"Version":"2013-10-17","Statement":[]}`, syntax(`12: Version: unknown version`)},
	{`{"Version":20121017,"Statement":[]}`, syntax(`12: Version: must be a string`)},
	{`{"Id":{},"Statement":[]}`, syntax(`7: Id: must be a string`)},
	{`{"statement":[]}`, syntax(`2: statement: unknown element`)},
	{`{"Condition":{}}`, syntax(`2: Condition: unknown element`)},

	{statementOf(everything + `"Sid":"a"`), syntax(`38: Statement[0]: Effect is missing`)},
	{statementOf(`"Effect":"Permit"`), syntax(`48: Statement[0].Effect: must be Allow or Deny`)},
	{statementOf(`"Effect":true`), syntax(`48: Statement[0].Effect: must be a string`)},
	{statementOf(allow + `"Extra":1`), syntax(`56: Statement[0].Extra: unknown element`)},
	{statementOf(allow + `"action":"*"`), syntax(`56: Statement[0].action: unknown element`)},
	{statementOf(allow + `"Sid":1`), syntax(`62: Statement[0].Sid: must be a string`)},
	{statementOf(allow + `"Action":"*","NotAction":"*"`), syntax(`69: Statement[0].NotAction: cannot stand beside Action`)},
	{statementOf(allow + `"NotResource":[],"Resource":"*"`), syntax(`73: Statement[0].Resource: cannot stand beside NotResource`)},
	{statementOf(allow + `"Action":{}`), syntax(`65: Statement[0].Action: must be a string`)},
	{statementOf(allow + `"Action":[["*"]]`), syntax(`66: Statement[0].Action[0]: must be a string`)},
	{statementOf(allow + `"Action":["*",null]`), syntax(`70: Statement[0].Action[1]: must be a string`)},
	{statementOf(allow + `"Resource":null`), syntax(`67: Statement[0].Resource: must be a string`)},
	{statementOf(allow + `"Condition":[]`), syntax(`68: Statement[0].Condition: must be an object`)},
	{statementOf(allow + `"Condition":{"Bool":"x"}`), syntax(`76: Statement[0].Condition.Bool: must be an object`)},
	{statementOf(allow + `"Condition":{"StringEqual":{"aws:a":"x"}}`), syntax(`69: Statement[0].Condition.StringEqual: unknown condition operator`)},
	{statementOf(allow + `"Condition":{"stringEquals":{"aws:a":"x"}}`), syntax(`69: Statement[0].Condition.stringEquals: unknown condition operator`)},
	{statementOf(allow + `"Condition":{"NullIfExists":{"aws:a":"true"}}`), syntax(`69: Statement[0].Condition.NullIfExists: unknown condition operator`)},
	{statementOf(allow + `"Condition":{"ForAnyValue::Bool":{"aws:a":"x"}}`), syntax(`69: Statement[0].Condition.ForAnyValue::Bool: unknown condition operator`)},
	{statementOf(allow + `"Condition":{"Bool":{"aws:a":null}}`), syntax(`85: Statement[0].Condition.Bool.aws:a: must be a string, a number or a boolean`)},
	{statementOf(allow + `"Condition":{"StringLike":{"aws:a":["x",{}]}}`), syntax(`96: Statement[0].Condition.StringLike.aws:a[1]: must be a string, a number or a boolean`)},

	{`{"Statement":{"Effect":"Allow"}}`, badVersion + ` (line 1, column 1: Version is missing)`},
	{`{"Version":"2008-10-17","Statement":{"Effect":"Allow"}}`, badVersion + ` (line 1, column 12: Version)`},
	{statementOf(allow + `"Principal":"*"`), hasPrincipal + ` (line 1, column 56: Statement[0].Principal)`},
	{statementOf(allow + `"NotPrincipal":{"AWS":"*"}`), hasPrincipal + ` (line 1, column 56: Statement[0].NotPrincipal)`},
	{"\n" + statementOf(allow+everything+`"Sid":""`), legacy + ` (line 1, column 1: white space before the document)`},
	{statementOf(`"Effect":"allow"`), legacy + ` (line 1, column 48: Statement[0].Effect: must be Allow or Deny, in this letter case)`},
	{statementOf(allow + `"Condition":{"DateLessThan":{"aws:t":"tomorrow"}}`), legacy + ` (line 1, column 93: Statement[0].Condition.DateLessThan.aws:t: not a date)`},
	{statementOf(allow + `"Condition":{"NumericEquals":{"aws:n":[1,"one"]}}`), legacy + ` (line 1, column 97: Statement[0].Condition.NumericEquals.aws:n[1]: not a number)`},
	{statementOf(allow + `"Condition":{"BoolIfExists":{"aws:b":"yes"}}`), legacy + ` (line 1, column 93: Statement[0].Condition.BoolIfExists.aws:b: not true or false)`},
	{statementOf(allow + `"Condition":{"Null":{"aws:b":1}}`), legacy + ` (line 1, column 85: Statement[0].Condition.Null.aws:b: not true or false)`},
	{statementOf(allow + `"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/33"}}`), legacy + ` (line 1, column 97: Statement[0].Condition.IpAddress.aws:SourceIp: not an address or a network)`},
	{statementOf(allow + `"Resource":"arn:aws:s3::bucket"`), legacy + ` (line 1, column 67: Statement[0].Resource: an ARN has six parts and names a service)`},
	{statementOf(allow + `"Resource":"arn:aws::::bucket"`), legacy + ` (line 1, column 67: Statement[0].Resource: an ARN has six parts and names a service)`},
	{statementOf(allow + everything + `"Sid":"a-b"`), sidPattern + ` (line 1, column 90: Statement[0].Sid)`},
	{statementOf(allow + everything + `"Sid":"a"},{` + allow + everything + `"Sid":"a"`), sidsDiffer + ` (line 1, column 147: Statement[1].Sid)`},
	{statementOf(`"Effect":"Allow"`), noActions + ` (line 1, column 38: Statement[0])`},
	{statementOf(allow + `"Action":[],"Resource":"*"`), noActions + ` (line 1, column 65: Statement[0].Action)`},
	{statementOf(allow + `"Action":"chime:*"`), noResources + ` (line 1, column 38: Statement[0])`},
	{statementOf(allow + `"Action":"*","NotResource":[]`), noResources + ` (line 1, column 83: Statement[0].NotResource)`},
	{statementOf(allow + `"Action":"CreateUser"`), noVendor + ` (line 1, column 65: Statement[0].Action)`},
	{statementOf(allow + `"Action":"chime*"`), noVendor + ` (line 1, column 65: Statement[0].Action)`},
	{statementOf(allow + `"NotAction":""`), noVendor + ` (line 1, column 68: Statement[0].NotAction)`},
	{statementOf(allow + `"Action":["chime:*","a:b:c"]`), manyColons + ` (line 1, column 76: Statement[0].Action[1])`},
	{statementOf(allow + `"Action":"a a:b"`), `Vendor a a is not valid (line 1, column 65: Statement[0].Action)`},
	{statementOf(allow + `"Action":"chi*:b"`), `Vendor chi* is not valid (line 1, column 65: Statement[0].Action)`},
	{statementOf(allow + everything + `"Condition":{"Bool":{"a":"true"}}`), noVendor + ` (line 1, column 105: Statement[0].Condition.Bool.a)`},
	{statementOf(allow + everything + `"Condition":{"Bool":{":a":"true"}}`), noVendor + ` (line 1, column 105: Statement[0].Condition.Bool.:a)`},
}

func TestParse_refusesResources(t *testing.T) {
	const paths = `IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, ` +
		`server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.`
	for _, test := range []struct{ resource, want string }{
		{``, `Resource  must be in ARN format or "*".`},
		{`bucket`, `Resource bucket must be in ARN format or "*".`},
		{`urn:aws:s3:::bucket`, `Resource urn:aws:s3:::bucket must be in ARN format or "*".`},
		{`a:b`, `Partition "b" is not valid for resource "arn:b:*:*:*:*".`},
		{`a:b:`, `Partition "b" is not valid for resource "arn:b:*:*:*:*".`},
		{`a:b:c:d:e:f:g:h`, `Partition "b" is not valid for resource "arn:b:c:d:e:f:g:h".`},
		{`arn:aws-xx:s3:::bucket`, `Partition "aws-xx" is not valid for resource "arn:aws-xx:s3:::bucket".`},
		{`arn::s3:::bucket`, `Partition "" is not valid for resource "arn::s3:::bucket".`},
		{`arn:aws`, badService},
		{`arn:aws:*:*:*:*`, badService},
		{`arn:aws:s?:::bucket`, badService},
		{`arn:aws:s3:eu-west-1::bucket`, `Resource arn:aws:s3:eu-west-1::bucket can not contain region information.`},
		{`arn:aws:iam:eu-west-1::user/a`, `IAM resource arn:aws:iam:eu-west-1::user/a cannot contain region information.`},
		{`arn:aws:iam::1:alice`, paths},
		{`arn:aws:iam::1:root`, paths},
	} {
		checkRefused(t, statementOf(allow+`"Action":"*","Resource":"`+test.resource+`"`), test.want+` (line 1, column 80: Statement[0].Resource)`)
	}
}

func checkRefused(t *testing.T, doc, want string) {
	t.Helper()
	d, err := Parse(doc)
	var e *Error
	if d != nil || !errors.As(err, &e) || err.Error() != want {
		t.Errorf("%.200s\ngot  %v\nwant %s", doc, err, want)
	}
}

// Lines are counted as in the text, columns in characters.
func TestParse_places(t *testing.T) {
	doc := "{\r\n\t\"Version\": \"2012-10-17\",\r\t\"Id\": \"äöü\", \"Statement\": [\n{\"Effect\": \"Alow\"}]}"
	checkRefused(t, doc, syntaxErrors+" (line 4, column 12: Statement[0].Effect: must be Allow or Deny)")
	checkRefused(t, strings.Replace(doc, `"Id"`, `"Ix"`, 1), syntaxErrors+" (line 3, column 2: Ix: unknown element)")
	checkRefused(t, strings.Replace(doc, `"Statement"`, `Statement`, 1), syntaxErrors+" (line 3, column 15: expected the name of a member)")
}

func TestParse_takes(t *testing.T) {
	for _, statement := range []string{
		`"Action":"*","Resource":"*"`,
		`"Action":["chime:*"],"Resource":["*"]`,
		`"NotAction":"iam: asdf safdsf af ","NotResource":"arn:aws:s3:::bucket"`,
		`"Action":"aws-portal:*","Resource":"arn:aws-cn:s3:::bucket"`,
		`"Action":"*:*","Resource":"arn:*:chime::*:meeting/*"`,
		`"Action":"*","Resource":"arn:aws:iam::*:user/${aws:username}"`,
		`"Action":"*","Resource":"arn:aws:iam::1:*"`,
		`"Action":"*","Resource":"arn:aws:s3:*:1:accesspoint/x"`,
		`"Action":"*","Resource":"arn:aws:chime"`,
		everything + `"Sid":""},{"Effect":"Deny",` + everything + `"Sid":""`,
		everything + `"Sid":"Äé"},{"Effect":"Deny",` + everything + `"Sid":"1"`,
		everything + `"Condition":{}`,
		everything + `"Condition":{"x":{}}`,
		everything + `"Condition":{"Bool":{"aws:a":[]}}`,
		everything + `"Condition":{"Bool":{"aws:a":[true,"False","${aws:b}"]}}`,
		everything + `"Condition":{"ForAnyValue:StringEqualsIfExists":{"aws:RequestTag/a:b":1.5e3}}`,
		everything + `"Condition":{"NumericEquals":{"aws:a":[1,-2.5,"3"]}}`,
		everything + `"Condition":{"DateEquals":{"aws:a":["01T","-292275054","2016-12-13t2:00:00.593194+23",1700000000,"2026-02-28"]}}`,
		everything + `"Condition":{"IpAddress":{"aws:a":["10.0.0.1/8","::/0","192.0.2.1"]}}`,
	} {
		doc := statementOf(allow + strings.TrimSuffix(statement, ","))
		if _, err := Parse(doc); (err == nil) == strings.Contains(doc, "Äé") {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

func TestParse_dates(t *testing.T) {
	for _, s := range []string{
		"", "T", "T12:00", "234-13", "2026-02-29", "2026-00", "2026-1-32", "2026-11-26T24:00", "2026-11-26T12:60",
		"2026-11-26T12:00:00.", "2026-11-26T12:00:00.1999999999", "2026-11-26T12:00:00+1", "2026-11-26T12:00:00+24:00", "2026-11-26T12:00:00+0100",
		"2026-11-26T12:00:00Zx", "9223372036854775808", "99999999999999999999999", "-", "-292275055", "292278994-01", "${aws:CurrentTime}",
	} {
		if _, ok := parseInstant(s); ok {
			t.Errorf("%q is a date", s)
		}
	}
}

func TestSizeWithoutWhitespace(t *testing.T) {
	if got := SizeWithoutWhitespace("{ \"Sid\":\t\"a b é\"\r\n}"); got != 13 {
		t.Errorf("got %d", got)
	}
}
