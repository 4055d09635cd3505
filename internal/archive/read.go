package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

const (
	// MaxLine is the longest line that is read, in bytes; no record is longer.
	MaxLine = 512 << 10
	// maxManifest bounds the manifest.
	maxManifest = 1 << 20
)

// ErrDamaged says that the directory is not what an export has written.
var ErrDamaged = errors.New("the export is damaged, or was changed")

// Archive is the directory of an export that was checked.
type Archive struct {
	Manifest

	root *os.Root
}

// Open checks a directory: it must have all files that the manifest tells of, as they
// were written. Close it. Nothing outside of the directory is read, whatever names or
// links it has.
func Open(dir string) (*Archive, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	a := &Archive{root: root}
	if err := a.check(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, err), root.Close())
	}
	return a, nil
}

// Close closes the directory.
func (a *Archive) Close() error { return a.root.Close() }

func (a *Archive) check() error {
	if err := a.readManifest(); err != nil {
		return err
	}
	for i := range a.Files {
		if !slices.Contains(Kinds(), strings.TrimSuffix(a.Files[i].Name, suffix)) {
			return fmt.Errorf("%w: the manifest names a file that no export has", ErrDamaged)
		}
		if err := a.checkFile(&a.Files[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *Archive) readManifest() error {
	f, err := a.open(manifestName)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxManifest))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &a.Manifest); err != nil {
		return fmt.Errorf("%w: the manifest: %w", ErrDamaged, err)
	}
	if a.Format != Format {
		return fmt.Errorf("the export has format %d, this program reads %d", a.Format, Format)
	}
	return nil
}

// open opens a file, and nothing that would keep one waiting.
func (a *Archive) open(name string) (*os.File, error) {
	info, err := a.root.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file", name)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return a.root.Open(name)
}

// checkFile compares a file with what the manifest says of it.
func (a *Archive) checkFile(want *File) error {
	f, err := a.open(want.Name)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() != want.Bytes {
		return errors.Join(err, fmt.Errorf("%w: %s has not the %d bytes that the manifest says", ErrDamaged, want.Name, want.Bytes))
	}
	sum := sha256.New()
	if _, err := io.CopyBuffer(sum, f, make([]byte, bufferSize)); err != nil {
		return err
	}
	if sumText(sum) != want.Sha256 {
		return fmt.Errorf("%w: %s has not the checksum that the manifest says", ErrDamaged, want.Name)
	}
	return nil
}

// Records returns how many records there are of a kind; 0 also if the export has no
// such file.
func (a *Archive) Records(kind string) int64 {
	for _, f := range a.Files {
		if f.Name == FileName(kind) {
			return f.Records
		}
	}
	return 0
}

// Line is a line of a file.
type Line struct {
	Number int
	// Text is the line without its end, good until the next one is read; nil: it is
	// longer than [MaxLine].
	Text []byte
}

// Each calls each for every line of a kind.
func (a *Archive) Each(kind string, each func(Line) error) error {
	if !slices.ContainsFunc(a.Files, func(f File) bool { return f.Name == FileName(kind) }) {
		return nil
	}
	f, err := a.open(FileName(kind))
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, MaxLine+1) // with the end of the line
	for n := 1; ; n++ {
		text, err := readLine(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = each(Line{n, text})
		}
		if err != nil {
			return err
		}
	}
}

// readLine reads a line; nil: it is too long.
func readLine(in *bufio.Reader) ([]byte, error) {
	text, err := in.ReadSlice('\n')
	long := false
	for errors.Is(err, bufio.ErrBufferFull) {
		long = true
		text, err = in.ReadSlice('\n')
	}
	switch {
	case errors.Is(err, io.EOF) && (long || len(text) > 0): // the last one has no end
	case err != nil:
		return nil, err
	}
	if long {
		return nil, nil
	}
	return bytes.TrimSuffix(text, []byte("\n")), nil
}
