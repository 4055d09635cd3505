package store_test

import (
	"fmt"
	"strings"
	"testing"

	"carillon/store"
	"carillon/store/engine"
)

// accountPlan is how a list of accounts is to be found: the indexes of the look
// at how many match (none: as PostgreSQL likes, which reads on in a table where
// every other row matches), of the list itself, and whether that has to sort.
type accountPlan struct {
	name       string
	filter     store.AccountFilter
	look, list []string
	sorts      bool
}

func accountPlans() []accountPlan {
	byEmail := []string{"user_rows_by_email"}
	return []accountPlan{
		{"few names", store.AccountFilter{NamePrefix: "few"}, []string{"accounts_by_name"}, []string{"accounts_by_name"}, true},
		{"many names", store.AccountFilter{NamePrefix: "many"}, nil, []string{"accounts_newest"}, false},
		{"few addresses", store.AccountFilter{UserEmail: "few@example.com"}, byEmail, byEmail, true},
		{"many addresses", store.AccountFilter{UserEmail: "many@example.com"}, nil, []string{"accounts_newest"}, false},
	}
}

func TestAccountPlans_sqlite(t *testing.T) {
	checkAccountPlans(t, openSQLite(t), sqlitePlanner, "SCAN", "TEMP B-TREE")
}

func TestAccountPlans_postgres(t *testing.T) {
	checkAccountPlans(t, openPostgres(t), postgresPlanner, "Seq Scan", "Sort")
}

// Whether one account of many matches or nearly all: no list by name or address
// reads a whole table, and it puts only a few accounts in order.
func checkAccountPlans(t *testing.T, e engine.Engine, p planner, scans, sorts string) {
	if testing.Short() {
		t.Skip("one caller, who fills many rows")
	}
	s := &spy{Engine: e}
	d := newDB(t, s)
	d.must(d.Migrate(t.Context()))
	d.populateAccounts()
	for _, test := range accountPlans() {
		s.queries = nil
		test.filter.AwsAccountID, test.filter.Limit = aws, 11
		d.accounts(test.filter)
		first, last := s.queries[0], s.queries[len(s.queries)-1]
		look, list := p.plan(d, first), p.plan(d, last)
		if test.look != nil && (!mentions(look, test.look) || strings.Contains(look, scans)) {
			t.Errorf("%s: the look does not use %v:\n%s", test.name, test.look, look)
		}
		if !mentions(list, test.list) || strings.Contains(list, scans) {
			t.Errorf("%s: the list does not use %v:\n%s", test.name, test.list, list)
		}
		if strings.Contains(list, sorts) != test.sorts {
			t.Errorf("%s: sorts: %v\n%s", test.name, !test.sorts, list)
		}
	}
}

func (d *db) populateAccounts() {
	d.Helper()
	d.write(func(r store.Records) error {
		for i := range 2400 {
			kind := "many"
			if i%800 == 0 {
				kind = "few"
			}
			a := &store.Account{AccountID: fmt.Sprint("a", i), AwsAccountID: aws, Name: fmt.Sprint(kind, i), CreatedMs: int64(i)}
			u := newUser(a.AccountID, "u", 1)
			u.Email = kind + "@example.com"
			if err := r.InsertAccount(a); err != nil {
				return err
			}
			if err := r.InsertUser(u); err != nil {
				return err
			}
		}
		return nil
	})
	// Without other AWS accounts, to read all would be right.
	d.exec(`INSERT INTO accounts (account_id, aws_account_id, name, name_key, account_type, account_status, default_license,
			directory_id, delegate_groups, disable_remote_control, enable_dial_out, created_ms)
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
		SELECT 'b' || CAST(i AS TEXT), 'other' || CAST(i % 10 AS TEXT), 'x', 'many' || CAST(i AS TEXT), '', '', '', '', '', FALSE, FALSE, i FROM n`)
	d.exec("ANALYZE")
}
