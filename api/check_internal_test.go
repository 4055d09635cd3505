package api

import "testing"

func TestCheck_where(t *testing.T) {
	for _, test := range []struct {
		path   []step
		member string
		want   string
	}{
		{nil, "Name", "Name"},
		{[]step{{"Names", 3}}, "", "Names[3]"},
		{[]step{{"Settings", -1}}, "Days", "Settings.Days"},
		{[]step{{"Items", 0}, {"Settings", -1}}, "Days", "Items[0].Settings.Days"},
		{[]step{{"Settings", -1}, {"Names", 2}}, "", "Settings.Names[2]"},
	} {
		c := Check{path: test.path}
		if got := c.where(test.member); got != test.want {
			t.Errorf("%v %q: got %s, want %s", test.path, test.member, got, test.want)
		}
	}
}
