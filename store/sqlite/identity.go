package sqlite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"
)

// Errors of [Open] about what lies at the path; compare with [errors.Is].
var (
	// ErrLost: the database is missing or empty, but something beside it says
	// that there was one.
	ErrLost = errors.New("the database is lost")
	// ErrForeign: the file is a database of another program.
	ErrForeign = errors.New("the file is not a database of Carillon")
	// ErrDamaged: the file is no database, or no longer.
	ErrDamaged = errors.New("the file is damaged or no database")
)

// applicationID marks our databases, in a field of the header that SQLite keeps
// for that.
const applicationID = 0x4361726c // "Carl"

// checkBeginning refuses to begin a database where there was one. path is where
// it would be; there is nothing yet, or an empty file.
func checkBeginning(path string, opts Options) error {
	traces := present(append([]string{path + "-wal"}, opts.Traces...))
	if len(traces) == 0 {
		return nil
	}
	if !opts.Init {
		return fmt.Errorf("%w: %s is missing or empty, but there is %s", ErrLost, filepath.Base(path), strings.Join(traces, " and "))
	}
	return setAside(path + "-wal")
}

// present returns the names of those files that are there and not empty.
func present(paths []string) (names []string) {
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.Size() > 0 {
			names = append(names, filepath.Base(path))
		}
	}
	return names
}

// setAside renames a log that belongs to no database, which SQLite would delete.
func setAside(path string) error {
	err := os.Rename(path, path+time.Now().UTC().Format(".20060102T150405.000"))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return err
}

// The header of a database file; see the file format of SQLite.
const (
	headerSize  = 100
	headerMagic = "SQLite format 3\x00"
)

// checkFile looks at a database before it is opened for good, which would make
// another program's one use a log, and reports whether it does.
func checkFile(path string) (logged bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	h := make([]byte, headerSize)
	_, err = f.ReadAt(h, 0)
	if err = errors.Join(err, f.Close()); err != nil {
		return false, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err := checkHeader(h); err != nil || usesLog(h) {
		return true, err
	}
	db, err := sqlite.OpenConn(path, sqlite.OpenReadOnly)
	if err != nil {
		return false, classify(err)
	}
	c := newConn(db)
	_, err = c.kind()
	return false, errors.Join(err, c.close())
}

func usesLog(header []byte) bool { return header[18] == 2 }

// checkHeader finds what SQLite would take for a setting, or report as some
// other fault.
func checkHeader(h []byte) error {
	at := func(offset int) uint32 { return binary.BigEndian.Uint32(h[offset:]) }
	pageSize := int(binary.BigEndian.Uint16(h[16:]))
	switch {
	case !bytes.HasPrefix(h, []byte(headerMagic)),
		pageSize != 1 && (pageSize < 512 || bits.OnesCount(uint(pageSize)) != 1), // 1 stands for 65536
		h[18] < 1 || h[18] > 2 || h[19] < 1 || h[19] > 2,                         // rollback journal or log
		h[21] != 64 || h[22] != 32 || h[23] != 32,                                // fractions that never vary
		at(44) > 4, // format of the schema
		at(56) > 1: // UTF-8; 0 before there is anything
		return ErrDamaged
	}
	if id := at(68); id != 0 && id != applicationID {
		return fmt.Errorf("%w: its application id is %#x", ErrForeign, id)
	}
	return nil
}

// kind is what a database is that is not a foreign one.
type kind struct{ marked, empty bool }

// kind tells by the mark or, in databases from before there was one, by a table.
func (c *conn) kind() (k kind, err error) {
	var id, tables, ours int64
	err = errors.Join(
		c.row("PRAGMA application_id", &id),
		c.row("SELECT count(*) FROM sqlite_schema", &tables),
		c.row("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'", &ours),
	)
	if err == nil && id != applicationID && tables > 0 && ours == 0 {
		err = ErrForeign
	}
	return kind{marked: id == applicationID, empty: tables == 0}, err
}

// identify checks that an open database is ours or a beginning, and marks it.
func identify(c *conn, opts Options) error {
	k, err := c.kind()
	if err != nil {
		return err
	}
	if traces := present(opts.Traces); k.empty && len(traces) > 0 && !opts.Init {
		return fmt.Errorf("%w: there is nothing in it, but there is %s", ErrLost, strings.Join(traces, " and "))
	}
	if k.marked {
		return nil
	}
	return c.run(fmt.Sprintf("PRAGMA application_id = %d", applicationID))
}
