package backup_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"

	"carillon/backup"
	"carillon/internal/storetest"
	"carillon/store"
)

// made is a backup of a new database with a key file.
func made(t *testing.T, recipients ...age.Recipient) ([]byte, *backup.Manifest) {
	t.Helper()
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, backup.KeyFile), []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	scratch := filepath.Join(data, "scratch")
	source := backup.Source{Store: store.New(storetest.SQLite(t)), Data: data, Program: "test", Now: time.Now()}
	m, err := backup.Make(t.Context(), &file, source, scratch, recipients...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(scratch); err == nil {
		t.Error("the scratch directory is left")
	}
	return file.Bytes(), m
}

func TestRoundTrip(t *testing.T) {
	mine, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name       string
		recipients []age.Recipient
		identities []age.Identity
		want       error
	}{
		{"plain", nil, nil, nil},
		{"encrypted", []age.Recipient{mine.Recipient()}, []age.Identity{mine}, nil},
		{"to two", []age.Recipient{other.Recipient(), mine.Recipient()}, []age.Identity{mine}, nil},
		{"without identity", []age.Recipient{mine.Recipient()}, nil, backup.ErrNoIdentity},
		{"of another", []age.Recipient{mine.Recipient()}, []age.Identity{other}, backup.ErrNoIdentity},
	} {
		t.Run(test.name, func(t *testing.T) {
			file, want := made(t, test.recipients...)
			dir := t.TempDir()
			m, err := backup.Unpack(bytes.NewReader(file), dir, test.identities...)
			if !errors.Is(err, test.want) {
				t.Fatal(err)
			}
			if err != nil {
				return
			}
			if err := m.Check(t.Context(), dir); err != nil {
				t.Error(err)
			}
			if len(m.Tables) < 10 || m.SchemaVersion != want.SchemaVersion || len(m.Files) != 2 {
				t.Errorf("manifest %+v", m)
			}
			m.Tables["users"]++
			if err := m.Check(t.Context(), dir); !errors.Is(err, backup.ErrDamaged) {
				t.Errorf("a manifest with another number of users: %v", err)
			}
		})
	}
}

// TestUnpack_changed changes each of many bytes of a file, and cuts it off.
func TestUnpack_changed(t *testing.T) {
	file, want := made(t)
	for at := 0; at < len(file); at += len(file)/150 + 1 {
		for name, text := range map[string][]byte{
			"changed": append(append(append([]byte{}, file[:at]...), file[at]^0x10), file[at+1:]...),
			"cut":     file[:at],
		} {
			dir := t.TempDir()
			m, err := backup.Unpack(bytes.NewReader(text), dir)
			if err == nil && m.Files[1] == want.Files[1] { // the byte says nothing: what is there was checked
				err = m.Check(t.Context(), dir)
				if name == "changed" && err == nil {
					continue
				}
			}
			if err == nil {
				t.Errorf("byte %d %s: nothing was found", at, name)
			}
		}
	}
}
