package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"carillon/internal/wholefile"
)

// Move moves a closed database with its sums to a path where there is none, or an
// empty file. A log there, which belongs to a lost database, is set aside. With the
// lock of the place taken, and before anything is moved, before is called; an error
// of it ends it. The database comes last: it is there, or nothing of it counts.
func Move(from, to string, before func() error) (err error) {
	lock, err := lockFile(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	if err := before(); err != nil {
		return err
	}
	if err := errors.Join(setAside(to+"-wal"), removeIfThere(to+"-shm")); err != nil {
		return err
	}
	for _, suffix := range []string{sumsSuffix, ""} {
		if err := os.Rename(from+suffix, to+suffix); err != nil {
			return fmt.Errorf("moving the database into its place: %w", err)
		}
		if err := wholefile.SyncDir(filepath.Dir(to)); err != nil {
			return err
		}
	}
	return nil
}
