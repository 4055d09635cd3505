package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"carillon/store"
	"carillon/store/engine"
)

// statement is one that the records sent to their engine.
type statement struct {
	text string
	args []any
}

// spy passes everything on to an engine and notes queries and changes.
type spy struct {
	engine.Engine
	queries []statement
	changes []statement
}

func (s *spy) View(ctx context.Context, fn func(engine.Tx) error) error {
	return s.Engine.View(ctx, func(tx engine.Tx) error { return fn(spyTx{tx, s}) })
}

func (s *spy) Update(ctx context.Context, fn func(engine.Tx) error) error {
	return s.Engine.Update(ctx, func(tx engine.Tx) error { return fn(spyTx{tx, s}) })
}

type spyTx struct {
	engine.Tx
	spy *spy
}

func (tx spyTx) Query(text string, args []any, each func(engine.Row) error) error {
	tx.spy.queries = append(tx.spy.queries, statement{text, args})
	return tx.Tx.Query(text, args, each)
}

// planner asks a database how it would run a statement.
type planner struct {
	explain string
	columns int // the last of them is the text
}

var (
	sqlitePlanner   = planner{"EXPLAIN QUERY PLAN ", 4}
	postgresPlanner = planner{"EXPLAIN (COSTS OFF) ", 1}
)

func (p planner) plan(d *db, s statement) string {
	d.Helper()
	var lines []string
	d.must(d.engine.Update(context.Background(), func(tx engine.Tx) error {
		return tx.Query(p.explain+s.text, s.args, func(row engine.Row) error {
			var text string
			dest := []any{new(int64), new(int64), new(int64)}[:p.columns-1]
			err := row.Scan(append(dest, &text)...)
			lines = append(lines, text)
			return err
		})
	}))
	return strings.Join(lines, "\n")
}

// The words that a plan must have (empty) or must not have, and what they mean.
var (
	sqliteWords = map[string]string{
		"SEARCH": "", "SCAN": "scans a table", "TEMP B-TREE": "sorts", "AUTOMATIC": "makes an index for the query",
	}
	postgresWords = map[string]string{
		"Index": "", "Seq Scan": "scans a table", "Sort": "sorts", "Bitmap": "loses the order of the index",
	}
)

func TestPlans_sqlite(t *testing.T) {
	plans(t, openSQLite(t), sqlitePlanner, sqliteWords, (*db).populate, hotQueries())
}

func TestPlans_postgres(t *testing.T) {
	plans(t, openPostgres(t), postgresPlanner, postgresWords, (*db).populate, hotQueries())
}

// The frequent queries find their rows by an index that has them in order.
func plans(t *testing.T, e engine.Engine, p planner, words map[string]string, populate func(*db), queries []hotQuery) {
	if testing.Short() {
		t.Skip("fills many rows")
	}
	s := &spy{Engine: e}
	d := newDB(t, s)
	d.must(d.Migrate(t.Context()))
	populate(d)
	for _, q := range queries {
		s.queries = nil
		d.write(func(r store.Records) error { return q.run(r) })
		if len(s.queries) == 0 {
			t.Fatalf("%s: no queries", q.name)
		}
		plan := strings.ReplaceAll(p.plan(d, s.queries[0]), "SCAN tenants", "") // which is no table
		for word, fault := range words {
			if found := strings.Contains(plan, word); found == (fault != "") {
				t.Errorf("%s: %s (%q in the plan: %v)\n%s", q.name, fault, word, found, plan)
			}
		}
		if !mentions(plan, q.indexes) {
			t.Errorf("%s: uses none of %v\n%s", q.name, q.indexes, plan)
		}
	}
}

func mentions(plan string, names []string) bool {
	for _, name := range names {
		if strings.Contains(plan, name) {
			return true
		}
	}
	return false
}

type hotQuery struct {
	name    string
	indexes []string // under the names of SQLite and of PostgreSQL
	run     func(store.Records) error
}

// timedID is one whose place its time tells.
const timedID = "0191f4c8-7000-7000-8000-000000000000"

