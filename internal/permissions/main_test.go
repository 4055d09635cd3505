package main

import (
	"os"
	"testing"
)

func TestPage(t *testing.T) {
	want, err := page()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../docs/permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error(`docs/permissions.md is out of date: run "make gen"`)
	}
}
