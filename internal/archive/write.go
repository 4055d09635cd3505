// Package archive writes and reads the directory of an export: a file of JSON lines
// for each kind of records, and a manifest that says what is in them.
package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"carillon/internal/wholefile"
	"carillon/store"
)

const (
	// Format is the version of the format that this program writes and reads.
	Format = 1
	// Audit is the kind of the records of the audit, which no import takes.
	Audit = "audit"

	manifestName = "manifest.json"
	suffix       = ".jsonl"
	bufferSize   = 1 << 20
)

// Manifest says what is in the directory.
type Manifest struct {
	Format int
	// Program is the version and commit of the server.
	Program string
	// AwsAccountId is whose records they are.
	AwsAccountId string //nolint:revive // as in the API
	// CreatedTimestamp is when the export was begun: what was acknowledged before is
	// in it.
	CreatedTimestamp time.Time
	Files            []File
}

// File is one of the files.
type File struct {
	Name    string
	Records int64
	Bytes   int64
	Sha256  string // lower-case hex
}

// Kinds returns the names of all kinds, those first that others refer to.
func Kinds() (names []string) {
	for _, k := range store.ArchiveKinds() {
		names = append(names, k.Name)
	}
	return append(names, Audit)
}

// FileName returns the name of the file of a kind.
func FileName(kind string) string { return kind + suffix }

// Write makes a directory that is not there yet out of what a server sends, a stream
// that is compressed; it is there whole or not at all. Where the process is killed, one
// may be left whose name begins with a dot. Write completes the manifest.
func Write(dir string, stream io.Reader, m *Manifest) error {
	if err := CheckFree(dir); err != nil {
		return err
	}
	dir = filepath.Clean(dir)
	scratch, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+".*") // mode 0700
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch) // there is none by then if all went well
	if err := writeFiles(scratch, stream, m); err != nil {
		return err
	}
	if err := writeManifest(scratch, m); err != nil {
		return err
	}
	if err := os.Rename(scratch, dir); err != nil {
		return err
	}
	return wholefile.SyncDir(filepath.Dir(dir))
}

// CheckFree returns an error if there is something of this name.
func CheckFree(dir string) error {
	_, err := os.Lstat(dir)
	switch {
	case err == nil:
		return fmt.Errorf("%s is there already; an export makes a directory of its own", dir)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return nil
}

func writeManifest(dir string, m *Manifest) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return wholefile.Write(filepath.Join(dir, manifestName), func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
}

// errCut says that the server has not sent all.
var errCut = errors.New("what the server has sent is not whole")

// writeFiles takes the stream apart: a line that begins with # names the kind of those
// that follow; the last one names none.
func writeFiles(dir string, stream io.Reader, m *Manifest) error {
	packed, err := zstd.NewReader(stream, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return err
	}
	defer packed.Close()
	in := bufio.NewReaderSize(packed, bufferSize)
	kind, err := readHeader(in)
	for err == nil && kind != "" {
		var f File
		if f, err = writeFile(dir, kind, in); err == nil {
			m.Files = append(m.Files, f)
			kind, err = readHeader(in)
		}
	}
	if err != nil {
		return err
	}
	if _, err := in.Peek(1); !errors.Is(err, io.EOF) || len(m.Files) != len(Kinds()) {
		return errors.Join(errCut, err)
	}
	return nil
}

// readHeader reads a line that names a kind: one that this program knows, and so a
// name for a file.
func readHeader(in *bufio.Reader) (kind string, err error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return "", errors.Join(errCut, err)
	}
	kind = strings.TrimSuffix(strings.TrimPrefix(string(line), "#"), "\n")
	if kind != "" && !slices.Contains(Kinds(), kind) {
		return "", fmt.Errorf("%w: it has a kind of records that this program does not know; use the program of the server's version", errCut)
	}
	return kind, nil
}

// writeFile writes the lines of a kind.
func writeFile(dir, kind string, in *bufio.Reader) (f File, err error) {
	f.Name = FileName(kind)
	err = wholefile.Write(filepath.Join(dir, f.Name), func(w io.Writer) error {
		sum := sha256.New()
		if err := f.copyLines(io.MultiWriter(w, sum), in); err != nil {
			return err
		}
		f.Sha256 = sumText(sum)
		return nil
	})
	return f, err
}

func sumText(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)) }

// copyLines copies lines up to one that begins with #, and counts them.
func (f *File) copyLines(w io.Writer, in *bufio.Reader) error {
	for begins := true; ; {
		if begins {
			next, err := in.Peek(1)
			if err != nil {
				return errors.Join(errCut, err)
			}
			if next[0] == '#' {
				return nil
			}
		}
		part, err := in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return errors.Join(errCut, err)
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
		f.Bytes += int64(len(part))
		if begins = bytes.HasSuffix(part, []byte("\n")); begins {
			f.Records++
		}
	}
}
