package jsonscan

import (
	"fmt"
	"strings"
	"testing"
)

// Good JSON that we refuse all the same, read or not.
func TestScanner_refusesStructure(t *testing.T) {
	const twice, deep = "must not give a member twice", "must be nested 32 deep at most"
	for _, test := range []struct{ doc, rule string }{
		{`{"a":1,"a":2}`, twice},
		{`{"a":null,"a":2}`, twice},
		{`{"a":1,"a":null}`, twice},
		{`{"":1,"":2}`, twice},
		{`{"a":1,"\u0061":2}`, twice},
		{`{"\u0061":1,"a":2}`, twice},
		{`{"é":1,"\u00e9":2}`, twice},
		{`{"😀":1,"\ud83d\ude00":2}`, twice},
		{`{"x":{"a":1,"a":2}}`, twice},
		{`[{"a":1,"b":2,"a":3}]`, twice},
		{`{` + eight + `,"8":9}`, twice},
		{`{` + eight + `,"9":9,"1":1}`, twice},
		{`{` + eight + `,"9":9,"\u0039":1}`, twice},
		{`{` + eight + `,"9":9,"10":10,"10":11}`, twice},

		{strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1), deep},
		{strings.Repeat(`{"a":`, MaxDepth+1), deep},
		{strings.Repeat(`[{"a":`, MaxDepth), deep},
		{strings.Repeat("[", 1<<20), deep},
	} {
		_, err := parse(test.doc)
		for _, err := range []error{err, skipped(test.doc)} {
			if err == nil || !strings.HasSuffix(err.Error(), test.rule) {
				t.Errorf("%.60q: got %v, want %s", test.doc, err, test.rule)
			}
		}
	}
}

// A short piece of a document must not become much in memory.
func TestScanner_refusesLength(t *testing.T) {
	list := func(n int) string { return `{"Items":[` + strings.TrimSuffix(strings.Repeat(`{},`, n), ",") + `]}` }
	object := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"m%d":0`, i)
		}
		return `{"Items":[{` + b.String()[1:] + `}]}`
	}
	for _, test := range []struct{ doc, want string }{
		{list(MaxLength), ""},
		{list(MaxLength + 1), "Items must have length less than or equal to 1024"},
		{list(300_000), "Items must have length less than or equal to 1024"},
		{object(MaxLength), ""},
		{object(MaxLength + 1), "Items[0] must have 1024 members at most"},
		{`{"unread":[` + strings.Repeat("0,", 2*MaxLength) + `0]}`, ""},
	} {
		_, err := readRequest(test.doc)
		if got := fmt.Sprint(err); got != test.want && (test.want != "" || err != nil) {
			t.Errorf("%.30q of %d bytes: got %s, want %q", test.doc, len(test.doc), got, test.want)
		}
	}
	if err := skipped(object(MaxLength + 1)); err == nil {
		t.Error("an object that nobody reads may have any number of members")
	}
}

// What is no text is refused by name where it is read, and nowhere else.
func TestScanner_refusesText(t *testing.T) {
	const nul, half = "not hold the NUL character", "not hold half of a surrogate pair"
	for _, test := range []struct{ doc, want string }{
		{`"\u0000"`, "the document must " + nul},
		{`{"Name":"a\u0000b"}`, "Name must " + nul},
		{`{"Items":[{},{"Tags":["a","\u0000"]}]}`, "Items[1].Tags[1] must " + nul},
		{`"\ud800"`, "the document must " + half},
		{`{"Name":"\udc00"}`, "Name must " + half},
		{`{"Name":"\ud800x"}`, "Name must " + half},
		{`{"Name":"\ud800\n"}`, "Name must " + half},
		{`{"Name":"\ud800\ud800"}`, "Name must " + half},
		{`{"Name":"\ude00\ud83d"}`, "Name must " + half},
		{`{"Name":"\ud83d\u0061"}`, "Name must " + half},
		{`{"Name":"\ud83d","Limit":"x"}`, "Name must " + half},
	} {
		if strings.HasPrefix(test.doc, "{") {
			_, err := readRequest(test.doc)
			check(t, test.doc, err, test.want)
		} else {
			_, err := parse(test.doc)
			check(t, test.doc, err, test.want)
		}
		if err := skipped(test.doc); err != nil {
			t.Errorf("%s: skipping gives %v", test.doc, err)
		}
	}
	for _, doc := range []string{`{"\u0000":1,"Other":"\u0000","Name":"x"}`, `{"\ud800":["\ud800"],"Name":"x"}`} {
		if got, err := readRequest(doc); err != nil || got.Name != "x" {
			t.Errorf("%s: got %+v, %v", doc, got, err)
		}
	}
}

func check(t *testing.T, doc string, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("%s: got %v, want %s", doc, err, want)
	}
}
