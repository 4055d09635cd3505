package postgres

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"carillon/store/engine"
)

// batchAtOnce is how many statements go to the database before the first answer is read.
const batchAtOnce = 256

// Batch implements [engine.Batcher]: the statements go to the database together.
func (t *tx) Batch(query string, lists [][]any, each func(engine.Row) error) error {
	for part := range slices.Chunk(lists, batchAtOnce) {
		if err := t.together(query, part, each); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) together(query string, lists [][]any, each func(engine.Row) error) error {
	var batch pgx.Batch
	for _, args := range lists {
		text, args, err := t.prepare(query, args)
		if err != nil {
			return t.fail(err)
		}
		batch.Queue(text, args...)
	}
	t.busy = true
	defer func() { t.busy = false }()
	results := t.conn.SendBatch(t.ctx, &batch)
	defer func() { _ = results.Close() }() // of a batch that was not read to its end; what ails it is known
	for range lists {
		if err := t.answer(results, each); err != nil {
			return err
		}
	}
	if err := results.Close(); err != nil {
		return t.fail(t.classify(err))
	}
	return nil
}

// answer takes the rows of the next statement.
func (t *tx) answer(results pgx.BatchResults, each func(engine.Row) error) error {
	rows, err := results.Query()
	if err != nil {
		return t.fail(t.classify(err))
	}
	return t.rows(rows, each)
}

// Batch implements [engine.Batcher].
func (v *view) Batch(query string, lists [][]any, each func(engine.Row) error) error {
	if err := v.connect(); err != nil {
		return err
	}
	return v.tx.Batch(query, lists, each)
}
