package sqlite

import (
	"context"
	"errors"
	"fmt"

	"zombiezen.com/go/sqlite"

	"carillon/store/engine"
)

var _ engine.Backuper = (*Engine)(nil)

// Backup implements [engine.Backuper]. It copies in one step, in one read
// transaction: writers go on, and cannot make it begin anew. The log does not
// start again meanwhile.
func (e *Engine) Backup(ctx context.Context, path string) error {
	if !e.running.TryRLock() {
		return errClosed
	}
	defer e.running.RUnlock()
	if err := errors.Join(ctx.Err(), e.place.look()); err != nil {
		return err
	}
	if bad, err := e.scrubber.all(); err != nil || len(bad) > 0 {
		return errors.Join(err, damagedPages(bad))
	}
	if err := copyDatabase(e.readers.path, path); err != nil {
		return fmt.Errorf("copying the database: %w", err)
	}
	// What was damaged meanwhile may be in the copy.
	bad, err := e.scrubber.all()
	return errors.Join(err, damagedPages(bad), ctx.Err())
}

// damagedPages is the refusal of a copy of damaged pages.
func damagedPages(bad []uint32) error {
	if len(bad) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %d pages are not what was written, the first is %d; \"carillon verify\" tells more", ErrDamaged, len(bad), bad[0])
}

func copyDatabase(from, to string) (err error) {
	src, err := openConn(from, ownerWait, "PRAGMA query_only = ON")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.close()) }()
	db, err := sqlite.OpenConn(to, sqlite.OpenReadWrite, sqlite.OpenCreate)
	if err != nil {
		return classify(err)
	}
	dst := newConn(db)
	defer func() { err = errors.Join(err, dst.close()) }()
	for _, setting := range []string{"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF"} { // it is worth nothing before it is whole
		if err := dst.run(setting); err != nil {
			return err
		}
	}
	return copyAll(db, src)
}

func copyAll(dst *sqlite.Conn, src *conn) error {
	b, err := sqlite.NewBackup(dst, "", src.db, "")
	if err != nil {
		return err
	}
	more, err := b.Step(-1)
	if err == nil && more {
		err = errors.New("sqlite: the copy is not whole")
	}
	return errors.Join(err, b.Close())
}
