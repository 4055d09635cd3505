package main

import "testing"

func TestChanges(t *testing.T) {
	b := &bench{results: []measurement{
		{Name: "get", CPU: 60, Floor: 20, Slices: []float64{40, 90, 50}},
		{Name: "get" + otherSuffix, CPU: 50, Floor: 20, Slices: []float64{40, 45, 40}},
		{Name: "page", CPU: 100, Floor: 20},
	}}
	rows := b.changes()
	if len(rows) != 2 || rows[1][0] != "GetUser" || rows[1][1] != "2.50 × floor" || rows[1][2] != "3.00 × floor" || rows[1][3] != "+25.0 %" {
		t.Errorf("got %q", rows)
	}
}
