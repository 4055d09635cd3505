package archive_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"carillon/internal/archive"
)

// packed is text as a server sends it.
func packed(t *testing.T, text string) io.Reader {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b)
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return &b
}

// sent is an export with some lines of rooms, and nothing else.
func sent(rooms string) string {
	var b strings.Builder
	for _, kind := range archive.Kinds() {
		b.WriteString("#" + kind + "\n")
		if kind == "rooms" {
			b.WriteString(rooms)
		}
	}
	return b.String() + "#\n"
}

func write(t *testing.T, text string) (dir string, err error) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "export")
	return dir, archive.Write(dir, packed(t, text), &archive.Manifest{Format: archive.Format})
}

// linesOf reads a kind; a line that is too long is "-".
func linesOf(t *testing.T, a *archive.Archive, kind string) (lines []string) {
	t.Helper()
	err := a.Each(kind, func(l archive.Line) error {
		if l.Number != len(lines)+1 {
			t.Errorf("line %d has the number %d", len(lines)+1, l.Number)
		}
		if l.Text == nil {
			lines = append(lines, "-")
		} else {
			lines = append(lines, string(l.Text))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return lines
}

func TestWrite(t *testing.T) {
	huge := `{"b":"` + strings.Repeat("#\\n", 1<<20) + `"}` // longer than any buffer
	longest := strings.Repeat("x", archive.MaxLine)
	dir, err := write(t, sent("{\"a\":1}\n"+huge+"\n"+longest+"\n"+longest+"y\n{}\n"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if got, want := linesOf(t, a, "rooms"), []string{`{"a":1}`, "-", longest, "-", "{}"}; strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %d lines: %.100q", len(got), got)
	}
	if len(a.Files) != len(archive.Kinds()) || a.Records("rooms") != 5 || a.Records("users") != 0 || linesOf(t, a, "users") != nil {
		t.Errorf("the manifest is %+v", a.Manifest)
	}
	for _, f := range a.Files {
		if info, err := os.Stat(filepath.Join(dir, f.Name)); err != nil || info.Mode() != 0o600 || info.Size() != f.Bytes {
			t.Errorf("%s: %v, %v", f.Name, info, err)
		}
	}
	if err := archive.Write(dir, packed(t, sent("")), &archive.Manifest{}); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("over another one: %v", err)
	}
}

// What is not whole leaves nothing behind.
func TestWrite_cut(t *testing.T) {
	whole := sent("{}\n")
	for name, text := range map[string]string{
		"nothing":        "",
		"no end":         strings.TrimSuffix(whole, "#\n"),
		"within a line":  whole[:strings.Index(whole, "{}")+1],
		"kind left out":  strings.Replace(whole, "#users\n", "", 1),
		"unknown kind":   strings.Replace(whole, "#users\n", "#../../users\n", 1),
		"no kind":        "{}\n" + whole,
		"behind the end": whole + "{}\n",
	} {
		dir, err := write(t, text)
		if err == nil {
			t.Errorf("%s: taken", name)
		}
		if left, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(left) > 0 {
			t.Errorf("%s: left %v, %v", name, left, err)
		}
	}
	var cut bytes.Buffer
	_, _ = io.CopyN(&cut, packed(t, whole), 40) // there are more
	dir := filepath.Join(t.TempDir(), "export")
	if err := archive.Write(dir, &cut, &archive.Manifest{}); err == nil {
		t.Error("a stream that is cut was taken")
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error("there is a directory")
	}
}

// Files that the manifest does not tell of as they are, are refused, and nobody waits
// for what is no file.
func TestOpen_refused(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"cut":    func(dir string) error { return os.Truncate(filepath.Join(dir, "rooms.jsonl"), 1) },
		"edited": func(dir string) error { return os.WriteFile(filepath.Join(dir, "rooms.jsonl"), []byte("[]\n"), 0o600) },
		"gone":   func(dir string) error { return os.Remove(filepath.Join(dir, "users.jsonl")) },
		"directory": func(dir string) error {
			return swap(dir, "users.jsonl", func(path string) error { return os.Mkdir(path, 0o700) })
		},
		"outside": func(dir string) error {
			return swap(dir, "users.jsonl", func(path string) error { return os.Symlink(os.DevNull, path) })
		},
		"no manifest": func(dir string) error { return os.Remove(filepath.Join(dir, "manifest.json")) },
		"no JSON":     func(dir string) error { return os.WriteFile(filepath.Join(dir, "manifest.json"), []byte("{"), 0o600) },
		"later format": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(`{"Format":2}`), 0o600)
		},
		"other name": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(`{"Format":1,"Files":[{"Name":"../rooms.jsonl"}]}`), 0o600)
		},
	} {
		dir, err := write(t, sent("{}\n"))
		if err := errors.Join(err, spoil(dir)); err != nil {
			t.Fatal(err)
		}
		if a, err := archive.Open(dir); err == nil {
			t.Errorf("%s: taken", name)
			_ = a.Close()
		}
	}
}

// swap puts something in the place of a file.
func swap(dir, name string, with func(path string) error) error {
	path := filepath.Join(dir, name)
	return errors.Join(os.Remove(path), with(path))
}
