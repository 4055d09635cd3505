package store

import (
	"cmp"
	"fmt"

	"carillon/store/engine"
)

// firstDetailed is the first version of the schema whose row says more than
// that it was made.
const firstDetailed = 3

// schema is the state of the schema of a database.
type schema struct {
	version int64 // 0: there is none
	// compatible is the oldest program that can serve, by the word of the
	// migrations that this program does not know; 0: there are none.
	compatible int64
	unfinished string // where the first step that is not done goes on; empty: all are
	step       int64  // the version that it belongs to
}

// version returns the version of the schema that this program makes.
func (s *Store) version() int64 { return int64(len(s.migrations)) }

func (s *Store) schema(tx engine.Tx) (have schema, err error) {
	err = tx.Query(`SELECT COALESCE(MAX(version), 0) FROM schema_version`, nil, func(row engine.Row) error {
		return row.Scan(&have.version)
	})
	if err != nil || have.version < firstDetailed {
		return have, err
	}
	err = tx.Query(`SELECT version, compatible, unfinished FROM schema_version ORDER BY version`, nil, func(row engine.Row) error {
		var version, compatible int64
		var unfinished string
		err := row.Scan(&version, &compatible, &unfinished)
		if have.unfinished == "" {
			have.unfinished, have.step = unfinished, version
		}
		if version > s.version() {
			have.compatible = max(have.compatible, cmp.Or(compatible, version))
		}
		return err
	})
	return have, err
}

// serves returns nil if this program can serve with a schema.
func (s *Store) serves(have schema) error {
	switch known := s.version(); {
	case have.version == copyVersion:
		return ErrCopying
	case have.version < known:
		return fmt.Errorf("schema version %d, this program needs %d", have.version, known)
	case have.version == known && have.unfinished != "":
		return fmt.Errorf("the migration to schema version %d is not finished", known)
	case have.version > known && have.compatible > known:
		return fmt.Errorf("%w: it has version %d, which programs from version %d on can use; this program knows %d",
			ErrNewerSchema, have.version, have.compatible, known)
	}
	return nil
}
