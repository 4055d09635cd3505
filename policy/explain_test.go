package policy

import (
	"reflect"
	"slices"
	"testing"
)

// The positions are those that AWS's own examples of the simulator show.
func TestExplain_positions(t *testing.T) {
	const single = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",` +
		`"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}`
	const listed = `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "VisualEditor0",
            "Effect": "Allow",
            "Action": "codecommit:ListRepositories",
            "Resource": "*"
        },
        {
            "Effect": "Allow", "Action": "*", "Resource": "*" }
    ]
}`
	for _, test := range []struct {
		doc, action string
		want        []Match
	}{
		{single, "dynamodb:CreateBackup", []Match{{"p", "none", Position{1, 38}, Position{1, 167}}}},
		{listed, "codecommit:ListRepositories", []Match{
			{"p", "none", Position{3, 19}, Position{9, 10}},
			{"p", "none", Position{9, 10}, Position{11, 64}},
		}},
		{listed, "chime:CreateUser", []Match{{"p", "none", Position{9, 10}, Position{11, 64}}}},
	} {
		set := Compile(Source{"p", "none", must(t, test.doc)})
		e := set.Explain(&Request{test.action, "*", Values{"aws:currenttime": {"2019-04-25T11:00:00Z"}}})
		if e.Decision != Allowed || !reflect.DeepEqual(e.Matched, test.want) {
			t.Errorf("%s: got %+v, want %+v", test.action, e, test.want)
		}
	}
}

// A Deny is alone in the explanation; what is not allowed matches nothing.
func TestExplain_matched(t *testing.T) {
	first := must(t, policyOf(`"Action":"chime:*"
"Effect":"Deny","Action":"chime:DeleteUser"
"Action":"chime:CreateUser"`))
	second := must(t, policyOf(`"Effect":"Deny","Action":"chime:Delete*"`))
	set := Compile(Source{"a", "user", first}, Source{"b", "aws-managed", second})
	for _, test := range []struct {
		action string
		want   Decision
		from   []string
	}{
		{"chime:CreateUser", Allowed, []string{"a user", "a user"}},
		{"chime:ListUsers", Allowed, []string{"a user"}},
		{"chime:DeleteUser", ExplicitDeny, []string{"a user", "b aws-managed"}},
		{"chime:DeleteAccount", ExplicitDeny, []string{"b aws-managed"}},
		{"iam:CreateUser", ImplicitDeny, nil},
	} {
		e := set.Explain(&Request{Action: test.action, Resource: "*"})
		var from []string
		for _, m := range e.Matched {
			from = append(from, m.SourceID+" "+m.SourceKind)
		}
		if e.Decision != test.want || !slices.Equal(from, test.from) {
			t.Errorf("%s: got %v of %v", test.action, e.Decision, from)
		}
	}
}

func TestExplain_missing(t *testing.T) {
	doc := must(t, policyOf(`"Resource":"arn:aws:iam::1:user/${aws:UserName}","Condition":{"StringLike":{"aws:A":"${aws:B, 'b'}-${aws:C}"}}
"Condition":{"Null":{"AWS:a":"true"},"BoolIfExists":{"aws:D":"true"},"ArnLike":{"aws:E":"arn:aws:iam::${aws:F}:user/${}"}}
"Action":"iam:*","Condition":{"Bool":{"aws:G":"true"}}
"Resource":"arn:aws:iam::2:*","Condition":{"Bool":{"aws:H":"true"}}`))
	set := Compile(Source{Document: doc})
	for _, test := range []struct {
		context string
		want    []string
	}{
		{"", []string{"aws:UserName", "aws:A", "aws:C", "aws:D", "aws:E", "aws:F"}},
		{"aws:username=x; aws:e=y; aws:f=z", []string{"AWS:a", "aws:D"}},
		{"aws:username=alice; aws:e=y; aws:f=z", []string{"aws:A", "aws:C", "aws:D"}},
		{"aws:username=alice; aws:e=y; aws:f=z; aws:a=1; aws:c=2; aws:d=3", nil},
	} {
		e := set.Explain(&Request{"chime:CreateUser", "arn:aws:iam::1:user/alice", contextOf(test.context)})
		if !slices.Equal(e.Missing, test.want) {
			t.Errorf("%s: got %q, want %q", test.context, e.Missing, test.want)
		}
	}
	want := []string{"aws:UserName", "aws:A", "aws:B", "aws:C", "aws:D", "aws:E", "aws:F", "aws:G", "aws:H"}
	if got := doc.ContextKeys(); !slices.Equal(got, want) {
		t.Errorf("keys of the document: got %q, want %q", got, want)
	}
}
