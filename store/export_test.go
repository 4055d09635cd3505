package store

import (
	"errors"

	"carillon/store/engine"
)

// StepStart is where a step begins.
const StepStart = stepStart

// WithMigration returns the store of a program that knows one migration more
// than this one.
func WithMigration(e engine.Engine, script string, next func(tx engine.Tx, from string) (string, error)) *Store {
	s := New(e)
	m := migration{name: "another.sql", script: script, compatible: compatibleWith(script, s.version()+1)}
	if next != nil {
		m.step = func(_ *Store, tx engine.Tx, from string) (string, error) { return next(tx, from) }
	}
	s.migrations = append(s.migrations, m)
	return s
}

// Tables are those of the migrations; [TestLayout_complete] sees to that.
func Tables() (names []string) {
	for _, table := range layout() {
		names = append(names, table.Name)
	}
	return names
}

// Lasting are the tables that EraseAll leaves as they are.
var Lasting = lasting

// Layout returns all tables, those that others refer to first.
func Layout() []engine.Table { return layout() }

// ArchiveColumns returns the table of a kind, and the columns that an import writes.
func ArchiveColumns(k *ArchiveKind) (table string, columns []string) {
	return k.table, k.insertColumns()
}

// ScanUsers is SearchUsers that looks at rows, whatever is packed.
func ScanUsers(r Records, s *UserSearch) (places []UserPlace, found int64, err error) {
	page, err := r.newFoundPage(s)
	if err == nil {
		found, err = r.search(page, ``)
	}
	for i := range page.users {
		places = append(places, page.users[i].userPlace())
	}
	return places, found, err
}

// UsersPacked reports whether searches look at what is packed.
func UsersPacked(r Records) (bool, error) { return r.usersPacked() }

// InsertUserBlock adds a row to each of the tables of packed users, of a format that
// no program knows.
func InsertUserBlock(r Records, accountID string) error {
	b := newBlock([]packedUser{{place: "p", email: "a@example.com"}})
	_, err1 := r.tx.Exec(`INSERT INTO user_changes (account_id, place, added) VALUES ($1, $2, 1)`, accountID, b.place)
	_, err2 := r.tx.Exec(`INSERT INTO user_packing (format, phase, account_id, place) VALUES (0, 1, $1, $2) ON CONFLICT DO NOTHING`, accountID, b.place)
	return errors.Join(err1, err2, r.insertBlocks(accountID, []packedUser{{place: "p", email: "a@example.com"}}))
}
