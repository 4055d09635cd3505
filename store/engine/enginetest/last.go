package enginetest

import (
	"fmt"

	"carillon/store/engine"
)

// addLast adds the things that updates leave.
var addLast = &engine.Last{Run: func(tx engine.Tx, items []any) error {
	for _, id := range items {
		if _, err := tx.Exec("INSERT INTO things (id, n) VALUES ($1, $2)", id, len(items)); err != nil {
			return err
		}
	}
	return nil
}}

// leave is an update that leaves something and then does something else.
func leave(l *engine.Last, id string, then error) func(engine.Tx) error {
	return func(tx engine.Tx) error {
		if err := tx.Leave(l, id); err != nil {
			return err
		}
		return then
	}
}

// leaveEach checks that what many updates leave at the same time is there once
// for each that did not fail.
func leaveEach(d *db) {
	const n = 40
	together(n, func(i int) {
		var want error
		if i%4 == 0 {
			want = errTest
		}
		if err := d.update(leave(addLast, fmt.Sprint(i), want)); err != want {
			d.Errorf("update %d gave %v", i, err)
		}
	})
	d.wantThings(n * 3 / 4)
	if left := d.integer("SELECT max(n) FROM things"); left < 1 {
		d.Errorf("%d things left together", left)
	}
}

// leaveError checks that an error at the end takes back what has left something,
// and that the next update is not concerned.
func leaveError(d *db) {
	for name, l := range map[string]*engine.Last{
		"an error": {Run: func(engine.Tx, []any) error { return errTest }},
		"a statement that fails": {Run: func(tx engine.Tx, _ []any) error {
			_, _ = tx.Exec("SELECT nothing FROM nowhere")
			return nil
		}},
	} {
		err := d.update(func(tx engine.Tx) error { return insertThen(func() error { return tx.Leave(l, "x") })(tx) })
		if err == nil {
			d.Errorf("%s: the update went through", name)
		}
		d.wantThings(0)
	}
	d.must(d.update(leave(addLast, "a", nil)))
	d.wantThings(1)
}

// leavePanic checks that a panic at the end harms only what it ends.
func leavePanic(d *db) {
	l := &engine.Last{Run: func(engine.Tx, []any) error { panic("at the end") }}
	var err error
	if p := recovered(func() { err = d.update(leave(l, "x", nil)) }); p == nil && err == nil {
		d.Error("the update went through")
	}
	d.must(d.update(leave(addLast, "a", nil)))
	d.wantThings(1)
}

func leaveMisuse(d *db) {
	var late engine.Tx
	d.must(d.update(func(tx engine.Tx) error { late = tx; return nil }))
	if late.Leave(addLast, "x") == nil {
		d.Error("something was left after the end")
	}
	if d.view(leave(addLast, "x", nil)) == nil {
		d.Error("something was left by a view")
	}
	d.wantThings(0)
}
