package store

import (
	"context"
	"errors"
	"fmt"

	"carillon/store/engine"
)

// CopiedTable is what two databases have in common of a table.
type CopiedTable struct {
	Name string
	Rows int64
	// Sha256 is the checksum of the rows, in lower-case hex. It is the same in every
	// kind of database; see [tableSum].
	Sha256 string
}

// Errors of [Copy]; compare with [errors.Is].
var (
	// ErrCopying: a copy into the database was begun and is not finished.
	ErrCopying = errors.New("store: a copy into this database is not finished: the same \"carillon copy\" goes on with it, and nothing else can use it")
	// ErrNotEmpty: the database to copy to has records already.
	ErrNotEmpty = errors.New("store: the database is not empty")
	// ErrNoSchema: the database to copy from is none of Carillon.
	ErrNoSchema = errors.New("store: there are no tables of Carillon in the database")
	// ErrCopyDiffers: what was copied is not what is there.
	ErrCopyDiffers = errors.New("store: the copy differs from its source")
)

// Copy copies everything from one database to another one, which is empty or has
// the beginning of a copy of the same source. Nobody else may use them meanwhile.
// When it returns nil, both have been read from beginning to end and have
// the same rows. When it does not, what is copied stays, and can be gone on with;
// until then nobody can use the target. progress hears how many rows of a table
// were copied or, at last, compared.
func Copy(ctx context.Context, from, to *Store, progress func(what string, rows int64)) ([]CopiedTable, error) {
	c := &copier{from: from, to: to, progress: progress}
	if err := c.examine(ctx); err != nil {
		return nil, fmt.Errorf("the source: %w", err)
	}
	if err := c.begin(ctx); err != nil {
		return nil, fmt.Errorf("the target: %w", err)
	}
	for _, t := range c.remaining() {
		if err := c.copyTable(ctx, t); err != nil {
			return nil, fmt.Errorf("copying %s: %w; what is copied stays, and the same \"carillon copy\" goes on from there", t.name, err)
		}
	}
	copied, err := c.compare(ctx)
	if err != nil {
		return nil, err
	}
	return copied, c.finish(ctx)
}

// copier is a copy on its way.
type copier struct {
	from, to *Store
	progress func(what string, rows int64)
	tables   []copyTable
	mark     copyMark
}

// remaining are the tables that are not copied yet, the first perhaps in part.
func (c *copier) remaining() []copyTable {
	for i, t := range c.tables {
		if t.name == c.mark.Table {
			return c.tables[i:]
		}
	}
	return c.tables
}

// examine looks at the source.
func (c *copier) examine(ctx context.Context) error {
	return c.from.engine.View(ctx, func(tx engine.Tx) error {
		shapes, err := c.from.catalog(tx)
		if err != nil {
			return err
		}
		if len(shapes[schemaTable].Columns) == 0 {
			return ErrNoSchema
		}
		if err := c.from.checkCurrent(tx); err != nil {
			return err
		}
		if c.tables, err = copyTables(shapes); err != nil {
			return err
		}
		c.mark.Source, err = c.identity(tx)
		return err
	})
}

// catalog returns the tables of the database.
func (s *Store) catalog(tx engine.Tx) (map[string]engine.Shape, error) {
	c, ok := s.engine.(engine.Cataloger)
	if !ok {
		return nil, errors.New("store: the engine does not tell what tables there are")
	}
	return c.Catalog(tx)
}

// checkCurrent returns nil if the schema is exactly that of this program.
func (s *Store) checkCurrent(tx engine.Tx) error {
	have, err := s.schema(tx)
	if err != nil {
		return err
	}
	if err := s.serves(have); err != nil && !errors.Is(err, ErrCopying) && !errors.Is(err, ErrNewerSchema) {
		return fmt.Errorf("%w: \"carillon migrate\" brings it up to date", err)
	} else if err != nil {
		return err
	}
	if have.version != s.version() {
		return fmt.Errorf("%w: it has version %d, this program makes %d", ErrNewerSchema, have.version, s.version())
	}
	return nil
}

// begin prepares the target, or finds where a copy goes on.
func (c *copier) begin(ctx context.Context) error {
	begun, err := c.resume(ctx)
	if err != nil || begun {
		return err
	}
	if err := c.to.Migrate(ctx); err != nil {
		return err
	}
	return c.to.engine.Update(ctx, func(tx engine.Tx) error {
		if err := c.to.checkCurrent(tx); err != nil {
			return err
		}
		if err := c.checkTarget(tx); err != nil {
			return err
		}
		return c.mark.insert(tx)
	})
}

// resume looks for a copy that was begun, and refuses a target with records.
func (c *copier) resume(ctx context.Context) (begun bool, err error) {
	err = c.to.engine.View(ctx, func(tx engine.Tx) error {
		shapes, err := c.to.catalog(tx)
		if err != nil {
			return err
		}
		if len(shapes[schemaTable].Columns) > 0 {
			if begun, err = c.mark.find(tx); err != nil || begun {
				return err
			}
		}
		return checkEmpty(tx, shapes)
	})
	return begun, err
}

// checkEmpty returns [ErrNotEmpty] if a table of ours has a row.
func checkEmpty(tx engine.Tx, shapes map[string]engine.Shape) error {
	for _, t := range everyTable() {
		if len(shapes[t.Name].Columns) == 0 || t.Name == schemaTable {
			continue
		}
		n, err := tx.Exec(`SELECT 1 FROM ` + t.Name + ` LIMIT 1`)
		if err == nil && n > 0 {
			err = fmt.Errorf("%w: %s has rows; a copy takes an empty one", ErrNotEmpty, t.Name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// finish lets the target be used.
func (c *copier) finish(ctx context.Context) error {
	return c.to.engine.Update(ctx, c.mark.remove)
}
