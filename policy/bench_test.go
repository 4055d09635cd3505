package policy

import "testing"

var benches = []struct {
	name, statements string
	want             Decision
}{
	{"names", `"Action":["chime:ListUsers","chime:GetUser","chime:CreateUser"]`, Allowed},
	{"prefix", `"Action":"chime:Create*"`, Allowed},
	{"wildcards", `"Action":"chime:*User","Resource":"arn:aws:chime::*:meeting/*-1"`, Allowed},
	{"variable", `"Resource":"arn:aws:chime::${aws:PrincipalAccount}:meeting/*"`, Allowed},
	{"conditions", `"Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]},"Bool":{"aws:SecureTransport":"true"},` +
		`"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"},"StringLike":{"aws:username":"al*"}}`, Allowed},
	{"arn", `"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/${aws:username}"},"NumericLessThan":{"aws:EpochTime":"1900000000"}}`, Allowed},
	{"ten", ten, Allowed},
	{"ten_denied", ten + "\n" + `"Effect":"Deny","Action":"chime:CreateUser"`, ExplicitDeny},
}

// Ten statements as people have them; the last one allows.
const ten = `"Action":["chime:ListUsers","chime:GetUser","chime:UpdateUser","chime:InviteUsers"]
"Action":"chime:List*"
"Action":["iam:GetUser","iam:ListAccessKeys","iam:CreateAccessKey"],"Resource":"arn:aws:iam::*:user/${aws:username}"
"Action":"cloudtrail:LookupEvents"
"Effect":"Deny","NotAction":["iam:*","sts:*"],"Condition":{"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]}}
"Effect":"Deny","Action":"chime:Delete*","Condition":{"Bool":{"aws:SecureTransport":"false"}}
"Effect":"Deny","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}}
"Action":"carillon:*","Condition":{"StringEquals":{"aws:username":["bob","carol"]}}
"Effect":"Deny","Action":"chime:*","NotResource":"arn:aws:chime::111122223333:*"
"Action":"chime:*","Condition":{"StringLike":{"aws:username":"al*"}}`

func benchRequest() *Request {
	return &Request{"chime:CreateUser", meeting + "m-1", contextOf("aws:username=alice; aws:sourceip=203.0.113.7; aws:principalaccount=111122223333; " +
		"aws:securetransport=true; aws:currenttime=2026-11-26T12:00:00Z; aws:epochtime=1795694400; aws:principalarn=arn:aws:iam::111122223333:user/alice")}
}

func BenchmarkDecide(b *testing.B) {
	for _, bench := range benches {
		set, r := Compile(Source{Document: must(b, policyOf(bench.statements))}), benchRequest()
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if set.Decide(r) != bench.want {
					b.Fatal("another decision")
				}
			}
		})
	}
}

func TestDecide_takesNoMemory(t *testing.T) {
	for _, bench := range benches {
		set, r := Compile(Source{Document: must(t, policyOf(bench.statements))}), benchRequest()
		if got := set.Decide(r); got != bench.want {
			t.Errorf("%s: %v", bench.name, got)
		}
		if n := testing.AllocsPerRun(100, func() { set.Decide(r) }); n != 0 {
			t.Errorf("%s: %v allocations", bench.name, n)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	doc := policyOf(ten)
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		must(b, doc)
	}
}
