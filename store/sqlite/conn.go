package sqlite

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"zombiezen.com/go/sqlite"

	"carillon/store/sqlite/mapping"
)

const (
	// ownerWait is how long a connection waits for a lock. Inside the process
	// there is next to nothing to wait for; it is meant for a backup tool or
	// a curious operator's shell.
	ownerWait = 5 * time.Second

	// walSizeLimit is the size in bytes down to which the write-ahead log file is
	// cut when it starts again from its beginning.
	walSizeLimit = 2 * checkpointPages * pageSize
	pageSize     = 4096

	// mappedBytes is how much of the database is mapped into memory: 1 GiB.
	mappedBytes = 1 << 30
)

// shared are the settings of every connection: reads come straight from the
// page cache of the operating system, so that a small
// cache (8 MiB, in KiB) does.
var shared = []string{
	"PRAGMA mmap_size = " + strconv.Itoa(mappedBytes),
	"PRAGMA cache_size = -8192",
	"PRAGMA temp_store = MEMORY",
	"PRAGMA synchronous = FULL",
	"PRAGMA wal_autocheckpoint = 0",
}

// conn is a connection with its prepared statements. It keeps every statement
// that it has ever seen: texts must come from a limited set.
type conn struct {
	db    *sqlite.Conn
	stmts map[string]*stmt // by the caller's text
	// instances are the same by where the text is: most come from there again, and
	// need not be read. The keys of stmts keep these places.
	instances map[*byte]*stmt
}

func newConn(db *sqlite.Conn) *conn {
	return &conn{db: db, stmts: make(map[string]*stmt), instances: make(map[*byte]*stmt)}
}

func openWriter(path string, opts Options) (*conn, error) {
	return openConn(path, ownerWait, append(opts.durability(),
		"PRAGMA foreign_keys = ON",
		"PRAGMA journal_size_limit = "+strconv.Itoa(walSizeLimit))...)
}

// durability are the settings of connections that write, where the shared ones are
// not what is wanted.
func (o Options) durability() []string {
	if o.Volatile {
		return []string{"PRAGMA synchronous = OFF"}
	}
	return nil
}

// openConn opens the database with the shared and then the given settings.
func openConn(path string, busy time.Duration, settings ...string) (*conn, error) {
	db, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		return nil, classify(err)
	}
	c := newConn(db)
	db.SetBusyTimeout(busy)
	if err := c.setUp(settings); err != nil {
		_ = c.close()
		return nil, err
	}
	return c, nil
}

func (c *conn) setUp(settings []string) error {
	var mode string
	if err := c.row("PRAGMA journal_mode = WAL", &mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("sqlite: the file system allows no write-ahead log (journal mode %q)", mode)
	}
	for _, s := range append(shared[:len(shared):len(shared)], settings...) {
		if err := c.run(s); err != nil {
			return err
		}
	}
	return nil
}

func (c *conn) close() error { return c.db.Close() }

// run runs a statement without arguments whose rows do not matter.
func (c *conn) run(text string) error {
	s, err := c.prepare(text)
	if err != nil {
		return err
	}
	defer s.reset()
	for more := true; more && err == nil; {
		more, err = s.next()
	}
	return err
}

// row runs a statement without arguments and scans its only row.
func (c *conn) row(text string, dest ...any) error {
	s, err := c.prepare(text)
	if err != nil {
		return err
	}
	defer s.reset()
	if _, err := s.next(); err != nil {
		return err
	}
	return s.Scan(dest...)
}

// mapped is the file of a database, from which its connections read. Close it after
// all of them: sooner, it would take their locks away, as well as what they read.
type mapped struct {
	*os.File
	sharing *mapping.Sharing
}

// openFile opens the database file for syncing, and makes sure that it is there
// and that nobody but its owner can read it. SQLite gives its other files the
// same mode.
func openFile(path string) (*mapped, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(0o600); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return mapFile(path, f)
}

// mapFile maps what was opened at path. If it fails, the file is closed.
func mapFile(path string, f *os.File) (*mapped, error) {
	s, err := mapping.Share(path, f, mappedBytes)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &mapped{f, s}, nil
}

func (m *mapped) Close() error { return errors.Join(m.sharing.Close(), m.File.Close()) }

// prepare returns the prepared statement for text, reset and ready to bind.
func (c *conn) prepare(text string) (*stmt, error) {
	if s := c.instances[unsafe.StringData(text)]; s != nil && s.length == len(text) {
		return s, nil
	}
	if s := c.stmts[text]; s != nil {
		return s, nil
	}
	p, err := c.db.Prepare(adapt(text))
	if err != nil {
		return nil, classify(err)
	}
	s := &stmt{Stmt: p, columns: p.ColumnCount(), params: p.BindParamCount(), length: len(text), dml: isDML(text), texts: make([]string, p.ColumnCount())}
	if err := s.checkNumbering(); err != nil {
		_ = p.Finalize()
		return nil, err
	}
	c.stmts[text], c.instances[unsafe.StringData(text)] = s, s
	return s, nil
}

// locking matches a locking clause of PostgreSQL at the end of a query or of a
// query in parentheses.
var locking = regexp.MustCompile(`(?i)\s+FOR\s+(?:UPDATE|NO\s+KEY\s+UPDATE|SHARE|KEY\s+SHARE)` +
	`(?:\s+OF\s+\w+(?:\s*,\s*\w+)*)?(?:\s+SKIP\s+LOCKED|\s+NOWAIT)?(\s*(?:\)|$))`)

// adapt turns a statement for PostgreSQL into one for SQLite. Locking clauses
// go: with a single writer there is nobody to lock out.
func adapt(text string) string {
	text = strings.TrimRight(text, " \t\r\n;")
	return locking.ReplaceAllString(text, "$1")
}

// isDML reports whether a statement is one that changes rows, so that
// SQLite counts them.
func isDML(text string) bool {
	verb, _, _ := strings.Cut(strings.TrimLeft(text, " \t\r\n("), " ")
	switch strings.ToUpper(strings.TrimSpace(verb)) {
	case "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH":
		return true
	}
	return false
}
