package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"carillon/internal/pgtest"
	"carillon/internal/storetest"
	"carillon/store"
	"carillon/store/engine"
)

// none is a database without anything, not even a schema.
var none = map[string]func(*testing.T) engine.Engine{
	"sqlite": func(t *testing.T) engine.Engine {
		return storetest.SQLiteAt(t, filepath.Join(t.TempDir(), "carillon.db"))
	},
	"postgres": func(t *testing.T) engine.Engine { return storetest.PostgresAt(t, pgtest.URL(t)) },
	"citus":    func(t *testing.T) engine.Engine { return storetest.PostgresAt(t, pgtest.CitusURL(t)) },
}

// withFixture returns a database with a row in every table.
func withFixture(t *testing.T, e engine.Engine) *db {
	t.Helper()
	d := newDB(t, e)
	d.fillFixture()
	checkTables(d)
	return d
}

// copyTo copies a database into another one.
func (d *db) copyTo(to engine.Engine) (*db, []store.CopiedTable) {
	d.Helper()
	copied := newDB(d.T, to)
	tables, err := store.Copy(d.Context(), d.Store, copied.Store, func(string, int64) {})
	d.must(err)
	return copied, tables
}

// What is copied from one engine to the next, and back, is all there, and has the
// same checksums everywhere.
func TestCopy_there_and_back(t *testing.T) {
	for _, by := range []string{"sqlite", "postgres", "citus"} {
		t.Run(by, func(t *testing.T) {
			first := withFixture(t, none["sqlite"](t))
			second, there := first.copyTo(none[by](t))
			third, back := second.copyTo(none["sqlite"](t))
			first.equal("what was copied back", back, there)
			for _, d := range []*db{second, third} {
				d.must(d.Ready(t.Context()))
				for _, record := range fixture() {
					if record.in(version(t)) {
						record.check(d)
					}
				}
			}
		})
	}
}

// No table of either engine is left out but the one that is the database's own.
func TestCopy_every_table(t *testing.T) {
	for _, by := range []string{"sqlite", "postgres"} {
		d := withFixture(t, none[by](t))
		_, copied := d.copyTo(none["sqlite"](t))
		names := []string{"schema_version"}
		for _, table := range copied {
			names = append(names, table.Name)
			d.equal(table.Name+": rows", table.Rows, d.count(table.Name))
		}
		there := d.tables()
		slices.Sort(names)
		slices.Sort(there)
		d.equal("tables of "+by, names, there)
	}
}

// A copy that ends somewhere goes on there, and until it is finished nobody can use
// the target, whatever it has.
func TestCopy_interrupted(t *testing.T) {
	for _, to := range []string{"sqlite", "postgres"} {
		t.Run(to, func(t *testing.T) {
			from := withFixture(t, none["sqlite"](t))
			target := newDB(t, none[to](t))
			_, whole := from.copyTo(none["sqlite"](t))
			seen := []string{}
			for rounds := 0; ; rounds++ {
				ctx, stop := context.WithCancel(t.Context())
				tables, err := store.Copy(ctx, from.Store, target.Store, func(what string, _ int64) {
					seen = append(seen, what)
					if !strings.HasPrefix(what, "comparing") {
						stop() // having copied one table more
					}
				})
				stop()
				if err == nil {
					from.equal("checksums", tables, whole)
					from.equal("rounds", rounds > 20, true)
					break
				}
				if err := target.Ready(t.Context()); !errors.Is(err, store.ErrCopying) {
					t.Fatalf("round %d: ready: %v", rounds, err)
				}
				if err := target.Migrate(t.Context()); !errors.Is(err, store.ErrCopying) {
					t.Fatalf("round %d: migrating: %v", rounds, err)
				}
			}
			target.must(target.Ready(t.Context()))
			from.equal("tables copied twice", len(slices.Compact(slices.Clone(seen))), len(seen))
		})
	}
}

