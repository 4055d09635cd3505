package policy

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

// FuzzParse: nothing panics, what is refused has a place in the text, and what
// is taken is JSON to others too and can be decided with.
func FuzzParse(f *testing.F) {
	for _, doc := range []string{
		policyOf(ten), `{"Version":"2008-10-17"}`, `[[[[[[[[[[[[[[[[`, statementOf(allow + `"Action":"` + strings.Repeat("*a", 99) + `"`),
		policyOf(`"Resource":"arn:aws:iam::1:user/${aws:a, 'x'}${*}${","Condition":{"ForAnyValue:ArnLikeIfExists":{"aws:b":"a:${}:*:*:?:f:g"}}`),
	} {
		f.Add(doc, "chime:CreateUser", "arn:aws:chime::1:meeting/x", "alice")
	}
	f.Fuzz(func(t *testing.T, doc, action, resource, value string) {
		d, err := Parse(doc)
		var e *Error
		if err != nil {
			if !errors.As(err, &e) || e.Text == "" || e.Line < 1 || e.Column < 1 || e.Column > len(doc)+1 {
				t.Fatalf("not a good error: %#v", err)
			}
			return
		}
		if !json.Valid([]byte(doc)) {
			t.Fatal("taken and no JSON")
		}
		decideAll(t, d, action, resource, value)
	})
}

func decideAll(t *testing.T, d *Document, action, resource, value string) {
	t.Helper()
	ctx := Values{}
	set := Compile(Source{Document: d})
	for _, key := range d.ContextKeys() {
		r := &Request{action, resource, ctx}
		if e := set.Explain(r); e.Decision != set.Decide(r) {
			t.Fatal("Explain and Decide differ")
		}
		ctx[strings.ToLower(key)] = []string{value}
	}
	if e := set.Explain(&Request{action, resource, ctx}); len(e.Missing) > 0 && value != "" {
		t.Fatalf("missing: %q", e.Missing)
	}
}

// What is meant to take long does not.
func TestHostile(t *testing.T) {
	start := time.Now()
	stars := strings.Repeat("*a", 3000)
	d := must(t, policyOf(`"Action":"chime:`+stars+`*b","Resource":"arn:aws:chime:::`+stars+`*b"
"Condition":{"StringLike":{"aws:a":"`+stars+`*b"},"ArnLike":{"aws:a":"arn:aws:a:b:c:`+stars+`*b"}}`))
	long := strings.Repeat("a", 6000)
	Compile(Source{Document: d}).Decide(&Request{"chime:" + long, "arn:aws:chime:::" + long, Values{"aws:a": {long}}})
	for _, doc := range []string{
		strings.Repeat("[", 1<<17), strings.Repeat(`{"a":`, 1<<15), `{"Id":"` + strings.Repeat(`\u0000`, 1<<14) + `"}`,
		`{"Version":"2012-10-17","Statement":[` + strings.Repeat(`{"Effect":"Allow"},`, 1<<13) + `{}]}`,
		`{` + strings.Repeat(`"a`+`":1,`, 1<<15) + `}`, `{"Id":` + strings.Repeat("1", 1<<17) + `}`,
		statementOf(allow + `"Action":"*","Resource":[` + strings.Repeat(`"arn:aws:s3:::`+strings.Repeat("$", 20)+`",`, 1<<12) + `"x"]`),
		statementOf(allow + `"Action":"*","Resource":"arn:aws:s3:::` + strings.Repeat("${", 1<<15) + `"`),
	} {
		if d, err := Parse(doc); err == nil {
			Compile(Source{Document: d}).Decide(&Request{"s3:a", "arn:aws:s3:::" + long, nil})
		}
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}
