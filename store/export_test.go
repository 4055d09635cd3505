package store

import "carillon/store/engine"

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
