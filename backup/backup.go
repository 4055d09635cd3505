// Package backup makes, reads and checks backup files: a whole server in one file,
// with its database, its secrets and a manifest. docs/backup.md has the format.
package backup

import (
	"archive/tar"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"carillon/store"
	"carillon/store/sqlite"
)

// The names of what is in a backup.
const (
	manifestName = "manifest.json"
	// Database is the embedded database, without a log.
	Database = "carillon.db"
	// KeyFile tells commands on the same machine of the server.
	KeyFile = "root-key.json"
)

// Format is the version of the format that this program writes, and the newest that
// it reads.
const Format = 1

// Manifest says what a backup is of.
type Manifest struct {
	Format        int
	Program       string // version and commit of who wrote it
	SchemaVersion int64
	// CreatedTimestamp is when it was begun: what was acknowledged before is in it.
	CreatedTimestamp time.Time
	Files            []File
	// Tables are the rows of each table.
	Tables map[string]int64
}

// File is one of the files of a backup.
type File struct {
	Name   string
	Bytes  int64
	Sha256 string // lower-case hex
}

// Source is what a backup is made of.
type Source struct {
	Store *store.Store
	// Data is the directory with the key file, if there is one.
	Data string
	// Program is who makes it.
	Program string
	// Now is when.
	Now time.Time
}

// ErrDamaged: what is to be kept, or was, is not whole.
var ErrDamaged = errors.New("backup: damaged")

// Make writes a backup to w while the store serves. It works in the directory
// scratch, which takes as much as the database and goes when all is done. What it
// writes was checked: the copy of the database is whole.
func Make(ctx context.Context, w io.Writer, s Source, scratch string, recipients ...age.Recipient) (m *Manifest, err error) {
	if err := os.MkdirAll(scratch, 0o700); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	m = &Manifest{Format: Format, Program: s.Program, CreatedTimestamp: s.Now.UTC().Truncate(time.Millisecond)}
	path := filepath.Join(scratch, Database)
	if err := s.Store.Backup(ctx, path); err != nil {
		return nil, err
	}
	if err := describe(ctx, path, m); err != nil {
		return nil, err
	}
	if err := copyKeyFile(filepath.Join(s.Data, KeyFile), filepath.Join(scratch, KeyFile)); err != nil {
		return nil, err
	}
	for _, name := range []string{KeyFile, Database} {
		if err := m.add(scratch, name); err != nil {
			return nil, err
		}
	}
	return m, m.write(w, scratch, recipients)
}

// describe checks a copy of a database and notes what is in it.
func describe(ctx context.Context, path string, m *Manifest) error {
	g, err := sqlite.OpenGuest(ctx, path, sqlite.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	problems, _, err := g.Check(ctx)
	if len(problems) > 0 {
		err = errors.Join(err, fmt.Errorf("%w: %s", ErrDamaged, problems[0]))
	}
	if err == nil {
		m.Tables, err = g.Tables(ctx)
	}
	if err == nil {
		m.SchemaVersion, err = store.New(g).SchemaVersion(ctx)
	}
	return errors.Join(err, g.Close())
}

func copyKeyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o600)
}

// add notes a file, if it is there.
func (m *Manifest) add(dir, name string) error {
	f, err := os.Open(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	m.Files = append(m.Files, File{name, n, hex.EncodeToString(sum.Sum(nil))})
	return err
}

// write writes the file: a tar archive, the manifest first, compressed by Zstandard
// with its checksum and, for recipients, encrypted by age.
func (m *Manifest) write(w io.Writer, dir string, recipients []age.Recipient) error {
	sealed, err := Encrypt(w, recipients...)
	if err != nil {
		return err
	}
	packed, err := zstd.NewWriter(sealed, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	return errors.Join(m.archive(packed, dir), packed.Close(), sealed.Close())
}

// Encrypt returns a writer that encrypts to recipients what it then writes to w;
// without any it passes it on. Close ends it and leaves w open.
func Encrypt(w io.Writer, recipients ...age.Recipient) (io.WriteCloser, error) {
	if len(recipients) == 0 {
		return nopCloser{w}, nil
	}
	sealed, err := age.Encrypt(w, recipients...)
	if err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	return sealed, nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

func (m *Manifest) archive(w io.Writer, dir string) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	t := tar.NewWriter(w)
	if err := m.head(t, manifestName, int64(len(text))); err != nil {
		return err
	}
	if _, err := t.Write(text); err != nil {
		return err
	}
	for _, file := range m.Files {
		if err := m.pack(t, dir, file); err != nil {
			return err
		}
	}
	return t.Close()
}

func (m *Manifest) head(t *tar.Writer, name string, size int64) error {
	return t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: m.CreatedTimestamp.Truncate(time.Second)})
}

func (m *Manifest) pack(t *tar.Writer, dir string, file File) error {
	if err := m.head(t, file.Name, file.Bytes); err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(dir, file.Name))
	if err != nil {
		return err
	}
	_, err = io.Copy(t, bufio.NewReaderSize(f, 1<<20))
	return errors.Join(err, f.Close())
}
