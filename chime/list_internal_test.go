package chime

import (
	"slices"
	"testing"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// The first item always has a place, however large it is, and so a list of items
// that are each too large has a page for each.
func TestList_largeItems(t *testing.T) {
	s := New(Config{})
	rows := []string{"a", "b", "c"}
	sizes := map[string]int{"a": maxPageBytes + 1, "b": 1, "c": maxPageBytes}
	l := list[string, string]{
		pageSize: 10,
		at:       func(row *string) store.Position { return store.Position{ID: *row} },
		shape:    func(item, row *string) { *item = *row },
		size:     func(v *string) int { return sizes[*v] },
	}
	w := &work.Unit{Caller: &api.Caller{}, Op: &api.Op{}}
	var token api.Opt[string]
	for _, want := range [][]string{{"a"}, {"b"}, {"c"}} {
		q := listing{in: &api.ListAccountsInput{}, token: token}
		got, next, err := l.page(s, w, q, func(after store.Position, limit int) ([]string, error) {
			var list []string
			for _, row := range rows {
				if row > after.ID && len(list) < limit {
					list = append(list, row)
				}
			}
			return list, nil
		})
		if err != nil || !slices.Equal(got, want) || next.Set != (want[0] != "c") {
			t.Fatalf("got %v, more %t, %v, want %v", got, next.Set, err, want)
		}
		token = next
	}
}
