package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"carillon/store/engine"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrations returns the scripts in order; script i leads to version i+1.
func migrations() []string {
	names, _ := fs.Glob(migrationFiles, "migrations/*.sql") // the pattern is well-formed
	return names
}

// Migrate brings the schema to the version of this program, and new tables to
// their machines if the engine is a [engine.Distributor], under a lock and in one
// transaction. A newer schema is refused with [ErrNewerSchema].
func (s *Store) Migrate(ctx context.Context) error {
	return s.engine.Migrate(ctx, func(tx engine.Tx) error {
		if _, err := tx.Exec(`CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY)`); err != nil {
			return fmt.Errorf("creating schema_version: %w", err)
		}
		have, err := schemaVersion(tx)
		if err != nil {
			return err
		}
		if err := upgrade(tx, int(have)); err != nil {
			return err
		}
		return s.distribute(tx)
	})
}

// distribute runs with every migration: the database may have grown beyond one
// machine since the last one.
func (s *Store) distribute(tx engine.Tx) (err error) {
	if d, ok := s.engine.(engine.Distributor); ok {
		s.distributed, err = d.Distribute(tx, layout())
	}
	return err
}

func schemaVersion(tx engine.Tx) (version int64, err error) {
	err = tx.Query(`SELECT COALESCE(MAX(version), 0) FROM schema_version`, nil, func(row engine.Row) error {
		return row.Scan(&version)
	})
	return version, err
}

func upgrade(tx engine.Tx, have int) error {
	scripts := migrations()
	if have > len(scripts) {
		return fmt.Errorf("%w: it has version %d, this program knows %d", ErrNewerSchema, have, len(scripts))
	}
	for i, name := range scripts[have:] {
		if err := runScript(tx, name); err != nil {
			return fmt.Errorf("migration %s: %w", path.Base(name), err)
		}
		if _, err := tx.Exec(`INSERT INTO schema_version (version) VALUES ($1)`, have+i+1); err != nil {
			return fmt.Errorf("recording migration %s: %w", path.Base(name), err)
		}
	}
	return nil
}

// runScript runs the statements of a script, which a semicolon at the end of a
// line separates.
func runScript(tx engine.Tx, name string) error {
	text, err := migrationFiles.ReadFile(name)
	if err != nil {
		return err
	}
	for _, statement := range strings.Split(string(text), ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := tx.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}
