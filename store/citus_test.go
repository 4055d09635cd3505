package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"carillon/internal/pgtest"
	"carillon/store"
	"carillon/store/engine"
	"carillon/store/postgres"
)

// citusAt opens a database on Citus, whose machines are processes of this one and
// have little of it each.
func citusAt(t *testing.T, url string) engine.Engine {
	t.Helper()
	e, err := postgres.Open(t.Context(), url, postgres.Options{Timeout: 5 * time.Minute, Wait: time.Minute, ReadTimeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("closing the database: %v", err)
		}
	})
	return e
}

// Making a database takes much longer than a test: those that leave its schema as
// it is have one in common, which they find empty.
func TestRecords_citus(t *testing.T) {
	shared := pgtest.CitusURL(t)
	records(t, func(t *testing.T) engine.Engine {
		if name := t.Name(); strings.Contains(name, "/schema") || strings.Contains(name, "/rekeyed") {
			return citusAt(t, pgtest.CitusURL(t))
		}
		e := citusAt(t, shared)
		empty(newDB(t, e))
		return e
	})
}

// empty deletes all rows but those about the schema.
func empty(d *db) {
	d.Helper()
	d.must(d.Migrate(d.Context()))
	for _, table := range slices.Backward(store.Layout()) {
		if table.Name != "schema_version" && d.count(table.Name) > 0 {
			d.exec("DELETE FROM " + table.Name)
		}
	}
}

// The frequent queries, other than lists of accounts, go to one machine.
func TestPlans_citus(t *testing.T) {
	e := citusAt(t, pgtest.CitusURL(t))
	s := &spy{Engine: e}
	d := newDB(t, s)
	d.must(store.New(e).Migrate(t.Context())) // a spy cannot distribute
	d.populate()
	for _, q := range hotQueries() {
		s.queries = nil
		d.write(func(r store.Records) error { return q.run(r) })
		plan := postgresPlanner.plan(d, s.queries[0])
		spread := strings.HasSuffix(q.name, "page of accounts") // which are everywhere
		if one := strings.Contains(plan, "Task Count: 1\n"); one == spread {
			t.Errorf("%s: one task: %v\n%s", q.name, one, plan)
		}
	}
}
