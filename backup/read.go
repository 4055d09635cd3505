package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// Errors of reading; compare with [errors.Is].
var (
	// ErrNoIdentity: the file is encrypted, and none of the identities opens it.
	ErrNoIdentity = errors.New("backup: the file is encrypted: give --identity FILE with the identity that it was encrypted to")
	// ErrForeign: the file is no backup, or one of a newer format.
	ErrForeign = errors.New("backup: the file is not a backup of Carillon")
)

// The most that is read of what cannot be checked before it is whole.
const (
	maxManifest = 1 << 20
	maxWindow   = 64 << 20 // bytes of memory for decompression
)

const ageMagic = "age-encryption.org/"

// Unpack writes the files of a backup into a directory, which must exist, and
// checks the sums of all of them. What is there when it fails is good for nothing.
func Unpack(r io.Reader, dir string, identities ...age.Identity) (*Manifest, error) {
	plain, err := decrypted(r, identities)
	if err != nil {
		return nil, err
	}
	z, err := zstd.NewReader(plain, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	m, err := unpack(z, dir)
	if err != nil {
		return nil, err
	}
	// What follows the end of the archive has the checksum of all of it.
	if n, err := io.Copy(io.Discard, io.LimitReader(z, maxManifest)); err != nil || n == maxManifest {
		return nil, errors.Join(fmt.Errorf("%w: the end of the file", ErrDamaged), err)
	}
	return m, nil
}

// decrypted returns what is in a file that may be encrypted.
func decrypted(r io.Reader, identities []age.Identity) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 1<<20)
	head, err := b.Peek(len(ageMagic))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if !bytes.Equal(head, []byte(ageMagic)) {
		return b, nil
	}
	if len(identities) == 0 {
		return nil, ErrNoIdentity
	}
	plain, err := age.Decrypt(b, identities...)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return nil, ErrNoIdentity
	}
	return plain, err
}

func unpack(r io.Reader, dir string) (*Manifest, error) {
	t := tar.NewReader(r)
	m, err := readManifest(t)
	if err != nil {
		return nil, err
	}
	for _, file := range m.Files {
		h, err := t.Next()
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, file.Name, err)
		}
		if h.Name != file.Name || h.Size != file.Bytes || h.Typeflag != tar.TypeReg {
			return nil, fmt.Errorf("%w: %s is not what the manifest says", ErrDamaged, file.Name)
		}
		if err := unpackFile(t, filepath.Join(dir, file.Name), file); err != nil {
			return nil, err
		}
	}
	if _, err := t.Next(); !errors.Is(err, io.EOF) {
		return nil, errors.Join(fmt.Errorf("%w: there is more than the manifest says", ErrDamaged), err)
	}
	return m, nil
}

// readManifest reads what comes first, and refuses what this program cannot read.
func readManifest(t *tar.Reader) (*Manifest, error) {
	h, err := t.Next()
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrForeign, err)
	case h.Name != manifestName || h.Size > maxManifest:
		return nil, ErrForeign
	}
	text, err := io.ReadAll(t)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	m := &Manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("%w: its manifest: %w", ErrDamaged, err)
	}
	if m.Format < 1 || m.Format > Format {
		return nil, fmt.Errorf("%w: it has format %d, this program knows %d", ErrForeign, m.Format, Format)
	}
	return m, m.checkNames()
}

// checkNames keeps a file from being written anywhere else.
func (m *Manifest) checkNames() error {
	var names []string
	for _, file := range m.Files {
		if file.Name != Database && file.Name != KeyFile || slices.Contains(names, file.Name) {
			return fmt.Errorf("%w: its manifest has a file %q", ErrForeign, file.Name)
		}
		names = append(names, file.Name)
	}
	if !slices.Contains(names, Database) {
		return fmt.Errorf("%w: it has no database", ErrForeign)
	}
	return nil
}

func unpackFile(r io.Reader, path string, file File) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, sum), r)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("unpacking %s: %w", file.Name, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != file.Sha256 {
		return fmt.Errorf("%w: the checksum of %s is not the one of the manifest", ErrDamaged, file.Name)
	}
	return nil
}

// Check compares an unpacked database with the manifest: it is whole, and has the
// rows and the schema that the manifest says.
func (m *Manifest) Check(ctx context.Context, dir string) error {
	found := &Manifest{}
	if err := describe(ctx, filepath.Join(dir, Database), found); err != nil {
		return err
	}
	if found.SchemaVersion != m.SchemaVersion {
		return fmt.Errorf("%w: the schema has version %d, the manifest says %d", ErrDamaged, found.SchemaVersion, m.SchemaVersion)
	}
	if !maps.Equal(found.Tables, m.Tables) {
		return fmt.Errorf("%w: the tables have not the rows that the manifest says", ErrDamaged)
	}
	return nil
}