func TestCopy_refused(t *testing.T) {
	from := withFixture(t, none["sqlite"](t))
	other := withFixture(t, none["sqlite"](t))
	other.write(func(r store.Records) error { return r.PutServerSecret("master", []byte("another")) })
	begun := newDB(t, none["sqlite"](t))
	ctx, stop := context.WithCancel(t.Context())
	_, err := store.Copy(ctx, other.Store, begun.Store, func(string, int64) { stop() })
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	older := newDB(t, none["sqlite"](t))
	older.must(older.Migrate(t.Context()))
	older.exec(fmt.Sprintf("DELETE FROM schema_version WHERE version = %d", version(t)))
	newer := newDB(t, none["sqlite"](t))
	newer.must(newer.Migrate(t.Context()))
	newer.exec(fmt.Sprintf("INSERT INTO schema_version (version, compatible) VALUES (%d, 1)", version(t)+1))
	empty := func() *db { return newDB(t, none["sqlite"](t)) }
	for name, test := range map[string]struct {
		from, to *db
		want     error
		part     string
	}{
		"target with records":        {from, other, store.ErrNotEmpty, "accounts has rows"},
		"copy of another source":     {from, begun, store.ErrCopying, "another source"},
		"source without schema":      {empty(), empty(), store.ErrNoSchema, "the source"},
		"source with older schema":   {older, empty(), nil, "carillon migrate"},
		"source with newer schema":   {newer, empty(), store.ErrNewerSchema, "the source"},
		"target with newer schema":   {from, newer, store.ErrNewerSchema, "the target"},
		"source not finished itself": {begun, empty(), store.ErrCopying, "the source"},
	} {
		_, err := store.Copy(t.Context(), test.from.Store, test.to.Store, func(string, int64) {})
		if err == nil || test.want != nil && !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.part) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is other than what was copied is found, and the target stays closed.
func TestCopy_differs(t *testing.T) {
	for name, spoil := range map[string]string{
		"changed": `UPDATE user_rows SET data = '{}' WHERE account_id = 'enterprise'`,
		"removed": "DELETE FROM jobs",
		"flag":    `UPDATE user_rows SET shared_device = (1 = 0) WHERE account_id = 'enterprise'`,
	} {
		from, to := withFixture(t, none["sqlite"](t)), newDB(t, none["sqlite"](t))
		spoilt := false
		_, err := store.Copy(t.Context(), from.Store, to.Store, func(what string, _ int64) {
			if !spoilt && strings.HasPrefix(what, "comparing") {
				spoilt = true
				to.exec(spoil)
			}
		})
		if !errors.Is(err, store.ErrCopyDiffers) || !errors.Is(to.Ready(t.Context()), store.ErrCopying) {
			t.Errorf("%s: %v, then %v", name, err, to.Ready(t.Context()))
		}
	}
}

// More rows than one transaction takes, in an order that differs from that of the
// database's own collation, and with keys that come apart only late.
func TestCopy_many_rows(t *testing.T) {
	if testing.Short() {
		t.Skip("one caller, whom the race detector makes wait for over a minute")
	}
	from := newDB(t, storetest.SQLite(t))
	from.write(func(r store.Records) error {
		return r.InsertAccount(&store.Account{AccountID: "team", AwsAccountID: aws, Type: "Team", Status: "Active"})
	})
	var users []*store.User
	for i := range 21_000 {
		u := newUser("team", fmt.Sprintf("%c-%d", "aBcDé"[i%5], i), int64(i))
		u.Email = fmt.Sprintf("%d@example.com", i)
		users = append(users, u)
	}
	from.write(func(r store.Records) error {
		for _, u := range users {
			if err := r.InsertUser(u); err != nil {
				return err
			}
		}
		return nil
	})
	second, there := from.copyTo(none["postgres"](t))
	_, back := second.copyTo(none["sqlite"](t))
	from.equal("what was copied back", back, there)
	i := slices.IndexFunc(back, func(c store.CopiedTable) bool { return c.Name == "user_rows" })
	from.equal("users", back[i].Rows, int64(21_000))
}
