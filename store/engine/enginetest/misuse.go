package enginetest

import (
	"errors"
	"time"

	"carillon/store/engine"
)

var errTest = errors.New("enginetest: an error of the closure")

func queryEachError(d *db) {
	d.add("a", "b", "c")
	calls := 0
	err := d.update(func(tx engine.Tx) error {
		err := tx.Query("SELECT id FROM things", nil, func(engine.Row) error { calls++; return errTest })
		if err != errTest {
			d.Errorf("the error of each came back as %v", err)
		}
		_, err = tx.Exec("UPDATE things SET n = 1")
		return err
	})
	d.must(err)
	if calls != 1 {
		d.Errorf("each was called %d times, want 1", calls)
	}
	if n := d.integer("SELECT count(*) FROM things WHERE n = 1"); n != 3 {
		d.Errorf("%d rows changed after the stopped query, want 3", n)
	}
}

// queryNested checks that a statement inside each is refused, and dooms an
// update even if the closure ignores that.
func queryNested(d *db) {
	d.add("a", "b")
	nested := func(tx engine.Tx) (inner error, outer error) {
		outer = tx.Query("SELECT id FROM things", nil, func(engine.Row) error {
			_, inner = tx.Exec("SELECT 1")
			return nil
		})
		return inner, outer
	}
	d.must(d.view(func(tx engine.Tx) error {
		if inner, outer := nested(tx); inner == nil || outer != nil {
			d.Errorf("nested in a view: errors %v inside and %v outside, want one inside", inner, outer)
		}
		return nil
	}))
	err := d.update(func(tx engine.Tx) error {
		if _, err := tx.Exec("UPDATE things SET n = 1"); err != nil {
			return err
		}
		nested(tx)
		return nil
	})
	if err == nil {
		d.Error("the update went through")
	}
	d.exec(0, "SELECT id FROM things WHERE n <> 0")
}

func argumentsWrong(d *db) {
	const query = "SELECT id FROM things WHERE id = $1 AND n = $2"
	for _, args := range [][]any{
		nil,
		{"a"},
		{"a", 1, 2},
		{"a", nil},
		{"a", 1.5},
		{"a", time.Now()},
		{new("a"), 1},
	} {
		if _, err := d.tryExec(query, args...); err == nil {
			d.Errorf("arguments %v were accepted", args)
		}
	}
	if _, err := d.tryExec("SELECT id FROM nothing"); err == nil {
		d.Error("a missing table was found")
	}
	d.exec(0, query, "a", 1)
}

func scanWrong(d *db) {
	d.add("a")
	var (
		s string
		n int64
		b bool
		f float64
		x []byte
	)
	for _, c := range []struct {
		columns string
		dest    []any
	}{
		{"id", nil},
		{"id", []any{&s, &n}},
		{"id, n", []any{&s}},
		{"id", []any{s}},
		{"id", []any{&n}},
		{"id", []any{&b}},
		{"n", []any{&f}},
		{"NULL", []any{&s}},
		{"CAST(NULL AS BIGINT)", []any{&n}},
		{"CAST(NULL AS BYTEA)", []any{&x}},
	} {
		err := d.view(func(tx engine.Tx) error {
			return tx.Query("SELECT "+c.columns+" FROM things", nil, func(r engine.Row) error { return r.Scan(c.dest...) })
		})
		if err == nil {
			d.Errorf("%s was scanned into %#v", c.columns, c.dest)
		}
	}
}