func hotQueries() []hotQuery {
	shared := true
	byOtherID := []string{"user_rows_by_other_id"}
	byEmail := []string{"user_rows_by_email"}
	byPlace := []string{"user_rows USING PRIMARY KEY", "u USING PRIMARY KEY", "user_rows_pkey"}
	return []hotQuery{
		{"user by id", byPlace, func(r store.Records) error { return second(r.User(aws, "a1", timedID)) }},
		{"user by another id", byOtherID, func(r store.Records) error { return second(r.User(aws, "a1", "u7")) }},
		{"user by another id, locked", byOtherID, func(r store.Records) error { return second(r.LockUser(aws, "a1", "u7")) }},
		{"user by e-mail", byEmail, func(r store.Records) error { return second(r.LockUserByEmail(aws, "a1", "u7@example.com")) }},
		{"first page of users", byPlace, func(r store.Records) error {
			return r.Users(store.UserFilter{AwsAccountID: aws, AccountID: "a1", Limit: 101}, func(*store.User) {})
		}},
		{"later page of users", byPlace, func(r store.Records) error {
			return r.Users(store.UserFilter{AwsAccountID: aws, AccountID: "a1", After: store.Position{Ms: 700, ID: "u700"}, Limit: 101}, func(*store.User) {})
		}},
		{"shared devices", []string{"user_rows_shared_devices"}, func(r store.Records) error {
			return r.Users(store.UserFilter{AwsAccountID: aws, AccountID: "a1", SharedDevice: &shared, Limit: 11}, func(*store.User) {})
		}},
		{"account", []string{"sqlite_autoindex_accounts_1", "accounts_pkey"}, func(r store.Records) error {
			return second(r.Account(aws, "a1"))
		}},
		{"first page of accounts", []string{"accounts_newest"}, func(r store.Records) error {
			return second(r.Accounts(store.AccountFilter{AwsAccountID: aws, Limit: 101}))
		}},
		{"later page of accounts", []string{"accounts_newest"}, func(r store.Records) error {
			return second(r.Accounts(store.AccountFilter{AwsAccountID: aws, After: store.Position{Ms: 300, ID: "a300"}, Limit: 101}))
		}},
		{"access key", []string{"sqlite_autoindex_access_keys_1", "access_keys_pkey"}, func(r store.Records) error {
			return second(r.AccessKey("k7"))
		}},
	}
}

// populate adds so many rows that reading all of them costs more than an index.
func (d *db) populate() {
	d.Helper()
	d.write(func(r store.Records) error {
		for i := range 500 {
			a := &store.Account{AccountID: fmt.Sprint("a", i), AwsAccountID: aws, CreatedMs: int64(i)}
			u := &store.IamUser{AwsAccountID: aws, UserID: fmt.Sprint("u", i), UserName: fmt.Sprint("u", i), Path: "/"}
			k := &store.AccessKey{AccessKeyID: fmt.Sprint("k", i), AwsAccountID: aws, UserID: u.UserID, SealedSecret: []byte{1}}
			use := &store.KeyUse{AccessKeyID: k.AccessKeyID, UsedMs: int64(i), Service: "chime", Region: "us-east-1"}
			if err := errors.Join(r.InsertIamUser(u), r.InsertAccount(a), r.InsertAccessKey(k), r.PutKeyUse(use)); err != nil {
				return err
			}
			gone := &store.Account{AccountID: fmt.Sprint("gone", i), AwsAccountID: aws, CreatedMs: int64(i)}
			if err := r.InsertAccount(gone); err != nil {
				return err
			}
			if err := deleteAccount(r, gone, 1); err != nil {
				return err
			}
		}
		for i := range 500 {
			if err := r.AddActivity(&store.Activity{AccountID: "a1", UserID: fmt.Sprint("u", i), ActiveMs: int64(i)}); err != nil {
				return err
			}
		}
		timed := newUser("a1", timedID, 0)
		return errors.Join(r.InsertUser(timed), addUsers(r, 2000))
	})
	d.exec("ANALYZE")
}

// addUsers adds users to two accounts; one in ten is a shared device.
func addUsers(r store.Records, n int) error {
	for i := range n {
		u := newUser(fmt.Sprint("a", i%2), fmt.Sprint("u", i/2), int64(i))
		if i%20 < 2 {
			u.Type = "SharedDevice"
		}
		if err := r.InsertUser(u); err != nil {
			return err
		}
	}
	return nil
}

// The list by e-mail address holds one user at most: order does not matter,
// but the index does.
func TestPlans_listByEmail(t *testing.T) {
	if testing.Short() {
		t.Skip("fills many rows")
	}
	for name, test := range map[string]struct {
		open func(*testing.T) engine.Engine
		planner
		index string
	}{
		"sqlite":   {openSQLite, sqlitePlanner, "user_rows_by_email"},
		"postgres": {openPostgres, postgresPlanner, "user_rows_by_email"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &spy{Engine: test.open(t)}
			d := newDB(t, s)
			d.must(d.Migrate(t.Context()))
			d.populate()
			s.queries = nil
			d.users(store.UserFilter{AccountID: "a1", Email: "u7@example.com", Limit: 101})
			if plan := test.plan(d, s.queries[0]); !strings.Contains(plan, test.index) {
				t.Errorf("does not use %s\n%s", test.index, plan)
			}
		})
	}
}
