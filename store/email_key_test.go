package store_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"carillon/store"
)

func TestEmailKey(t *testing.T) {
	for _, group := range [][]string{
		{"jane.doe@example.com", "Jane.Doe@Example.COM", "jane.doe@example.com.", "JANE.DOE@EXAMPLE.COM..", "jane\u200b.doe@example.com", "jane.doe@exam\u00adple.com"},
		{"j\u00fcrgen@example.com", "ju\u0308rgen@example.com", "J\u00dcRGEN@example.com", "JU\u0308RGEN@Example.com."},
		{"a@xn--bcher-kva.example", "a@b\u00fccher.example", "a@bu\u0308cher.example", "A@B\u00dcCHER.EXAMPLE.", "a@XN--BCHER-KVA.example", "a@b\u00fccher\u3002example"},
		{"\u03c3\u03bf\u03c6\u03af\u03b1\u03c3@example.com", "\u03a3\u039f\u03a6\u038a\u0391\u03a3@example.com", "\u03c3\u03bf\u03c6\u03af\u03b1\u03c2@example.com"},
		{"strasse@example.com", "stra\u00dfe@example.com", "STRASSE@example.com"},
		{"\u13b0@example.com", "\uab80@example.com"},
		{"\u13f0@example.com", "\u13f8@example.com"}, // Cherokee
		{"a\ufe0fb@example.com", "ab@example.com", "a\u034fb@example.com", "a\u2060b@example.com", "\ufeffab@example.com", "ab@\u115fexample.com"},
		{"a@xn--nxasmm1c.com", "a@\u03b2\u03cc\u03bb\u03bf\u03c2.com"}, // domains keep the final sigma apart
		{"no at", "No At", "n\u200bo at"},
		{"a@under_score.b\u00fccher.example", "A@UNDER_SCORE.bu\u0308cher.example"},
		{"gmail@gmail.com"},
		{"gmail@gma\u0131l.com"},
		{"gma\u0131l@gmail.com"}, // a dotless i is another letter
		{"u@example.com"},
		{"\u00fc@example.com"},
		{"", "."},
	} {
		for _, email := range group {
			if got, want := store.EmailKey(email), store.EmailKey(group[0]); got != want {
				t.Errorf("the key of %+q is %+q, want %+q", email, got, want)
			}
		}
	}
}

func TestEmailKey_differs(t *testing.T) {
	seen := map[string]string{}
	for _, email := range []string{
		"a@example.com", "b@example.com", "a@example.org", "\u00e4@example.com", "gmail@gmail.com", "gmail@gma\u0131l.com", "gma\u0131l@gmail.com",
		"a@fa\u00df.de", "a@fass.de", "a@b@example.com",
	} {
		key := store.EmailKey(email)
		if other, ok := seen[key]; ok {
			t.Errorf("%+q and %+q have the key %+q", email, other, key)
		}
		seen[key] = email
	}
}

func TestEmailKey_asciiAllocatesNothing(t *testing.T) {
	for _, email := range []string{"jane.doe@example.com", "jane.doe@example.com."} {
		if n := testing.AllocsPerRun(100, func() { store.EmailKey(email) }); n != 0 {
			t.Errorf("%s: %v allocations", email, n)
		}
	}
}

func FuzzEmailKey(f *testing.F) {
	for _, email := range []string{
		"Jane@Example.com.", "ju\u0308rgen@B\u00fccher.example", "a\u200bb@x.y", "\u0345\u0391@\u1f80.com", "\u0130@\u0130.com", "a@xn--a.b\u00fc", "a@\u3002.", "\xff@\xff", "\uab80@\u13b0",
	} {
		f.Add(email)
	}
	f.Fuzz(func(t *testing.T, email string) {
		key := store.EmailKey(email)
		if again := store.EmailKey(key); again != key {
			t.Errorf("%+q: the key %+q has the key %+q", email, key, again)
		}
		if utf8.ValidString(email) && !utf8.ValidString(key) {
			t.Errorf("%+q: the key %+q is no UTF-8", email, key)
		}
		if shouted := store.EmailKey(strings.Map(upper, email)); isASCII(email) && shouted != key {
			t.Errorf("%+q: the key %+q depends on case: %+q", email, key, shouted)
		}
	})
}

func upper(r rune) rune {
	if 'a' <= r && r <= 'z' {
		r -= 'a' - 'A'
	}
	return r
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// What packages of Unicode tables make of a letter, they must leave as it is.
func TestEmailKey_everyLetter(t *testing.T) {
	if testing.Short() {
		t.Skip("one caller, of a hundred thousand letters")
	}
	for r := rune(utf8.RuneSelf); r <= 0x1ffff; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		for _, email := range []string{"a" + string(r) + "@x", "x@a" + string(r) + "b.com"} {
			key := store.EmailKey(email)
			if again := store.EmailKey(key); again != key {
				t.Errorf("%+q: the key %+q has the key %+q", email, key, again)
			}
		}
	}
}
