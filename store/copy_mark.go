package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"carillon/store/engine"
)

// schemaTable is not copied: each database notes its own migrations there.
const schemaTable = "schema_version"

// copyVersion is the version of a schema that no program can serve with: while a
// copy is under way, the target says that it has it. So programs refuse the
// database that know nothing of copies.
const copyVersion = 1 << 53

// copyMark is how far a copy has come. It is kept where a migration has what it is
// still to do, and moves in the transactions that copy.
type copyMark struct {
	Source string   // whose copy it is
	Table  string   `json:",omitempty"` // that is being copied; empty: none yet
	After  []string `json:",omitempty"` // the key of its last row that is copied; empty: none is
	Rows   int64    `json:",omitempty"` // that are copied of it
}

// identity tells a source from others: by its secrets, of which each server that
// was ever started has its own.
func (c *copier) identity(tx engine.Tx) (string, error) {
	sum := sha256.New()
	err := tx.Query(`SELECT name, value FROM server_secrets ORDER BY name`, nil, func(row engine.Row) error {
		var name string
		var value []byte
		err := row.Scan(&name, &value)
		fmt.Fprintf(sum, "%q %x\n", name, value)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}

func (m *copyMark) text() (string, error) {
	text, err := json.Marshal(m)
	return string(text), err
}

// insert begins the copy.
func (m *copyMark) insert(tx engine.Tx) error {
	text, err := m.text()
	if err == nil {
		_, err = tx.Exec(`INSERT INTO schema_version (version, compatible, unfinished) VALUES ($1, $2, $3)`, copyVersion, copyVersion, text)
	}
	return err
}

// move notes how far the copy has come.
func (m *copyMark) move(tx engine.Tx) error {
	text, err := m.text()
	if err == nil {
		_, err = tx.Exec(`UPDATE schema_version SET unfinished = $1 WHERE version = $2`, text, copyVersion)
	}
	return err
}

// remove ends the copy.
func (m *copyMark) remove(tx engine.Tx) error {
	_, err := tx.Exec(`DELETE FROM schema_version WHERE version = $1`, copyVersion)
	return err
}

// find reads the mark of a copy of the same source, if there is one. The table
// schema_version is there, perhaps an early form of it.
func (m *copyMark) find(tx engine.Tx) (found bool, err error) {
	newest := int64(0)
	err = tx.Query(`SELECT COALESCE(MAX(version), 0) FROM schema_version`, nil, func(row engine.Row) error { return row.Scan(&newest) })
	if err != nil || newest != copyVersion {
		return false, err
	}
	text := ""
	err = tx.Query(`SELECT unfinished FROM schema_version WHERE version = $1`, []any{copyVersion}, func(row engine.Row) error { return row.Scan(&text) })
	if err != nil {
		return false, err
	}
	var there copyMark
	if err := json.Unmarshal([]byte(text), &there); err != nil {
		return false, fmt.Errorf("reading how far the copy has come: %w", err)
	}
	if there.Source != m.Source {
		return false, fmt.Errorf("%w; it is one of another source, or the source has other secrets now: empty the target to begin anew", ErrCopying)
	}
	*m = there
	return true, nil
}
