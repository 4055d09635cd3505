package sealed_test

import (
	"testing"

	"carillon/internal/sealed"
)

// What is sealed opens in its scope, and nowhere else. That no byte of it may
// change, the tests of page tokens show.
func TestBox(t *testing.T) {
	box, scope := sealed.New([32]byte{1}), []byte("scope")
	for _, want := range []string{"", "text", "\x00é"} {
		text := box.Seal(scope, []byte(want))
		if got, ok := box.Open(scope, text); !ok || string(got) != want {
			t.Errorf("%q opens as %q, %v", want, got, ok)
		}
		if n := 39 + (len(want)*4+2)/3; len(text) > n+1 {
			t.Errorf("%q takes %d characters, more than %d", want, len(text), n)
		}
		if _, ok := box.Open([]byte("another"), text); ok {
			t.Error("opens in another scope")
		}
		if _, ok := sealed.New([32]byte{2}).Open(scope, text); ok {
			t.Error("opens with another key")
		}
		if box.Seal(scope, []byte(want)) == text {
			t.Error("sealed twice is the same")
		}
	}
	for _, odd := range []string{"", "A", "AQ", "AQAAAAAAAAAAAAAAAAAA", "=", "é"} {
		if _, ok := box.Open(scope, odd); ok {
			t.Errorf("%q opens", odd)
		}
	}
}
