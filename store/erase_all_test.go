package store_test

import (
	"math"
	"slices"

	"carillon/store"
)

// erasedAll: of all tables only those have rows that say what lasts, and a new
// record can be added to each.
func erasedAll(d *db) {
	write := func() {
		for _, record := range fixture() {
			if record.in(int64(math.MaxInt32)) {
				d.write(record.write)
			}
		}
	}
	write()
	before := map[string]int64{}
	for _, table := range store.Tables() {
		if before[table] = d.count(table); before[table] == 0 {
			d.Errorf("%s: the fixture has no row of it", table)
		}
	}
	d.write(store.Records.EraseAll)
	for _, table := range store.Tables() {
		want := int64(0)
		if slices.Contains(store.Lasting, table) {
			want = before[table]
		}
		d.equal(table, d.count(table), want)
	}
	write()
}
