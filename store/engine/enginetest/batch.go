package enginetest

import (
	"context"
	"fmt"
	"slices"

	"carillon/store/engine"
)

// lists returns lists of one argument each.
func lists(n int) (all [][]any) {
	for i := range n {
		all = append(all, []any{fmt.Sprintf("t%04d", i)})
	}
	return all
}

// batch checks that a statement runs with each list of arguments, in their order, and
// that rows of those who find nothing are not missed.
func batch(d *db) {
	const n = 1000
	all := lists(n)
	d.must(d.update(func(tx engine.Tx) error {
		return engine.Batch(tx, "INSERT INTO things (id) VALUES ($1)", all, nil)
	}))
	d.wantThings(n)
	slices.Reverse(all)
	all = slices.Insert(all, 500, []any{"nobody"})
	var found []string
	d.must(d.view(func(tx engine.Tx) error {
		found = nil
		return engine.Batch(tx, "SELECT id FROM things WHERE id = $1", all, func(row engine.Row) error {
			var id string
			err := row.Scan(&id)
			found = append(found, id)
			return err
		})
	}))
	for _, args := range slices.Delete(all, 500, 501) {
		if len(found) == 0 || found[0] != args[0] {
			d.Fatalf("missed %v, next is %.1q", args[0], found)
		}
		found = found[1:]
	}
	d.must(d.update(func(tx engine.Tx) error {
		return engine.Batch(tx, "DELETE FROM things WHERE id = $1", all[:n-1], nil)
	}))
	d.wantThings(1)
}

// batchErrors checks that the first error ends a batch, dooms an update if it is the
// database's, and leaves the connection good for others.
func batchErrors(d *db) {
	d.add("t0003")
	err := d.update(func(tx engine.Tx) error {
		_ = engine.Batch(tx, "INSERT INTO things (id) VALUES ($1)", lists(5), nil)
		return nil
	})
	d.wantError(err, engine.ErrExists)
	d.wantThings(1)
	calls := 0
	d.must(d.update(func(tx engine.Tx) error {
		if err := engine.Batch(tx, "SELECT id FROM things WHERE id >= $1", lists(3), func(engine.Row) error { calls++; return errTest }); err != errTest {
			d.Errorf("the error of each came back as %v", err)
		}
		return engine.Batch(tx, "INSERT INTO things (id) VALUES ($1)", lists(3), nil)
	}))
	d.wantThings(4)
	if calls != 1 {
		d.Errorf("each was called %d times, want 1", calls)
	}
	d.must(d.view(func(tx engine.Tx) error {
		err := engine.Batch(tx, "SELECT id FROM things WHERE id = $1", [][]any{{"t0003"}, {3.5}}, func(engine.Row) error { return nil })
		if err == nil {
			d.Error("an argument of a wrong type was taken")
		}
		return nil
	}))
}

// batchBrokenOff checks that a batch amid which each panics, or the caller goes, harms
// nobody who has the connection next.
func batchBrokenOff(d *db) {
	d.must(d.update(func(tx engine.Tx) error {
		return engine.Batch(tx, "INSERT INTO things (id) VALUES ($1)", lists(600), nil)
	}))
	for range 20 {
		for _, run := range []func(context.Context, func(engine.Tx) error) error{d.View, d.Update} {
			read := func(ctx context.Context, each func(engine.Row) error) error {
				return run(ctx, func(tx engine.Tx) error {
					return engine.Batch(tx, "SELECT id FROM things WHERE id = $1", lists(600), each)
				})
			}
			if got := recovered(func() { _ = read(context.Background(), func(engine.Row) error { panic("in each") }) }); got != "in each" {
				d.Errorf("the panic came back as %v", got)
			}
			ctx, cancel := context.WithCancel(context.Background())
			err := read(ctx, func(engine.Row) error { cancel(); return nil })
			cancel()
			if err != nil { // an engine whose statements are over at once need not notice
				d.wantError(err, context.Canceled)
			}
		}
		d.wantThings(600)
	}
}
