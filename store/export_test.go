package store

// StepStart is where a step begins.
const StepStart = stepStart

// WithMigration returns the store of a program that knows one migration more
// than this one.
func WithMigration(e Engine, script string, next func(tx Tx, from string) (string, error)) *Store {
	s := New(e)
	m := migration{name: "another.sql", script: script, compatible: compatibleWith(script, s.version()+1)}
	if next != nil {
		m.step = func(_ *Store, tx Tx, from string) (string, error) { return next(tx, from) }
	}
	s.migrations = append(s.migrations, m)
	return s
}
