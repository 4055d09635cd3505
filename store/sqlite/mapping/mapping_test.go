//go:build unix

package mapping

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// rowsPerFill make about 40 pages.
const rowsPerFill = 300

// database is one with connections that come later than its file.
type database struct {
	path    string
	file    *os.File
	sharing *Sharing
}

func newDatabase(t *testing.T, limit int) *database {
	t.Helper()
	d := &database{path: filepath.Join(t.TempDir(), "test.db")}
	file, err := os.OpenFile(d.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Share(d.path, file, limit)
	if err != nil {
		t.Fatal(err)
	}
	d.file, d.sharing = file, s
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), file.Close()); err != nil {
			t.Error(err)
		}
	})
	return d
}

// connect returns a connection that is closed before the mapping is.
func (d *database) connect(t *testing.T) *sqlite.Conn {
	t.Helper()
	c, err := sqlite.OpenConn(d.path, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, text := range []string{"PRAGMA journal_mode = WAL", "PRAGMA mmap_size = 1073741824", "PRAGMA cache_size = 10"} {
		mustRun(t, c, text)
	}
	return c
}

func mustRun(t *testing.T, c *sqlite.Conn, text string) {
	t.Helper()
	if err := sqlitex.ExecuteTransient(c, text, nil); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// fill adds rows, with what they must have.
func fill(t *testing.T, c *sqlite.Conn) {
	t.Helper()
	mustRun(t, c, "CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, data TEXT)")
	mustRun(t, c, fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO rows (data) SELECT printf('%%0500d', i + (SELECT count(*) FROM rows)) FROM n`, rowsPerFill))
}

// wantRows reads all rows and compares them with what fill wrote.
func wantRows(t *testing.T, c *sqlite.Conn, want int) {
	t.Helper()
	n := 0
	err := sqlitex.ExecuteTransient(c, "SELECT id, data FROM rows ORDER BY id", &sqlitex.ExecOptions{ResultFunc: func(s *sqlite.Stmt) error {
		if n++; s.ColumnText(1) != fmt.Sprintf("%0500d", n) {
			return fmt.Errorf("row %d is %q", n, s.ColumnText(1))
		}
		return nil
	}})
	if err != nil || n != want {
		t.Fatalf("%d rows, %v; want %d", n, err, want)
	}
}

// All connections see what each of them commits, while the file grows: what is in
// the log, in the mapping, and behind its end.
func TestShare_reads(t *testing.T) {
	for name, limit := range map[string]int{"all is mapped": 1 << 30, "the beginning is mapped": 16 * 4096} {
		t.Run(name, func(t *testing.T) {
			d := newDatabase(t, limit)
			conns := []*sqlite.Conn{d.connect(t), d.connect(t), d.connect(t)}
			for round := range 9 {
				fill(t, conns[round%3])
				if round%2 == 1 {
					mustRun(t, conns[(round+1)%3], "PRAGMA wal_checkpoint(TRUNCATE)")
				}
				for _, c := range conns {
					wantRows(t, c, (round+1)*rowsPerFill)
				}
			}
		})
	}
}

// Pages come from one mapping however many connections have read them, and no
// connection maps them anew after another has committed.
func TestShare_once(t *testing.T) {
	d := newDatabase(t, 1<<30)
	conns := []*sqlite.Conn{d.connect(t), d.connect(t), d.connect(t)}
	for round := range 3 {
		fill(t, conns[0])
		mustRun(t, conns[0], "PRAGMA wal_checkpoint(TRUNCATE)")
		for _, c := range conns[1:] {
			wantRows(t, c, (round+1)*rowsPerFill)
		}
	}
	if runtime.GOOS == "linux" {
		if n := mappings(t, d.path); n != 1 {
			t.Errorf("the file is mapped %d times", n)
		}
	}
}

// mappings counts those of a file.
func mappings(t *testing.T, path string) int {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(maps), path+"\n")
}

// Databases are read as ever that nobody shares, that are shared already, and that
// cannot be mapped.
func TestShare_alone(t *testing.T) {
	d := newDatabase(t, 1<<30)
	second, err := Share(d.path, d.file, 1<<30)
	if err = errors.Join(err, second.Close(), d.sharing.Close(), d.sharing.Close()); err != nil {
		t.Fatal(err)
	}
	third, err := Share(d.path, d.file, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer third.Close()
	a, b := d.connect(t), d.connect(t)
	fill(t, a)
	wantRows(t, b, rowsPerFill)
}

// A file that somebody cuts short is an error for who reads it, by lent pages and by
// copies, and no end of the process.
func TestShare_cutShort(t *testing.T) {
	d := newDatabase(t, 1<<30)
	reader, writer := d.connect(t), d.connect(t)
	fill(t, writer)
	mustRun(t, writer, "PRAGMA wal_checkpoint(TRUNCATE)")
	wantRows(t, reader, rowsPerFill)
	if err := os.Truncate(d.path, 2*4096); err != nil {
		t.Fatal(err)
	}
	for name, run := range map[string]func() error{
		"reading":  func() error { return sqlitex.ExecuteTransient(reader, "SELECT sum(length(data)) FROM rows", nil) },
		"changing": func() error { return sqlitex.ExecuteTransient(writer, "UPDATE rows SET data = data || 'x'", nil) },
	} {
		if err := run(); err == nil {
			t.Errorf("%s gave no error", name)
		}
	}
}

// Who opens a path at which another file lies by now reads that, and nothing of the one
// that is mapped.
func TestShare_replaced(t *testing.T) {
	d, other := newDatabase(t, 1<<30), newDatabase(t, 1<<30)
	before := d.connect(t)
	fill(t, before)
	mustRun(t, before, "PRAGMA wal_checkpoint(TRUNCATE)")
	c := other.connect(t)
	fill(t, c)
	fill(t, c)
	mustRun(t, c, "PRAGMA wal_checkpoint(TRUNCATE)")
	if err := errors.Join(os.Rename(d.path, d.path+".before"), os.Remove(d.path+"-wal"), os.Remove(d.path+"-shm"), os.Link(other.path, d.path)); err != nil {
		t.Fatal(err)
	}
	wantRows(t, d.connect(t), 2*rowsPerFill)
}

func TestShare_noFile(t *testing.T) {
	d := newDatabase(t, 4096)
	if _, err := Share(filepath.Join(t.TempDir(), "missing"), d.file, 4096); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("of a path without a file: %v", err)
	}
}
