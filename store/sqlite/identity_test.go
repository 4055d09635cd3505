package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"

	"carillon/store/engine"
)

// directory has a database with one table, closed, and a trace of it.
func directory(t *testing.T) (path string, opts Options) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "carillon.db")
	opts = Options{Traces: []string{path + ".key"}}
	fill(t, path, opts)
	put(t, path+".key", "key")
	return path, opts
}

// fill makes a database that looks like one of ours.
func fill(t *testing.T, path string, opts Options) {
	t.Helper()
	e := opened(t, path, opts)
	err := e.Update(t.Context(), func(tx engine.Tx) error {
		_, err := tx.Exec("CREATE TABLE schema_version (version BIGINT NOT NULL PRIMARY KEY)")
		return err
	})
	if err := errors.Join(err, e.Close()); err != nil {
		t.Fatal(err)
	}
}

func opened(t *testing.T, path string, opts Options) *Engine {
	t.Helper()
	e, err := Open(t.Context(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// edit changes bytes of a file.
func edit(t *testing.T, path string, offset int64, content string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt([]byte(content), offset)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// harms are what may have happened to a database.
var harms = []struct {
	name string
	harm func(t *testing.T, path string)
	want error
	part string
}{
	{"missing", func(t *testing.T, path string) { os.Remove(path) }, ErrLost, "carillon.db.key"},
	{"empty", func(t *testing.T, path string) { put(t, path, "") }, ErrLost, "carillon.db.key"},
	{"only a log left", func(t *testing.T, path string) {
		os.Remove(path)
		os.Rename(path+".key", path+"-wal")
	}, ErrLost, "carillon.db-wal"},
	{"an empty file and a log", func(t *testing.T, path string) {
		put(t, path, "")
		os.Rename(path+".key", path+"-wal")
	}, ErrLost, "carillon.db-wal"},
	{"without tables", func(t *testing.T, path string) { foreign(t, path, "PRAGMA user_version = 1") }, ErrLost, "nothing in it"},
	{"a text", func(t *testing.T, path string) { put(t, path, strings.Repeat("text ", 1000)) }, ErrDamaged, ""},
	{"cut off", func(t *testing.T, path string) { os.Truncate(path, 60) }, ErrDamaged, ""},
	{"half of it", func(t *testing.T, path string) { os.Truncate(path, 4096+100) }, ErrDamaged, ""},
	{"the magic words", func(t *testing.T, path string) { edit(t, path, 3, "X") }, ErrDamaged, ""},
	{"the page size", func(t *testing.T, path string) { edit(t, path, 16, "\x12\x34") }, ErrDamaged, ""},
	{"the file format", func(t *testing.T, path string) { edit(t, path, 18, "\x07") }, ErrDamaged, ""},
	{"a fraction", func(t *testing.T, path string) { edit(t, path, 21, "\x00") }, ErrDamaged, ""},
	{"the schema format", func(t *testing.T, path string) { edit(t, path, 44, "\x01") }, ErrDamaged, ""},
	{"the encoding", func(t *testing.T, path string) { edit(t, path, 59, "\x02") }, ErrDamaged, ""},
	{"another program's mark", func(t *testing.T, path string) { edit(t, path, 68, "GPKG") }, ErrForeign, ""},
	{"another program's tables", func(t *testing.T, path string) { foreign(t, path, "CREATE TABLE songs (title TEXT)") }, ErrForeign, ""},
}

// A database that is lost, damaged or another program's is refused, and what is
// there stays as it is.
func TestOpen_refuses(t *testing.T) {
	for _, test := range harms {
		t.Run(test.name, func(t *testing.T) {
			path, opts := directory(t)
			test.harm(t, path)
			before := contents(t, filepath.Dir(path))
			e, err := Open(t.Context(), path, opts)
			if err == nil {
				e.Close()
				t.Fatal("opened")
			}
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.part) {
				t.Errorf("got %v, want %v with %q", err, test.want, test.part)
			}
			if test.part != "nothing in it" && contents(t, filepath.Dir(path)) != before {
				t.Error("something in the directory has changed")
			}
		})
	}
}

// foreign makes a database without any of our marks.
func foreign(t *testing.T, path, statement string) {
	t.Helper()
	os.Remove(path)
	db, err := sqlite.OpenConn(path)
	if err != nil {
		t.Fatal(err)
	}
	c := newConn(db)
	if err := errors.Join(c.run("PRAGMA journal_mode = DELETE"), c.run(statement), c.close()); err != nil {
		t.Fatal(err)
	}
}

// contents are the names and bytes of all files but the lock.
func contents(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".lock") {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, name))
		all.WriteString(name + "\x00" + string(content) + "\x00")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// With Init one begins anew; a log without a database is kept under another name.
func TestOpen_init(t *testing.T) {
	path, opts := directory(t)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	put(t, path+"-wal", "a log")
	opts.Init = true
	fill(t, path, opts)
	kept, _ := filepath.Glob(path + "-wal.*")
	if len(kept) != 1 {
		t.Fatalf("logs kept: %v, want one", kept)
	}
	if content, err := os.ReadFile(kept[0]); string(content) != "a log" {
		t.Errorf("the log is %q, %v", content, err)
	}
	opts.Init = false
	opened(t, path, opts).Close()
}

// Databases from before there was a mark get one; Init does no harm to them, nor
// the first start that was cut off.
func TestOpen_marks(t *testing.T) {
	path, opts := directory(t)
	edit(t, path, 68, "\x00\x00\x00\x00")
	opts.Init = true
	e := opened(t, path, opts)
	var id, tables int64
	if err := errors.Join(e.writer.conn.row("PRAGMA application_id", &id), e.writer.conn.row("SELECT count(*) FROM schema_version", &tables)); err != nil {
		t.Error(err)
	}
	if err := e.Close(); err != nil || id != applicationID {
		t.Errorf("the mark is %#x, %v", id, err)
	}
	cut := filepath.Join(t.TempDir(), "carillon.db")
	put(t, cut, "")
	opened(t, cut, Options{Traces: opts.Traces[:0]}).Close()
}

// A database that is moved, deleted, replaced or emptied is noticed: nobody is told that
// something is kept which is not.
func TestPlace(t *testing.T) {
	for name, harm := range map[string]func(path string) error{
		"deleted":           os.Remove,
		"the log deleted":   func(path string) error { return os.Remove(path + "-wal") },
		"directory deleted": func(path string) error { return os.RemoveAll(filepath.Dir(path)) },
		"directory moved":   func(path string) error { return os.Rename(filepath.Dir(path), filepath.Dir(path)+"2") },
		"replaced": func(path string) error {
			content, err := os.ReadFile(path)
			return errors.Join(err, os.WriteFile(path+".new", content, 0o600), os.Rename(path+".new", path))
		},
		"emptied": func(path string) error { return os.Truncate(path, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "carillon.db")
			e := opened(t, path, Options{})
			defer e.Close()
			if err := errors.Join(e.Ping(t.Context()), tryWrite(t, e)); err != nil {
				t.Fatal(err)
			}
			if err := harm(path); err != nil {
				t.Fatal(err)
			}
			for end := time.Now().Add(10 * time.Second); tryWrite(t, e) == nil; time.Sleep(20 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatal("still writes after 10 s")
				}
			}
			for what, err := range map[string]error{"Ping": e.Ping(t.Context()), "Update": tryWrite(t, e)} {
				if !errors.Is(err, engine.ErrUnavailable) {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
}

func tryWrite(t *testing.T, e *Engine) error {
	return e.Update(t.Context(), func(tx engine.Tx) error {
		_, err := tx.Exec("CREATE TABLE IF NOT EXISTS things (id BIGINT)")
		return err
	})
}

func TestPlace_back(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	e := opened(t, filepath.Join(dir, "carillon.db"), Options{})
	defer e.Close()
	if err := os.Rename(dir, dir+"2"); err != nil {
		t.Fatal(err)
	}
	if err := e.Ping(t.Context()); !errors.Is(err, engine.ErrUnavailable) {
		t.Errorf("away: %v", err)
	}
	if err := os.Rename(dir+"2", dir); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(e.Ping(t.Context()), tryWrite(t, e)); err != nil {
		t.Errorf("back: %v", err)
	}
}
