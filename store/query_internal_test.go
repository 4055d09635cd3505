package store

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
)

func TestQuery(t *testing.T) {
	type part struct {
		text string
		args []any
	}
	for _, test := range []struct {
		name  string
		parts []part
		want  string
		args  []any
	}{
		{"nothing", nil, "", nil},
		{"no placeholder", []part{{"SELECT 1", nil}}, "SELECT 1", nil},
		{"one", []part{{"a = ?", []any{"x"}}}, "a = $1", []any{"x"}},
		{"several", []part{{"(?, ?) < (b, ?)", []any{1, "y", true}}}, "($1, $2) < (b, $3)", []any{1, "y", true}},
		{
			"across parts",
			[]part{{"a = ?", []any{"x"}}, {" AND b", nil}, {" AND c = ? AND d = ?", []any{int64(2), []byte{3}}}},
			"a = $1 AND b AND c = $2 AND d = $3",
			[]any{"x", int64(2), []byte{3}},
		},
		{
			"more than nine",
			[]part{{"?????", []any{1, 2, 3, 4, 5}}, {"?????", []any{6, 7, 8, 9, 10}}},
			"$1$2$3$4$5$6$7$8$9$10",
			[]any{1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
		},
		{"values are not text", []part{{"a = ? AND b = ?", []any{"?", "$1"}}}, "a = $1 AND b = $2", []any{"?", "$1"}},
	} {
		for range 2 { // the second time the text is remembered
			var q query
			for _, p := range test.parts {
				q.add(p.text, p.args...)
			}
			if q.String() != test.want || !reflect.DeepEqual(q.args, test.args) {
				t.Errorf("%s: got %q %v, want %q %v", test.name, q.String(), q.args, test.want, test.args)
			}
		}
	}
}

func TestFoldKey(t *testing.T) {
	for given, want := range map[string]string{"": "", "Ab.C@X": "ab.c@x", "ÄÉ": "äé", "1_%": "1_%"} {
		if got := Fold(given); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
}

func TestPadded(t *testing.T) {
	for n, want := range map[int]string{1: "$1", 2: "$1, $2", 3: "$1, $2, $3, $4", 5: "$1, $2, $3, $4, $5, $6, $7, $8"} {
		list := make([]string, n)
		for i := range list {
			list[i] = strconv.Itoa(i)
		}
		args := padded(list)
		if got := placeholders(n); got != want || len(args) != strings.Count(want, "$") || args[len(args)-1] != list[n-1] {
			t.Errorf("%d: %s with %v", n, got, args)
		}
	}
}

func TestAfterPrefix(t *testing.T) {
	for prefix, want := range map[string]string{
		"": "", "a": "b", "az": "a{", "\u00e9": "\u00ea", "\ud7ff": "\ue000", "a\U0010ffff": "b", "\U0010ffff": "", "\U0010ffff\U0010ffff": "", "\x7f": "\u0080",
	} {
		if got := afterPrefix(prefix); got != want {
			t.Errorf("after %+q: got %+q, want %+q", prefix, got, want)
		}
	}
}
