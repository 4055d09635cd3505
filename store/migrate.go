package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"carillon/store/engine"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration leads from one version of the schema to the next. One that has
// landed is never edited.
type migration struct {
	name   string
	script string // SQL; a semicolon at the end of a line separates statements
	// compatible is the oldest version of the program that can serve when the
	// migration has been made, so that replicas can be replaced one by one: a
	// script that only adds says so in its first line. Without that line, none
	// but those that know the migration can.
	compatible int64
	// step changes what rows hold, after the script; nil: there is no need.
	step step
}

// step is the part of a migration that takes long. A call changes a limited
// number of rows, in a transaction of its own, and returns where the next one
// goes on; "" says that all is done. The first call begins at stepStart. What is
// done stays done if the process ends, and several processes take turns.
type step func(s *Store, tx engine.Tx, from string) (next string, err error)

const stepStart = "{}"

// steps holds the steps by the names of the scripts that they belong to.
var steps = map[string]step{
	"0003_email_keys_account_counts.sql": rekeyEmails,
	"0008_user_rows.sql":                 moveUsers,
}

// migrations returns all in order; the i-th leads to version i+1.
func migrations() (list []migration) {
	names, _ := fs.Glob(migrationFiles, "migrations/*.sql") // the pattern is well-formed
	for i, name := range names {
		script, _ := migrationFiles.ReadFile(name) // it is there
		base := path.Base(name)
		list = append(list, migration{base, string(script), compatibleWith(string(script), int64(i+1)), steps[base]})
	}
	return list
}

var compatibleLine = regexp.MustCompile(`^-- compatible: (\d+)\n`)

// compatibleWith returns what a script for a version says of compatibility.
func compatibleWith(script string, version int64) int64 {
	m := compatibleLine.FindStringSubmatch(script)
	if m == nil {
		return version
	}
	n, _ := strconv.ParseInt(m[1], 10, 64) // digits; too many are a compatibility with nobody
	return n
}

// Migrate brings the schema to the version of this program, and new tables to
// their machines if the engine is a [engine.Distributor], under a lock. All scripts
// up to one with a step are one transaction, each part of a step is another: it
// can be interrupted and goes on the next time. A newer schema that this program
// cannot serve with is refused with [ErrNewerSchema]; another one is left as it is.
func (s *Store) Migrate(ctx context.Context) error {
	for done := false; !done; {
		err := s.engine.Migrate(ctx, func(tx engine.Tx) (err error) {
			done, err = s.advance(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// advance does what one transaction of Migrate can, and reports whether that
// was the last.
func (s *Store) advance(tx engine.Tx) (done bool, err error) {
	if _, err := tx.Exec(`CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY)`); err != nil {
		return false, fmt.Errorf("creating schema_version: %w", err)
	}
	have, err := s.schema(tx)
	if err != nil {
		return false, err
	}
	switch {
	case have.unfinished != "" && have.step <= s.version():
		return false, s.goOn(tx, have)
	case have.version < s.version():
		if err := s.upgrade(tx, have.version); err != nil {
			return false, err
		}
	default:
		if err := s.serves(have); err != nil {
			return false, err
		}
		done = true
	}
	return done, s.distribute(tx)
}

// distribute runs with every migration: the database may have grown beyond one
// machine since the last one. A new table that refers to distributed ones gets
// its place in the transaction that makes it.
func (s *Store) distribute(tx engine.Tx) (err error) {
	if d, ok := s.engine.(engine.Distributor); ok {
		s.distributed, err = d.Distribute(tx, everyTable())
	}
	return err
}

// upgrade runs the scripts that follow a version, up to the first with a step.
func (s *Store) upgrade(tx engine.Tx, have int64) error {
	for i, m := range s.migrations[have:] {
		if err := m.run(tx); err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
		if err := m.note(tx, have+int64(i)+1); err != nil {
			return fmt.Errorf("recording migration %s: %w", m.name, err)
		}
		if m.step != nil {
			return nil
		}
	}
	return nil
}

// run runs the statements of the script.
func (m migration) run(tx engine.Tx) error {
	for statement := range strings.SplitSeq(m.script, ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := tx.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// note keeps that the script, which leads to a version, has run.
func (m migration) note(tx engine.Tx, version int64) error {
	if version < firstDetailed {
		_, err := tx.Exec(`INSERT INTO schema_version (version) VALUES ($1)`, version)
		return err
	}
	unfinished := ""
	if m.step != nil {
		unfinished = stepStart
	}
	_, err := tx.Exec(`INSERT INTO schema_version (version, compatible, unfinished) VALUES ($1, $2, $3)`, version, m.compatible, unfinished)
	return err
}

// goOn does the next part of a step.
func (s *Store) goOn(tx engine.Tx, have schema) error {
	m := s.migrations[have.step-1]
	next, err := m.step(s, tx, have.unfinished)
	if err == nil {
		_, err = tx.Exec(`UPDATE schema_version SET unfinished = $1 WHERE version = $2`, next, have.step)
	}
	if err != nil {
		return fmt.Errorf("migration %s: %w", m.name, err)
	}
	return nil
}
