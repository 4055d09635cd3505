package server

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"testing"
	"time"

	"carillon/api"
	"carillon/backup"
	"carillon/internal/storetest"
	"carillon/store"
	"carillon/store/engine"
)

// offering is the maker of backups of a database that does not fit into one part.
func offering(t *testing.T) *backups {
	t.Helper()
	e := storetest.SQLite(t)
	text := make([]byte, 2*offerPart)
	_, _ = rand.Read(text) // never fails
	err := e.Update(t.Context(), func(tx engine.Tx) error {
		_, err := tx.Exec(`INSERT INTO server_secrets (name, value) VALUES ($1, $2)`, "ballast", base64.StdEncoding.EncodeToString(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := newBackups(Options{Data: t.TempDir(), Log: slog.New(slog.DiscardHandler)}, store.New(e), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	go b.run(t.Context())
	return b
}

// readUntil asks for the first part until the backup is made.
func (b *backups) readUntil(t *testing.T, id string) *api.ReadBackupOutput {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		out, err := b.ReadBackup(nil, &api.ReadBackupInput{BackupId: id})
		if err != nil {
			t.Fatal(err)
		}
		if out.State.V != api.BackupStateRunning {
			return out
		}
		if time.Now().After(deadline) {
			t.Fatal("the backup takes too long")
		}
	}
}

// Somebody who reads a part of a backup and leaves holds nothing but the file, which
// goes after a while.
func TestBackups_reader_gone(t *testing.T) {
	b := offering(t)
	o := &offer[*backup.Manifest]{id: "gone"}
	b.offers.ask(o)
	out := b.readUntil(t, o.id)
	if out.State.V != api.BackupStateReady || out.Bytes.V <= offerPart {
		t.Fatalf("%s with %d bytes, want more than one part", out.State.V, out.Bytes.V)
	}
	if left := namesIn(t, b.scratch()); len(left) != 1 {
		t.Errorf("%q are there beside the file", left)
	}
	b.offers.mu.Lock()
	o.touched = time.Now().Add(-offerKept - time.Second)
	b.offers.mu.Unlock()
	for deadline := time.Now().Add(30 * time.Second); len(namesIn(t, b.scratch())) > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the file is left")
		}
	}
	if _, err := b.ReadBackup(nil, &api.ReadBackupInput{BackupId: o.id}); !api.IsKind(err, api.NotFound) {
		t.Errorf("got %v, want that there is no such backup", err)
	}
	if err := b.offers.admits(backupsOwner); err != nil {
		t.Errorf("nobody else can have a backup made: %v", err)
	}
}

// namesIn returns the names in a directory that need not be there.
func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
