package server

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carillon/backup"
	"carillon/internal/storetest"
	"carillon/store"
	"carillon/store/engine"
)

// A backup by a newer version, whose schema this one cannot serve, is refused,
// and leaves no directory behind.
func TestRestore_newerSchema(t *testing.T) {
	e := storetest.SQLite(t)
	err := e.Update(t.Context(), func(tx engine.Tx) error {
		_, err := tx.Exec(`INSERT INTO schema_version (version, compatible, unfinished) VALUES ($1, $2, '')`, 9000, 9000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	source := backup.Source{Store: store.New(e), Data: t.TempDir(), Program: "test", Now: time.Now()}
	if _, err := backup.Make(t.Context(), &file, source, filepath.Join(t.TempDir(), "scratch")); err != nil {
		t.Fatal(err)
	}

	dir := filepath.Join(t.TempDir(), "data")
	_, err = Restore(t.Context(), &file, dir)
	if err == nil || !strings.Contains(err.Error(), "9000") {
		t.Errorf("got %v, want an error that names version 9000", err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the directory is left: %v", err)
	}
}
