// Package enginetest holds the test suites that every [engine.Engine] must
// pass. An engine's own tests call them with a function that opens an engine
// on a fresh, empty database and closes it when the test ends.
package enginetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"carillon/store/engine"
)

// patience is how long a test waits for what should happen at once.
const patience = 20 * time.Second

// db is an engine under test, on a database with the test schema.
type db struct {
	*testing.T
	engine.Engine
}

// schema is in the SQL that the engines share.
var schema = []string{
	`CREATE TABLE things (
		id KEYTEXT NOT NULL PRIMARY KEY,
		name TEXT NOT NULL DEFAULT '',
		n BIGINT NOT NULL DEFAULT 0,
		flag BOOLEAN NOT NULL DEFAULT FALSE,
		data BYTEA NOT NULL DEFAULT '',
		label TEXT NOT NULL DEFAULT ''
	)`,
	`CREATE UNIQUE INDEX things_label ON things (label) WHERE label <> ''`,
	`CREATE TABLE parts (
		id KEYTEXT NOT NULL PRIMARY KEY,
		thing KEYTEXT NOT NULL REFERENCES things (id)
	)`,
}

type test struct {
	name string
	run  func(*db)
}

func runAll(t *testing.T, open func(t *testing.T) engine.Engine, tests []test) {
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			d := &db{T: t, Engine: open(t)}
			d.must(d.Migrate(t.Context(), func(tx engine.Tx) error { return execAll(tx, schema...) }))
			c.run(d)
		})
	}
}

func execAll(tx engine.Tx, queries ...string) error {
	for _, q := range queries {
		if _, err := tx.Exec(q); err != nil {
			return err
		}
	}
	return nil
}

func (d *db) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// update runs fn in an Update.
func (d *db) update(fn func(engine.Tx) error) error {
	return d.Update(context.Background(), fn)
}

// view runs fn in a View.
func (d *db) view(fn func(engine.Tx) error) error {
	return d.View(context.Background(), fn)
}

// tryExec runs one statement in an Update.
func (d *db) tryExec(query string, args ...any) (n int64, err error) {
	err = d.update(func(tx engine.Tx) error {
		n, err = tx.Exec(query, args...)
		return err
	})
	return n, err
}

// exec runs one statement, which must change want rows.
func (d *db) exec(want int64, query string, args ...any) {
	d.Helper()
	n, err := d.tryExec(query, args...)
	d.must(err)
	if n != want {
		d.Errorf("%s: %d rows changed, want %d", query, n, want)
	}
}

// add inserts things with the given ids.
func (d *db) add(ids ...string) {
	d.Helper()
	for _, id := range ids {
		d.exec(1, "INSERT INTO things (id) VALUES ($1)", id)
	}
}

// strings returns the only column of a query.
func (d *db) strings(query string, args ...any) (list []string) {
	d.Helper()
	d.must(d.view(func(tx engine.Tx) (err error) {
		list, err = column(tx, query, args...)
		return err
	}))
	return list
}

// integer returns the only value of a query.
func (d *db) integer(query string, args ...any) (n int64) {
	d.Helper()
	d.must(d.view(func(tx engine.Tx) error { return scanOne(tx, &n, query, args...) }))
	return n
}

// wantThings checks which things there are.
func (d *db) wantThings(want int64) {
	d.Helper()
	if n := d.integer("SELECT count(*) FROM things"); n != want {
		d.Errorf("%d things are there, want %d", n, want)
	}
}

// wantError checks that err is, or wraps, want.
func (d *db) wantError(err, want error) {
	d.Helper()
	if !errors.Is(err, want) {
		d.Errorf("error %v, want %v", err, want)
	}
}

// within fails the test if fn does not return in time.
func (d *db) within(what string, limit time.Duration, fn func()) {
	d.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		fn()
	}()
	select {
	case <-done:
	case <-time.After(limit):
		d.Fatalf("%s: still not done after %v", what, limit)
	}
}

func column(tx engine.Tx, query string, args ...any) (list []string, err error) {
	err = tx.Query(query, args, func(r engine.Row) error {
		var s string
		err := r.Scan(&s)
		list = append(list, s)
		return err
	})
	return list, err
}

var errNoRow = errors.New("enginetest: no row")

func scanOne(tx engine.Tx, dest any, query string, args ...any) error {
	found := false
	err := tx.Query(query, args, func(r engine.Row) error {
		found = true
		return r.Scan(dest)
	})
	if err == nil && !found {
		return errNoRow
	}
	return err
}
