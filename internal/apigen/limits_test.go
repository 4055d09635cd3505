package main

import (
	"strings"
	"testing"
)

// limited returns a model with one operation whose request is of some shapes,
// and what its limits are.
func limited(l limits) *usage {
	one, two := 1, 2
	m := &Model{
		Operations: map[string]*Operation{"Call": {Input: &Ref{Shape: "CallRequest"}}},
		Shapes: map[string]*Shape{
			"CallRequest": {Type: "structure", Members: map[string]*Ref{
				"Bounded": {Shape: "Bounded"}, "Choice": {Shape: "Choice"}, "Count": {Shape: "Count"}, "Inner": {Shape: "Inner"}, "On": {Shape: "On"},
			}},
			"Inner":   {Type: "structure", Members: map[string]*Ref{"Names": {Shape: "Names"}, "Note": {Shape: "Text"}}},
			"Bounded": {Type: "string", Max: &two},
			"Choice":  {Type: "string", Enum: []string{"A"}},
			"Count":   {Type: "integer", Min: &one, Max: &two},
			"On":      {Type: "boolean"},
			"Names":   {Type: "list", Member: &Ref{Shape: "Text"}},
			"Text":    {Type: "string"},
		},
	}
	if err := m.apply(&overlay{Limits: l}); err != nil {
		panic(err)
	}
	return newUsage(m)
}

func TestCheckLimits(t *testing.T) {
	some := Limit{Max: 7}
	shapes := map[string]Limit{"Names": some, "Text": some}
	for _, test := range []struct {
		name   string
		limits limits
		want   []string // parts of the error; none: no error
	}{
		{"by shape", limits{Shapes: shapes}, nil},
		{"by member", limits{Members: map[string]Limit{"Inner.Names": some, "Inner.Names[]": some, "Inner.Note": {MaxBytes: 7}}}, nil},
		{"by name", limits{Members: map[string]Limit{"*.Names": some, "*.Names[]": some, "*.Note": some}}, nil},
		{"narrower than the model", limits{Shapes: shapes, Members: map[string]Limit{"CallRequest.Bounded": {Max: 1}}}, nil},
		{"none", limits{}, []string{"Inner.Names (Names) has no limit", "Inner.Names[] (Text) has no limit", "Inner.Note (Text) has no limit"}},
		{"one missing", limits{Shapes: map[string]Limit{"Text": some}}, []string{"Inner.Names (Names) has no limit"}},
		{"of no member", limits{Shapes: shapes, Members: map[string]Limit{"Inner.Nmaes": some}}, []string{"the limit of Inner.Nmaes is for nothing"}},
		{"of a shape that has one", limits{Shapes: map[string]Limit{"Names": some, "Text": some, "Bounded": some}}, []string{"the limit of Bounded is for nothing"}},
	} {
		err := limited(test.limits).checkLimits()
		if (err != nil) != (len(test.want) > 0) {
			t.Errorf("%s: got %v", test.name, err)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %s", test.name, err, want)
			}
		}
	}
}

func TestCheckLimits_integer(t *testing.T) {
	u := limited(limits{Shapes: map[string]Limit{"Names": {Max: 1}, "Text": {Max: 1}}})
	u.model.Shapes["Count"].Min = nil
	if err := u.checkLimits(); err == nil || !strings.Contains(err.Error(), "CallRequest.Count (Count) has no limit") {
		t.Errorf("got %v", err)
	}
}

// The narrowest rule counts.
func TestLimit_order(t *testing.T) {
	u := limited(limits{
		Shapes:  map[string]Limit{"Names": {Max: 1}, "Text": {Max: 2}},
		Members: map[string]Limit{"*.Note": {Max: 3}, "Inner.Names[]": {Max: 4}, "*.Bounded": {Max: 1}, "CallRequest.Bounded": {Max: 5}},
	})
	inner, call := u.model.Shapes["Inner"], u.model.Shapes["CallRequest"]
	names := u.model.place(inner, "Names")
	for _, test := range []struct {
		at   place
		want int
		rule string
	}{
		{u.model.place(inner, "Note"), 3, "ruleAnyNote"},
		{names, 1, "ruleNames"},
		{u.model.elements(names), 4, "ruleInnerNamesElement"},
		{u.model.place(call, "Bounded"), 5, "ruleCallRequestBounded"},
		{u.model.place(call, "Choice"), 0, "ruleChoice"},
	} {
		l, _, ok := u.model.limit(test.at)
		if rule := u.rule(test.at, map[string]string{}); !ok || l.Max != test.want || rule != test.rule {
			t.Errorf("%s: got %d by %s, want %d by %s", test.at.name(), l.Max, rule, test.want, test.rule)
		}
	}
}
