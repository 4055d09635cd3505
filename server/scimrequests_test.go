package server

import (
	"strings"
	"testing"
)

// Of a refusal nothing is kept that may be of a person.
func TestShownDetail(t *testing.T) {
	for text, want := range map[string]string{
		"userName has to be an e-mail address": "userName has to be an e-mail address",
		"ann@example.com is taken":             "… is taken",
		"the value \"Ann\" is none":            "the value … is none",
		"":                                     "",
	} {
		if got := shownDetail(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	if got := shownDetail(strings.Repeat("ü ", 1000)); len(got) > maxScimDetail+len("…") {
		t.Errorf("%d bytes are kept", len(got))
	}
	if got := shownMethod("ANN"); got != "other" {
		t.Errorf("a method is shown as %s", got)
	}
}
