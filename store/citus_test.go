package store_test

import (
	"strings"
	"testing"

	"carillon/internal/pgtest"
	"carillon/internal/storetest"
	"carillon/store"
	"carillon/store/engine"
)

func openCitus(t *testing.T) engine.Engine {
	t.Helper()
	return storetest.PostgresAt(t, pgtest.CitusURL(t))
}

func TestRecords_citus(t *testing.T) { records(t, openCitus) }

// The frequent queries, other than lists of accounts, go to one machine.
func TestPlans_citus(t *testing.T) {
	e := openCitus(t)
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
