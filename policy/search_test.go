package policy

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// Patterns of few characters meet texts of the same, some of several bytes, the way
// the second opinion has it.
func TestGlob_secondOpinion(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	of := func(alphabet string, most int) string {
		var b strings.Builder
		letters := []rune(alphabet)
		for range r.IntN(most + 1) {
			b.WriteRune(letters[r.IntN(len(letters))])
		}
		return b.String()
	}
	ctx := Values{"a:v": {""}}
	matched := 0
	for range 100_000 {
		text, s := of("aabé?*", 9), of("aabé世", 12)
		ctx["a:v"][0] = of("abé?*世", 3)
		p := parsePattern(strings.ReplaceAll(text, "bb", "${a:v}"), true)
		expanded, _ := naiveExpand(strings.ReplaceAll(text, "bb", "${a:v}"), ctx)
		want := naiveGlob(expanded, s, true)
		if got := p.matches(s, ctx); got != want {
			t.Fatalf("%q with %q is %v for %q", text, ctx["a:v"][0], got, s)
		}
		if want {
			matched++
		}
		for piece := range strings.SplitSeq(text, "*") {
			tokens := parsePattern(piece, true).tokens
			if got, want := newMachine(tokens, nil, false).search(s), try(tokens, nil, s, false); got != want {
				t.Fatalf("%q in %q ends at %d, want %d", piece, s, got, want)
			}
		}
	}
	if matched < 5_000 {
		t.Errorf("only %d matches", matched)
	}
}

// Actions match without regard to letter case, also in the middle of a pattern.
func TestGlob_foldsInTheMiddle(t *testing.T) {
	long := strings.Repeat("x", 70)
	for pattern, fits := range map[string]bool{"s:*a?c*": true, "s:*" + long + "?b*": true, "s:*a?d*": false, "s:*a?c*e": false} {
		a := compileActions(&list{values: []text{{string: pattern}}})
		if got := a.fit("s:" + strings.ToUpper(long) + "zBAaBC"); got != fits {
			t.Errorf("%s: %v", pattern, got)
		}
	}
}

// What fits almost everywhere takes no longer than what fits nowhere.
func TestHostile_question(t *testing.T) {
	start := time.Now()
	long := strings.Repeat("a", 16<<10)
	for _, end := range []string{"b", "b*"} {
		one := strings.Repeat("a?", 2900) + end
		small := strings.Repeat(`"arn:aws:s3:::*a?b`+end+`",`, 200) + `"arn:aws:s3:::x"`
		d := must(t, policyOf(`"Action":"s3:*","Resource":["arn:aws:s3:::*`+one+`",`+small+`],"Condition":{"StringLike":{"aws:a":"*`+one+`"}}`))
		Compile(Source{Document: d}).Decide(&Request{"s3:a", "arn:aws:s3:::" + long, Values{"aws:a": {long}}})
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}
