package filter_test

import (
	"testing"

	"carillon/scim/filter"
	"carillon/scim/schema"
)

// Of jane only userName and active are known.
func TestMay(t *testing.T) {
	known := func(p schema.Path) bool { return p.Attribute.Name == "userName" || p.Attribute.Name == "active" }
	for text, want := range map[string]struct{ may, asks bool }{
		`userName sw "jane"`:                         {true, true},
		`userName sw "joe"`:                          {false, true},
		`not (userName sw "jane")`:                   {false, true},
		`not (userName sw "joe" or active eq false)`: {true, true},
		`title pr`:                                     {true, false},
		`not (title pr)`:                               {true, false},
		`title pr and userName sw "joe"`:               {false, false},
		`title pr or userName sw "joe"`:                {true, false},
		`not (title pr or userName sw "jane")`:         {false, false},
		`not (title pr and userName sw "jane")`:        {true, false},
		`emails[type eq "work"] and active eq false`:   {false, false},
		`emails[type eq "work"].value sw "a"`:          {true, false},
		`not (active eq true and userName sw "jane@")`: {false, true},
	} {
		f, err := filter.Parse(schema.Users, text)
		if err != nil {
			t.Fatal(err)
		}
		if may, asks := filter.May(f, resource(t, jane), known), filter.Asks(f, known); may != want.may || asks != want.asks {
			t.Errorf("%s: may %t, asks for known only %t", text, may, asks)
		}
	}
}
