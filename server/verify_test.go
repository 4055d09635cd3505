package server

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carillon/backup"
	"carillon/internal/storetest"
	"carillon/store"
)

// What is no backup any more, or no database of ours, is a problem that a report
// names, wherever the damage lies.
func TestVerify_unreadable(t *testing.T) {
	whole := aBackup(t)
	flipped := bytes.Clone(whole)
	flipped[0] ^= 1
	for _, test := range []struct {
		name string
		file []byte
		want string
	}{
		{"nothing", nil, "not a backup"},
		{"another file", []byte("PK"), "not a backup"},
		{"its first byte", flipped, "not a backup"},
		{"its beginning", whole[:100], "not a backup"},
		{"all but its end", whole[:len(whole)-1], ""},
	} {
		report, err := VerifyBackup(t.Context(), bytes.NewReader(test.file), t.TempDir())
		wantProblem(t, test.name, report, err, test.want)
	}

	dir := t.TempDir()
	foreign(t, dir)
	report, err := Verify(t.Context(), Options{Data: dir})
	wantProblem(t, "another program's database", report, err, "not a database of Carillon")
}

func wantProblem(t *testing.T, name string, report *VerifyReport, err error, want string) {
	t.Helper()
	if err != nil || report.Ok || len(report.Problems) != 1 || !strings.Contains(report.Problems[0], want) {
		t.Errorf("%s: got %+v, %v; want one problem, with %q", name, report, err, want)
	}
}

// aBackup returns the backup of a new database.
func aBackup(t *testing.T) []byte {
	t.Helper()
	var file bytes.Buffer
	source := backup.Source{Store: store.New(storetest.SQLite(t)), Data: t.TempDir(), Program: "test", Now: time.Now()}
	if _, err := backup.Make(t.Context(), &file, source, filepath.Join(t.TempDir(), "scratch")); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// foreign makes a database that has the mark of another program.
func foreign(t *testing.T, dir string) {
	t.Helper()
	st, err := OpenStore(t.Context(), Options{Data: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(filepath.Join(dir, DatabaseFile), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt([]byte("GPKG"), 68); err != nil { // where SQLite has it
		t.Fatal(err)
	}
}
