package jsonscan

import (
	"errors"
	"reflect"
	"testing"
)

// FuzzScanner compares with encoding/json: what it refuses we refuse, what we
// accept has the same value there, and we refuse more for known reasons only.
func FuzzScanner(f *testing.F) {
	for _, doc := range []string{
		`{"Items":[{"UserId":"a"},{"UserId":null}],"Limit":-1.5e+3,"On":true}`,
		`["\ud83d\ude00","\u0000","\ud800",null,false]`,
		`{"a":1,"\u0061":2}`,
		`{` + eight + `,"9":9,"1":1}`,
		"[\"\xff\",\x00]",
		`[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]`,
		` [0,-0,01,1e5,1.,{}] x`,
	} {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		got, err := parse(doc)
		want, refusal := oracle(doc)
		switch {
		case err != nil:
			checkError(t, doc, err, refusal == nil)
		case refusal != nil:
			t.Errorf("accepted what encoding/json refuses: %v", refusal)
		case !reflect.DeepEqual(got, want):
			t.Errorf("got %#v, want %#v", got, want)
		}
	})
}

func checkError(t *testing.T, doc string, err error, valid bool) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(doc) {
		t.Fatalf("not a good error: %#v", err)
	}
	if valid && e.Rule == "" && e.Got != "invalid UTF-8 in a string" {
		t.Errorf("refused what encoding/json accepts: %v", err)
	}
}
